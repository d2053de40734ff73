// The sample service, and a proxy before it that takes a prefix off its paths.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const DEADLINE = 20_000;

export async function listen(server) {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server.address().port;
}

async function freePort() {
  const server = http.createServer();
  const port = await listen(server);
  server.close();
  return port;
}

export class Service {
  static async start(program, settings) {
    const service = new Service();
    service.program = program;
    service.folder = await mkdtemp(join(tmpdir(), "pages-"));
    service.port = await freePort();
    service.environment = { PATH: process.env.PATH, PORT: String(service.port), ...settings };
    const shell = ["-c", 'exec "$0" >log 2>&1', program];
    service.process = spawn("sh", shell, { cwd: service.folder, env: service.environment });
    await service.answers();
    return service;
  }

  async answers() {
    for (const end = Date.now() + DEADLINE; Date.now() < end; await pause(50)) {
      if (this.process.exitCode !== null) break;
      const answer = await fetch(`http://127.0.0.1:${this.port}/ready`).catch(() => null);
      if (answer?.ok) return;
    }
    throw new Error(`the service does not answer:\n${await this.log()}`);
  }

  log() {
    return readFile(join(this.folder, "log"), "utf8");
  }

  /** What one of its commands prints. */
  async command(...words) {
    const child = spawn(this.program, words, { cwd: this.folder, env: this.environment });
    const parts = [];
    child.stdout.on("data", (part) => parts.push(part));
    const [status] = await once(child, "close");
    if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}`);
    return Buffer.concat(parts).toString().trim();
  }

  async stop() {
    if (this.process.exitCode === null) {
      const ended = once(this.process, "exit");
      this.process.kill("SIGTERM");
      await ended;
    }
    await rm(this.folder, { recursive: true });
  }
}

/** Passes on what is below `prefix`, and answers 404 to the rest. */
export function proxy(prefix, port) {
  return http.createServer((asked, answer) => {
    if (!asked.url.startsWith(`${prefix}/`)) {
      answer.writeHead(404).end();
      return;
    }
    const headers = {
      ...asked.headers,
      "x-forwarded-for": asked.socket.remoteAddress,
      "x-forwarded-prefix": prefix,
    };
    const path = asked.url.slice(prefix.length);
    const request = { host: "127.0.0.1", port, path, method: asked.method, headers };
    const passed = http.request(request, (got) => {
      answer.writeHead(got.statusCode, got.headers);
      got.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
}
