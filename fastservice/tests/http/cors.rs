//! Calls from pages of other origins.

use std::task::{Context as TaskContext, Poll};

use fastservice::{
    body::RequestBody,
    prelude::*,
    settings::Settings,
    testing::{TestClient, TestRequest, TestResponse},
};
use http::Method;
use tower_layer::layer_fn;
use tower_service::Service;

const PAGE: &str = "https://app.example.com";

#[public_api(get = "/public/{id}")]
async fn public(id: u8) -> String {
    id.to_string()
}

#[private_api(put = "/private", scope = "write")]
async fn private() {}

#[public_api(get = "/panics")]
#[allow(clippy::panic)]
async fn panics() {
    panic!("on purpose")
}

#[public_api(options = "/own")]
async fn own() -> &'static str {
    "own"
}

fn app() -> App {
    App::new().only_routes_in(module_path!())
}

async fn client(pairs: &[(&str, &str)]) -> TestClient {
    TestClient::with_settings(app(), pairs.iter().copied()).await
}

fn preflight(client: &TestClient, path: &str, origin: &str) -> TestRequest {
    client
        .request(Method::OPTIONS, path)
        .header("origin", origin)
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "authorization,content-type")
}

fn list<'a>(answer: &'a TestResponse, name: &str) -> Vec<&'a str> {
    answer.header(name).unwrap_or_default().split(',').map(str::trim).collect()
}

#[tokio::test]
async fn a_preflight_is_answered_without_a_token_also_where_nothing_is() {
    let client = client(&[("ORIGINS", "https://other.example https://App.example.com")]).await;

    for path in ["/private", "/public/1", "/nowhere"] {
        let answer = preflight(&client, path, PAGE).await;

        assert!(answer.status().is_success(), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
        assert_eq!(
            answer.header("access-control-allow-headers"),
            Some("authorization,content-type")
        );
        assert_eq!(
            list(&answer, "access-control-allow-methods"),
            ["GET", "HEAD", "OPTIONS", "PUT"]
        );
        assert_eq!(answer.header("access-control-max-age"), Some("600"));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert!(answer.header("x-request-id").is_some());
    }
}

#[tokio::test]
async fn every_answer_says_which_page_may_read_it() {
    let client = client(&[("ORIGINS", PAGE)]).await;

    for (status, request) in [
        (200, client.get("/public/1")),
        (401, client.request(Method::PUT, "/private")),
        (404, client.get("/nowhere")),
        (405, client.post("/private")),
        (422, client.get("/public/x")),
        (500, client.get("/panics")),
    ] {
        let answer = request.header("origin", PAGE).await;

        assert_eq!(answer.status(), status);
        assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE), "{status}");
        assert_eq!(answer.header("vary"), Some("origin"), "{status}");
        let exposed = list(&answer, "access-control-expose-headers");
        assert!(exposed.contains(&"x-request-id") && exposed.contains(&"etag"), "{exposed:?}");
        assert!(answer.header("x-request-id").is_some());
    }
}

#[tokio::test]
async fn another_page_is_given_nothing_and_caches_know_it() {
    let client = client(&[("ORIGINS", PAGE)]).await;

    for origin in ["https://evil.example", "https://app.example.com.evil.example", "null"] {
        let refused = preflight(&client, "/private", origin).await;
        let answer = client.get("/public/1").header("origin", origin).await;

        assert_eq!(refused.header("access-control-allow-origin"), None, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
        assert_eq!(answer.header("vary"), Some("origin"));
    }
    let without = client.get("/public/1").await;
    assert_eq!(without.header("access-control-allow-origin"), None);
    assert_eq!(without.header("vary"), Some("origin"));
}

#[tokio::test]
async fn all_origins_are_a_star_and_never_with_credentials() {
    let client = client(&[("ORIGINS", "*")]).await;

    let answer = client.get("/public/1").header("origin", PAGE).header("cookie", "a=b").await;

    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert_eq!(answer.header("vary"), None);
    let both = Settings::from_pairs([("ORIGINS", "*"), ("CORS_CREDENTIALS", "true")]);
    assert!(both.unwrap_err().to_string().contains("CORS_CREDENTIALS"));
}

#[tokio::test]
async fn credentials_are_for_named_origins_when_the_setting_says_so() {
    let client = client(&[("ORIGINS", PAGE), ("CORS_CREDENTIALS", "true")]).await;

    let answer = client.get("/public/1").header("origin", PAGE).await;

    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
}

#[tokio::test]
async fn options_that_is_no_preflight_is_the_services() {
    let client = client(&[("ORIGINS", PAGE)]).await;

    let own = client.request(Method::OPTIONS, "/own").await;
    let allow = client.request(Method::OPTIONS, "/private").header("origin", PAGE).await;

    assert_eq!(own.text(), "own");
    assert_eq!(allow.header("allow"), Some("OPTIONS, PUT"));
}

#[tokio::test]
async fn without_origins_nothing_is_added() {
    let client = client(&[]).await;

    let answer = client.get("/public/1").header("origin", PAGE).await;

    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(answer.header("vary"), None);
    assert_eq!(preflight(&client, "/private", PAGE).await.header("allow"), Some("OPTIONS, PUT"));
}

/// A layer that fails, or panics.
#[derive(Clone)]
struct Broken<S>(S, fn() -> std::io::Error);

impl<S: Service<http::Request<RequestBody>>> Service<http::Request<RequestBody>> for Broken<S> {
    type Response = Response;
    type Error = std::io::Error;
    type Future = std::future::Ready<Result<Response, std::io::Error>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), std::io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Request<RequestBody>) -> Self::Future {
        std::future::ready(Err((self.1)()))
    }
}

#[tokio::test]
async fn a_layer_that_fails_or_panics_is_a_500_that_a_page_can_read() {
    let failures: [fn() -> std::io::Error; 2] =
        [|| std::io::Error::other("secret"), || panic!("secret")];
    for failure in failures {
        for origins in [PAGE, ""] {
            let app = app().layer(layer_fn(move |inner| Broken(inner, failure)));
            let client = TestClient::with_settings(app, [("ORIGINS", origins)]).await;

            let answer = client.get("/public/1").header("origin", PAGE).await;

            assert_eq!(answer.error_code(), "internal_error");
            assert!(!answer.text().contains("secret"));
            assert_eq!(answer.header("access-control-allow-origin").unwrap_or_default(), origins);
            let id = answer.header("x-request-id").unwrap();
            assert!(answer.text().contains(id));
        }
    }
}

#[test]
fn a_mistaken_origin_is_named() {
    let wrong = [("ORIGINS", "https://app.example.com https://app.example.com/")];

    let error = Settings::from_pairs(wrong).unwrap_err().to_string();

    assert!(error.contains("ORIGINS") && error.contains("`https://app.example.com/`"), "{error}");
}
