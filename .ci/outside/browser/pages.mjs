// Opens the pages of documentation in a browser, and uses them.

import assert from "node:assert/strict";
import { dirname, join } from "node:path";

import { chromium } from "playwright-core";

import { Service, listen, proxy } from "./service.mjs";

const PREFIX = "/shop";
const DEADLINE = 15_000;

/** A window of its own, which notes what it complains of and whom it asks. */
async function openWindow(browser) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(DEADLINE);
  const complaints = [];
  const asked = new Set();
  context.on("console", (message) => {
    // A status of 400 and more is an error to the console, and to nobody else.
    const isStatus = message.text().startsWith("Failed to load resource: the server responded");
    if (["error", "warning"].includes(message.type()) && !isStatus) complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(error.error().message));
  context.on("request", (request) => {
    const { origin } = new URL(request.url());
    if (origin !== "null") asked.add(origin);
  });
  return { context, complaints, asked, page: await context.newPage() };
}

/** Runs `use` in a new window, after which there must be nothing to complain of. */
async function check(browser, name, base, use) {
  const window = await openWindow(browser);
  try {
    await use(window.page, base);
    assert.deepEqual(window.complaints, [], "the console is empty");
    assert.deepEqual([...window.asked], [new URL(base).origin], "all requests stay here");
    console.log(`ok     ${name}`);
  } catch (error) {
    const picture = join(dirname(process.argv[1]), "failed.png");
    await window.page.screenshot({ path: picture, fullPage: true }).catch(() => {});
    console.log(`FAILED ${name}\n${window.complaints.join("\n")}\na picture: ${picture}`);
    throw error;
  } finally {
    await window.context.close();
  }
}

async function openSwaggerUi(page, base) {
  await page.goto(`${base}/docs`);
  await page.locator(".opblock").first().waitFor();
}

/** The part of the dialog that is about one way to prove who one is. */
async function wayToAuthorize(page, title) {
  await page.locator(".scheme-container .btn.authorize").click();
  return page.locator(".auth-container").filter({ hasText: title });
}

async function logIn(page, user, refusedScope) {
  const way = await wayToAuthorize(page, "authorizationCode");
  assert.equal(await way.locator("#client_id_authorizationCode").inputValue(), "dev-docs");
  const login = page.waitForEvent("popup");
  await way.locator("button.authorize").click();
  const popup = await login;
  await popup.locator(`input[name=user][value="${user}"]`).check();
  await popup.locator(`input[name=scope][value="${refusedScope}"]`).uncheck();
  const closed = popup.waitForEvent("close");
  await popup.getByRole("button", { name: "Log in" }).click();
  await closed;
  await way.getByText("Logout").first().waitFor();
  await page.locator(".close-modal").click();
}

/** Calls an endpoint from the page: the status and the body that it shows. */
async function tryOut(page, id) {
  const operation = page.locator(`[id="operations-${id}"]`);
  await operation.locator(".opblock-summary-control").click();
  await operation.locator(".try-out__btn").click();
  await operation.locator(".execute").click();
  const answer = operation.locator(".live-responses-table");
  const status = await answer.locator("tbody .response-col_status").first().innerText();
  const body = await answer.locator(".highlight-code code").first().innerText();
  return [Number(status), JSON.parse(body)];
}

async function swaggerUi(page, base) {
  await openSwaggerUi(page, base);
  assert.equal(await page.title(), "sample-service 0.1.0 - Swagger UI");
  const [refused] = await tryOut(page, "protected-hello_user");
  assert.equal(refused, 401, "without a token");

  await logIn(page, "auth0|admin", "write:items");

  const admin = { "Hello User": "auth0|admin" };
  assert.deepEqual(await tryOut(page, "protected-hello_scoped"), [200, admin]);
  const [forbidden, problem] = await tryOut(page, "items-add_item");
  assert.deepEqual([forbidden, problem.error], [403, "insufficient_scope"]);

  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
  await openSwaggerUi(page, base);
  await page.locator(".scheme-container .authorize.unlocked").waitFor();
}

function pastedToken(token) {
  return async (page, base) => {
    await openSwaggerUi(page, base);
    const way = await wayToAuthorize(page, "bearer");
    await way.locator("input").fill(token);
    await way.locator("button.authorize").click();
    await page.locator(".close-modal").click();

    const pasted = { "Hello User": "auth0|pasted" };
    assert.deepEqual(await tryOut(page, "protected-hello_user"), [200, pasted]);
  };
}

async function reDoc(page, base) {
  const document = await (await fetch(`${base}/openapi.json`)).json();
  const operations = Object.values(document.paths).flatMap(Object.values);
  await page.goto(`${base}/redoc`);

  for (const { operationId } of operations) {
    await page.locator(`[id$="operation/${operationId}"]`).first().waitFor({ state: "attached" });
  }
  assert.equal(await page.title(), "sample-service 0.1.0 - ReDoc");
  await page.getByPlaceholder("Search").fill("whoever");
  await page.locator('[data-role="search:results"] [data-item-id$="/delete_item"]').waitFor();
}

/** The links between the pages lead where they say. */
async function links(page, base) {
  await page.goto(`${base}/redoc`);
  await page.locator("nav").getByText("Swagger UI").click();
  await page.locator(".opblock").first().waitFor();
  await page.locator("nav").getByText("ReDoc").click();
  await page.locator("[data-section-id]").first().waitFor();
  await page.locator("nav").getByText("openapi.json").click();
  assert.equal(new URL(page.url()).pathname, new URL(`${base}/openapi.json`).pathname);
}

async function checkAll(browser, service, proxyPort) {
  const token = await service.command("token", "--sub", "auth0|pasted");
  const address = `http://127.0.0.1:${service.port}`;
  const behindProxy = `http://localhost:${proxyPort}${PREFIX}`;
  await check(browser, "Swagger UI at an address", address, swaggerUi);
  await check(browser, "at a name", `http://localhost:${service.port}`, swaggerUi);
  await check(browser, "behind a proxy that takes a prefix off", behindProxy, swaggerUi);
  await check(browser, "with a token that is pasted", address, pastedToken(token));
  await check(browser, "ReDoc", address, reDoc);
  await check(browser, "behind that proxy", behindProxy, reDoc);
  await check(browser, "links", behindProxy, links);
}

async function main(program) {
  const service = await Service.start(program, { TRUSTED_PROXIES: "loopback" });
  const server = proxy(PREFIX, service.port);
  try {
    const proxyPort = await listen(server);
    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: [
        // Root has none.
        "--no-sandbox",
        "--no-proxy-server",
        // As without a network.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
      ],
    });
    try {
      await checkAll(browser, service, proxyPort);
    } finally {
      await browser.close();
    }
  } catch (error) {
    console.log(`the log of the service:\n${(await service.log()).slice(-4000)}`);
    throw error;
  } finally {
    server.close();
    await service.stop();
  }
}

await main(process.argv[2]);
