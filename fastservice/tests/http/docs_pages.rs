//! The pages of documentation.

use std::{io::Read, path::Path};

use fastservice::{
    prelude::*,
    settings::Settings,
    testing::{TestClient, TestResponse},
};
use flate2::read::GzDecoder;

#[cfg(feature = "dev-issuer")]
use crate::wire::start_app;

#[public_api(get = "/things")]
async fn things() {}

#[private_api(get = "/mine", scope = "read:mine", any_scope = ["a", "b"])]
async fn mine() {}

const PAGES: [&str; 3] = ["/docs", "/docs/oauth2-redirect", "/redoc"];

fn app() -> App {
    App::new().name("shop").version("2.1").only_routes_in(module_path!())
}

async fn client(settings: &[(&'static str, &'static str)]) -> TestClient {
    TestClient::with_settings(app(), settings.iter().copied()).await
}

/// An answer of a service that is its own issuer, over a socket.
#[cfg(feature = "dev-issuer")]
async fn own_issuer_answers(settings: &[(&str, &str)], path: &str, header: &str) -> String {
    let server = start_app(app(), settings).await;
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    server.exchange(&format!("{request}{header}\r\n")).await
}

/// What `href` and `src` name.
fn links(html: &str) -> Vec<String> {
    let parts = html.split(['<', ' ']).filter_map(|part| {
        let link = part.strip_prefix("href=\"").or_else(|| part.strip_prefix("src=\""))?;
        link.split('"').next().map(str::to_owned)
    });
    parts.collect()
}

/// Where a browser goes from a page: these links name nothing above themselves.
fn resolved(page: &str, link: &str) -> String {
    let folder = page.rsplit_once('/').unwrap().0;
    format!("{folder}/{link}")
}

fn policy(answer: &TestResponse) -> &str {
    answer.header("content-security-policy").unwrap()
}

#[tokio::test]
async fn each_link_of_each_page_leads_somewhere() {
    let client = client(&[]).await;

    let mut count = 0;
    for page in PAGES {
        let answer = client.get(page).await;
        assert_eq!(answer.status(), 200, "{page}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        for link in links(answer.text()) {
            let path = resolved(page, &link);
            let found = client.get(&path).await;
            let is_known = PAGES.contains(&path.as_str()) || path == "/openapi.json";
            let is_asset = path.starts_with("/docs/assets/");
            assert_eq!((found.status().as_u16(), is_known || is_asset), (200, true), "{path}");
            count += 1;
        }
    }
    assert_eq!(count, 16, "all of them were found in the pages");
}

#[tokio::test]
async fn pages_say_whose_they_are() {
    let settings = [("SERVICE_NAME", "Fish & \"Chips\" <b>")];
    let client = client(&settings).await;

    for (page, title) in [("/docs", "Swagger UI"), ("/redoc", "ReDoc")] {
        let answer = client.get(page).await;
        let name = "Fish &amp; &quot;Chips&quot; &lt;b&gt;";
        assert!(answer.text().contains(&format!("<title>{name} 2.1 - {title}</title>")), "{page}");
        assert!(!answer.text().contains("<b>"));
    }
}

#[tokio::test]
async fn pages_load_only_what_comes_with_them() {
    let client = client(&[]).await;

    for page in PAGES {
        let answer = client.get(page).await;
        let directives: Vec<_> = policy(&answer).split("; ").collect();
        for directive in [
            "default-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "script-src 'self'",
            "connect-src 'self'",
        ] {
            assert!(directives.contains(&directive), "{page} lacks {directive}: {directives:?}");
        }
        assert!(!policy(&answer).contains("unsafe"), "{page}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        let html = answer.text();
        assert!(!html.contains("<style") && !html.contains("style=") && !html.contains("://"));
        assert_eq!(html.matches("<script ").count(), html.matches("<script src=").count());
    }
}

#[tokio::test]
async fn pages_are_asked_for_again_and_files_never() {
    let client = client(&[]).await;

    for page in PAGES {
        let first = client.get(page).await;
        assert_eq!(first.header("cache-control"), Some("no-cache"));
        let etag = first.header("etag").unwrap();
        let again = client.get(page).header("if-none-match", etag).await;
        assert_eq!((again.status().as_u16(), again.text()), (304, ""), "{page}");
        assert_eq!(again.header("cache-control"), Some("no-cache"));
        assert_eq!(client.get(page).header("if-none-match", "\"x\"").await.status(), 200);
        for link in links(first.text()).iter().filter(|link| link.contains("assets/")) {
            let asset = client.get(&resolved(page, link)).await;
            let forever = Some("public, max-age=31536000, immutable");
            assert_eq!(asset.header("cache-control"), forever, "{link}");
            assert_eq!(asset.header("x-content-type-options"), Some("nosniff"));
            let expected = match Path::new(link).extension().unwrap().to_str().unwrap() {
                "js" => "text/javascript; charset=utf-8",
                "css" => "text/css; charset=utf-8",
                _ => "image/svg+xml",
            };
            assert_eq!(asset.header("content-type"), Some(expected), "{link}");
        }
    }
}

#[tokio::test]
async fn large_files_are_compressed_for_who_takes_that() {
    let client = client(&[]).await;
    let page = client.get("/redoc").await;
    let links = links(page.text());
    let link = links.iter().find(|link| link.contains("assets/redoc-2")).unwrap();
    let path = resolved("/redoc", link);

    let packed = client.get(&path).header("accept-encoding", "br, gzip").await;
    let plain = client.get(&path).header("accept-encoding", "br, gzip;q=0").await;
    let unasked = client.get(&path).await;

    let mut unpacked = Vec::new();
    GzDecoder::new(&packed.bytes()[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert_eq!(plain.header("content-encoding"), None);
    assert!(unpacked == *plain.bytes() && plain.bytes() == unasked.bytes());
    for answer in [packed, plain, unasked] {
        assert_eq!(answer.header("vary"), Some("accept-encoding"));
    }
}

#[tokio::test]
async fn an_unknown_file_is_not_found() {
    let client = client(&[]).await;

    for name in ["redoc-0.0.1.js", "redoc.js", "..%2fpages.css", "%00"] {
        let answer = client.get(&format!("/docs/assets/{name}")).await;
        assert_eq!(answer.status(), 404, "{name}: {}", answer.text());
    }
}

#[tokio::test]
async fn head_answers_what_get_would() {
    let client = client(&[]).await;

    let mut paths = PAGES.map(str::to_owned).to_vec();
    paths
        .extend(links(client.get("/docs").await.text()).iter().map(|link| resolved("/docs", link)));
    for path in paths {
        let get = client.get(&path).await;
        let head = client.request(Method::HEAD, &path).await;
        assert_eq!((head.status(), head.text()), (get.status(), ""), "{path}");
        let length = get.bytes().len().to_string();
        assert_eq!(head.header("content-length"), Some(length.as_str()), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"));
    }
}

#[tokio::test]
async fn the_pages_are_no_part_of_the_document() {
    let document: serde_json::Value = client(&[]).await.get("/openapi.json").await.json();

    let paths = document["paths"].as_object().unwrap();
    assert!(paths.contains_key("/things"));
    assert!(!paths.keys().any(|path| path.contains("docs") || path.contains("redoc")));
}

#[tokio::test]
async fn they_can_be_switched_off_alone_or_with_the_document() {
    for (settings, document) in [([("DOCS", "false")], 200), ([("OPENAPI", "false")], 404)] {
        let client = client(&settings).await;
        for page in PAGES.into_iter().chain(["/docs/assets/redoc-2.5.4.js"]) {
            assert_eq!(client.get(page).await.status(), 404, "{settings:?} {page}");
        }
        assert_eq!(client.get("/openapi.json").await.status(), document);
    }
    let error = Settings::from_pairs([("DOCS", "maybe")]).unwrap_err().to_string();
    assert!(error.contains("DOCS") && error.contains("`maybe`"), "{error}");
}

#[tokio::test]
async fn prefixes_of_the_service_and_of_a_proxy_change_no_page() {
    let plain = client(&[]).await;
    let prefixed = client(&[
        ("PUBLIC_PREFIX", "/p"),
        ("PRIVATE_PREFIX", "/q"),
        ("TRUSTED_PROXIES", "loopback"),
    ])
    .await;

    for page in PAGES {
        let behind = prefixed
            .get(page)
            .remote_address(([127, 0, 0, 1], 1))
            .header("x-forwarded-prefix", "/shop")
            .await;
        assert_eq!(behind.text(), plain.get(page).await.text(), "{page}");
        assert!(links(behind.text()).iter().all(|link| !link.starts_with('/')), "{page}");
    }
    let slash = prefixed
        .get("/docs/")
        .remote_address(([127, 0, 0, 1], 1))
        .header("x-forwarded-prefix", "/shop")
        .await;
    assert_eq!(slash.header("location"), Some("/shop/docs"));
}

#[tokio::test]
async fn who_logs_in_does_so_at_the_issuer_and_nowhere_else() {
    let tenant = client(&[
        ("AUTH0_DOMAIN", "shop.eu.auth0.com"),
        ("API_IDENTIFIER", "https://shop.example other"),
        ("DOCS_CLIENT_ID", "an\"id"),
    ]);
    let tenant = tenant.await.get("/docs").await;
    let other = client(&[("OIDC_ISSUERS", "https://id.example/realms/a")]);
    let other = other.await.get("/docs").await;

    let login = "data-client-id=\"an&quot;id\" data-audience=\"https://shop.example\" \
                 data-scopes=\"a b read:mine\"";
    assert!(tenant.text().contains(login), "{}", tenant.text());
    assert!(policy(&tenant).ends_with("; connect-src 'self' https://shop.eu.auth0.com"));
    let login = "data-client-id=\"\" data-audience=\"\" data-scopes=\"a b read:mine\"";
    assert!(other.text().contains(login), "{}", other.text());
    assert!(policy(&other).ends_with("; connect-src 'self' https://id.example"));
}

#[cfg(feature = "dev-issuer")]
#[tokio::test]
async fn the_development_issuer_knows_the_pages() {
    let own = own_issuer_answers(&[], "/docs", "").await;
    let other_client = own_issuer_answers(&[("DOCS_CLIENT_ID", "mine")], "/docs", "").await;

    let login = "data-client-id=\"dev-docs\" data-audience=\"\" data-scopes=\"a b read:mine\"";
    assert!(own.contains(login), "{own}");
    assert!(own.contains("connect-src 'self'\r\n"), "{own}");
    assert!(other_client.contains("data-client-id=\"mine\""), "{other_client}");
}

/// The document is given relative addresses, and from them a page finds the issuer.
#[cfg(feature = "dev-issuer")]
#[tokio::test]
async fn behind_a_proxy_the_development_issuer_is_below_the_prefix() {
    for (header, prefix) in [("", ""), ("x-forwarded-prefix: /shop\r\n", "/shop")] {
        let trusting = [("TRUSTED_PROXIES", "loopback")];
        let answer = own_issuer_answers(&trusting, "/openapi.json", header).await;
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let document: serde_json::Value = serde_json::from_str(body).unwrap();

        let flow =
            &document["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"];
        for (name, path) in [("authorizationUrl", "authorize"), ("tokenUrl", "oauth/token")] {
            assert_eq!(flow[name], format!("{prefix}/dev-issuer/{path}"));
        }
    }
}
