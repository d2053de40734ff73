//! Tokens with which the service calls others.

use std::{fs, time::Duration};

use fastservice::{
    Error, client::AccessTokens, prelude::App, settings::Settings, testing::TestClient,
};
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::timeout;
use wiremock::ResponseTemplate;

use crate::{
    authority::{Authority, answer, granted, later},
    wire::{PATIENCE, start_app},
};

const AUDIENCE: &str = "https://prices-api";

fn pairs(url: &str) -> [(&str, &str); 3] {
    [("TOKEN_URL", url), ("API_CLIENT_ID", "orders"), ("API_CLIENT_SECRET", "hunter2")]
}

fn tokens_with(url: &str, more: &[(&str, &str)]) -> AccessTokens {
    let pairs = pairs(url).into_iter().chain(more.iter().copied());
    AccessTokens::new(&Settings::from_pairs(pairs).unwrap()).unwrap()
}

fn tokens(authority: &Authority) -> AccessTokens {
    tokens_with(&authority.url(), &[])
}

async fn get(tokens: &AccessTokens) -> String {
    tokens.get(AUDIENCE).await.unwrap().expose().to_owned()
}

async fn failure(tokens: &AccessTokens) -> Error {
    tokens.get(AUDIENCE).await.unwrap_err()
}

/// Waits until the token is this one.
async fn becomes(tokens: &AccessTokens, token: &str) {
    let becomes = async {
        while get(tokens).await != token {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, becomes).await.unwrap_or_else(|_| panic!("the token becomes {token}"));
}

fn outage() -> ResponseTemplate {
    ResponseTemplate::new(503)
}

fn refusal(error: &str) -> ResponseTemplate {
    answer(401, &json!({"error": error, "error_description": "no\n\"way\""}))
}

fn source(error: &Error) -> String {
    error.source().unwrap().to_string()
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_kept() {
    let authority = Authority::granting().await;
    let tokens = tokens(&authority);

    for _ in 0..3 {
        assert_eq!(get(&tokens).await, "token-1");
    }

    assert_eq!(authority.calls(), 1);
    let sent = &authority.requests().await[0];
    assert_eq!((sent.method.as_str(), sent.url.path()), ("POST", "/oauth/token"));
    assert!(!sent.headers.contains_key("authorization"));
    let expected = [
        ("grant_type", "client_credentials"),
        ("audience", AUDIENCE),
        ("client_id", "orders"),
        ("client_secret", "hunter2"),
    ];
    let form = authority.form(1).await;
    assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn the_secret_may_be_sent_in_a_header() {
    let authority = Authority::granting().await;
    let tokens = tokens_with(&authority.url(), &[("CLIENT_AUTHENTICATION", "basic")]);

    get(&tokens).await;

    let sent = &authority.requests().await[0];
    assert_eq!(sent.headers["authorization"], "Basic b3JkZXJzOmh1bnRlcjI=");
    assert!(!authority.form(1).await.iter().any(|(name, _)| name.starts_with("client")));
}

#[tokio::test]
async fn each_audience_and_scope_set_has_a_token_of_its_own() {
    let authority = Authority::granting().await;
    let tokens = tokens(&authority);
    let with = async |audience, scopes: &[&str]| {
        tokens.get_with_scopes(audience, scopes).await.unwrap().expose().to_owned()
    };

    assert_eq!(with("a", &[]).await, "token-1");
    assert_eq!(with("b", &[]).await, "token-2");
    assert_eq!(with("a", &["write", "read"]).await, "token-3");
    assert_eq!(with("a", &["read", "write"]).await, "token-3");
    assert_eq!(with("a", &["read"]).await, "token-4");

    assert!(authority.form(3).await.contains(&("scope".to_owned(), "read write".to_owned())));
}

#[tokio::test]
async fn a_token_is_renewed_in_the_background_while_the_old_one_serves() {
    let authority = Authority::granting().await;
    authority.then(granted(1, 100)).then(granted(2, 3600).set_delay(Duration::from_millis(200)));
    let tokens = tokens(&authority);
    get(&tokens).await;

    later(Duration::from_secs(51)).await;
    authority.called(2).await;

    assert_eq!(get(&tokens).await, "token-1");
    becomes(&tokens, "token-2").await;
    assert_eq!(authority.calls(), 2);
}

#[tokio::test]
async fn a_token_is_not_used_in_its_last_seconds() {
    // The renewals fail.
    let authority = Authority::answering(|_, call| match call {
        1 => granted(1, 100),
        _ => refusal("access_denied"),
    })
    .await;
    let tokens = tokens(&authority);
    get(&tokens).await;

    later(Duration::from_secs(51)).await;
    authority.called(2).await;
    assert_eq!(get(&tokens).await, "token-1");
    later(Duration::from_secs(40)).await;

    assert!(tokens.get(AUDIENCE).await.is_err());
}

#[tokio::test]
async fn a_token_that_nobody_wants_is_not_renewed() {
    let authority = Authority::granting().await;
    authority.then(granted(1, 100)).then(granted(2, 100));
    let client = TestClient::with_settings(app(), pairs(&authority.url())).await;
    let get =
        async |audience| client.get(&format!("/token?audience={audience}")).await.text().to_owned();
    get("a").await;
    get("a").await;

    later(Duration::from_secs(51)).await;
    shows(&client, r#"fastservice_access_token_grants_total{result="granted"} 2"#).await;
    later(Duration::from_secs(60)).await;

    // What was to be asked for by then was asked for before this.
    assert_eq!(get("b").await, "token-3");
    assert_eq!(authority.calls(), 3);
    later(Duration::from_secs(60)).await;
    assert_eq!(get("a").await, "token-4");
}

/// Waits until the metrics have this line.
async fn shows(client: &TestClient, line: &str) {
    let shows = async {
        while !client.get("/metrics").await.text().lines().any(|found| found == line) {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, shows).await.unwrap_or_else(|_| panic!("the metrics show {line}"));
}

#[tokio::test]
async fn those_who_ask_at_once_share_one_grant_and_one_error() {
    let authority = Authority::granting().await;
    let tokens = tokens(&authority);

    authority.then(refusal("access_denied"));
    let errors = join_all((0..50).map(|_| failure(&tokens))).await;
    assert!(errors.iter().all(|error| error.code() == "token_refused"));
    assert_eq!(authority.calls(), 1);

    later(Duration::from_secs(31)).await;
    let granted = join_all((0..50).map(|_| get(&tokens))).await;
    assert!(granted.iter().all(|token| token == "token-2"));
    assert_eq!(authority.calls(), 2);
}

#[tokio::test]
async fn a_caller_that_leaves_cancels_nothing() {
    let authority = Authority::granting().await;
    authority.then(granted(1, 3600).set_delay(Duration::from_millis(200)));
    let tokens = tokens(&authority);

    let leaver = tokio::spawn({
        let tokens = tokens.clone();
        async move { get(&tokens).await }
    });
    authority.called(1).await;
    leaver.abort();

    assert_eq!(get(&tokens).await, "token-1");
    assert_eq!(authority.calls(), 1);
}

#[tokio::test]
async fn a_short_outage_is_bridged() {
    let authority = Authority::granting().await;
    authority.then(outage()).then(ResponseTemplate::new(429).insert_header("retry-after", "0"));
    let tokens = tokens(&authority);

    assert_eq!(get(&tokens).await, "token-3");
}

#[tokio::test]
async fn a_long_outage_answers_503_and_is_shared_until_the_next_attempt() {
    let authority = Authority::granting().await;
    authority.then(outage()).then(outage()).then(outage());
    let tokens = tokens(&authority);

    for _ in 0..5 {
        let error = failure(&tokens).await;
        assert_eq!((error.status().as_u16(), error.code()), (503, "token_unavailable"));
        assert_eq!(error.headers()["retry-after"], "1");
    }
    assert_eq!(authority.calls(), 3);

    later(Duration::from_secs(1)).await;
    assert_eq!(get(&tokens).await, "token-4");
}

#[tokio::test]
async fn an_authority_that_asks_for_patience_gets_it() {
    let authority = Authority::granting().await;
    authority.then(outage().insert_header("retry-after", "120"));
    let tokens = tokens(&authority);

    assert_eq!(failure(&tokens).await.headers()["retry-after"], "120");
    later(Duration::from_secs(100)).await;
    assert_eq!(failure(&tokens).await.code(), "token_unavailable");
    assert_eq!(authority.calls(), 1);
}

#[tokio::test]
async fn the_reason_is_told_also_where_a_second_try_would_come_too_late() {
    let authority = Authority::granting().await;
    let late = outage().insert_header("retry-after", "3").set_delay(Duration::from_millis(200));
    authority.then(late);
    let tokens = tokens(&authority);
    let waiting = tokio::spawn({
        let tokens = tokens.clone();
        async move { failure(&tokens).await }
    });

    authority.called(1).await;
    later(Duration::from_millis(2500)).await;
    let error = timeout(PATIENCE, waiting).await.unwrap().unwrap();

    assert_eq!(error.headers()["retry-after"], "3");
    assert!(source(&error).contains("503"), "{}", source(&error));
    assert_eq!(authority.calls(), 1);
}

#[tokio::test]
async fn nobody_at_the_address_is_an_outage() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let tokens = tokens_with(&url, &[]);

    assert_eq!(failure(&tokens).await.code(), "token_unavailable");
}

#[tokio::test]
async fn a_refusal_is_not_tried_again_for_a_while() {
    for status in [400, 401, 403] {
        let authority = Authority::granting().await;
        authority.then(answer(status, &json!({"error": "invalid_client"})));
        let tokens = tokens(&authority);

        for _ in 0..3 {
            assert_eq!(failure(&tokens).await.code(), "token_refused");
        }
        later(Duration::from_secs(25)).await;
        assert_eq!(failure(&tokens).await.code(), "token_refused");
        assert_eq!(authority.calls(), 1);

        later(Duration::from_secs(6)).await;
        assert_eq!(get(&tokens).await, "token-2");
    }
}

#[tokio::test]
async fn a_refusal_tells_the_log_why_and_nobody_the_secret() {
    let authority = Authority::granting().await;
    authority.then(refusal("invalid_client"));
    let tokens = tokens(&authority);

    let error = failure(&tokens).await;

    let expected = r#"401 Unauthorized, error "invalid_client", error_description "no\n\"way\"""#;
    assert!(source(&error).ends_with(expected), "{}", source(&error));
    assert!(!error.detail().contains("invalid_client"));
    let printed = format!("{error:?} {tokens:?} {:?}", tokens.get("x").await);
    assert!(!printed.contains("hunter2") && !printed.contains("token-"), "{printed}");
}

#[tokio::test]
async fn what_is_no_answer_of_an_authority_is_not_taken_for_one() {
    let html = ResponseTemplate::new(200).set_body_string("<html>");
    let huge = ResponseTemplate::new(200).set_body_bytes(vec![b' '; 65 * 1024]);
    for (bad, why) in [(html, "no JSON object"), (huge, "larger than 65536 bytes")] {
        let authority = Authority::granting().await;
        authority.then(bad);
        let tokens = tokens(&authority);

        let error = failure(&tokens).await;

        assert_eq!(error.code(), "token_unavailable");
        assert!(source(&error).contains(why), "{}", source(&error));
        assert_eq!(authority.calls(), 1);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (authority, other) = (Authority::granting().await, Authority::granting().await);
    authority.then(ResponseTemplate::new(307).insert_header("location", other.url()));
    let tokens = tokens(&authority);

    assert_eq!(failure(&tokens).await.code(), "token_unavailable");
    assert_eq!(other.calls(), 0);
}

#[tokio::test]
async fn an_authority_that_is_slow_is_given_up() {
    let authority = Authority::granting().await;
    authority.then(granted(1, 60).set_delay(Duration::from_secs(60)));
    let tokens = tokens(&authority);
    let waiting = tokio::spawn({
        let tokens = tokens.clone();
        async move { failure(&tokens).await }
    });

    authority.called(1).await;
    later(Duration::from_secs(5)).await;

    let error = timeout(PATIENCE, waiting).await.unwrap().unwrap();
    assert_eq!(error.code(), "token_unavailable");
}

#[tokio::test]
async fn the_secret_is_read_again_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    fs::write(&file, "old\n").unwrap();
    let authority = Authority::granting().await;
    authority.then(refusal("invalid_client"));
    let settings = Settings::from_pairs([
        ("TOKEN_URL", authority.url().as_str()),
        ("API_CLIENT_ID", "orders"),
        ("API_CLIENT_SECRET_FILE", file.to_str().unwrap()),
    ]);
    let tokens = AccessTokens::new(&settings.unwrap()).unwrap();
    failure(&tokens).await;

    fs::write(&file, " new \n").unwrap();
    later(Duration::from_secs(31)).await;
    get(&tokens).await;
    fs::remove_file(&file).unwrap();
    tokens.get("another").await.unwrap();

    let mut secrets = Vec::new();
    for call in 1..=3 {
        secrets.extend(
            authority.form(call).await.into_iter().filter(|(name, _)| name == "client_secret"),
        );
    }
    let secrets: Vec<_> = secrets.iter().map(|(_, secret)| secret.as_str()).collect();
    // The old one may be revoked.
    assert_eq!(secrets, ["old", "new", "new"]);
}

#[tokio::test]
async fn the_token_endpoint_is_discovered() {
    let authority = Authority::granting().await;
    let issuer = authority.url();
    let document = json!({"issuer": issuer, "token_endpoint": format!("{issuer}/found")});
    authority.then(answer(200, &document));
    let settings = Settings::from_pairs([
        ("OIDC_ISSUERS", issuer.as_str()),
        ("API_CLIENT_ID", "orders"),
        ("API_CLIENT_SECRET", "hunter2"),
    ]);
    let tokens = AccessTokens::new(&settings.unwrap()).unwrap();

    assert_eq!(get(&tokens).await, "token-2");
    tokens.get("another").await.unwrap();

    let paths: Vec<_> =
        authority.requests().await.iter().map(|sent| sent.url.path().to_owned()).collect();
    let found = "/oauth/token/found";
    assert_eq!(paths, ["/oauth/token/.well-known/openid-configuration", found, found]);
}

#[test]
fn a_fault_and_debug_repeat_no_password_of_a_url() {
    let made = |url: &str| {
        let settings = Settings::from_pairs(pairs(url)).unwrap();
        AccessTokens::new(&settings)
    };

    let error = made("https://ali:hunter3@a.test/token").unwrap_err().to_string();
    assert_eq!(error, "TOKEN_URL is not a URL without user and fragment");
    let shown = format!("{:?}", made("https://a.test/token?key=hunter3").unwrap());
    assert!(shown.contains("https://a.test/token") && !shown.contains("hunter3"), "{shown}");
}

#[test]
fn what_is_missing_is_said_at_once() {
    let faults = |pairs: &[(&str, &str)]| {
        let settings = Settings::from_pairs(pairs.iter().copied()).unwrap();
        AccessTokens::new(&settings).map_or_else(|error| error.faults().len(), |_| 0)
    };
    let identity = [("API_CLIENT_ID", "a"), ("API_CLIENT_SECRET", "b")];

    assert_eq!(faults(&[]), 3);
    assert_eq!(faults(&identity), 1);
    assert_eq!(faults(&[identity[0], identity[1], ("TOKEN_URL", "http://example.com/")]), 1);
    assert_eq!(faults(&[identity[0], identity[1], ("AUTH0_DOMAIN", "a.eu.auth0.com")]), 0);
    assert_eq!(faults(&[("TOKEN_URL", "https://example.com/token")]), 2);
}

mod handlers {
    use fastservice::prelude::*;

    #[public_api(get = "/token")]
    async fn token(tokens: AccessTokens, audience: String) -> Result<String> {
        Ok(tokens.get(&audience).await?.expose().to_owned())
    }
}

fn app() -> App {
    App::new().only_routes_in(concat!(module_path!(), "::handlers"))
}

#[tokio::test]
async fn a_handler_takes_the_tokens_and_they_are_counted() {
    let authority = Authority::granting().await;
    let client = TestClient::with_settings(app(), pairs(&authority.url())).await;
    authority.then(granted(1, 3600)).then(refusal("invalid_client"));

    assert_eq!(client.get("/token?audience=a").await.text(), "token-1");
    assert_eq!(client.get("/token?audience=a").await.text(), "token-1");
    let refused = client.get("/token?audience=b").await;
    assert_eq!((refused.status().as_u16(), &*refused.error_code()), (502, "token_refused"));

    for line in [
        r#"fastservice_access_token_requests_total{result="cached"} 1"#,
        r#"fastservice_access_token_requests_total{result="waited"} 2"#,
        r#"fastservice_access_token_grants_total{result="granted"} 1"#,
        r#"fastservice_access_token_grants_total{result="refused"} 1"#,
        r#"fastservice_access_token_grants_total{result="unavailable"} 0"#,
    ] {
        shows(&client, line).await;
    }
}

#[tokio::test]
async fn a_service_whose_endpoint_needs_tokens_does_not_start_without() {
    let settings =
        Settings::from_pairs([("AUTH0_DOMAIN", "a.eu.auth0.com"), ("API_IDENTIFIER", "x")]);

    let error = app().settings(settings.unwrap()).start().await.unwrap_err().to_string();

    assert!(error.contains("API_CLIENT_ID is not set"), "{error}");
    assert!(error.contains("API_CLIENT_SECRET is not set"), "{error}");
}

#[tokio::test]
async fn in_a_test_the_tests_issuer_grants() {
    let client = TestClient::new(app()).await;

    let answer = client.get("/token?audience=a").await;

    assert_eq!(answer.status(), 200);
    assert!(answer.text().starts_with("eyJ"), "{}", answer.text());
}

#[tokio::test]
async fn in_development_the_service_grants_its_own_tokens() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = start_app(app(), &[("PORT", &port.to_string())]).await;

    let request = "GET /token?audience=dev-api HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = server.exchange(request).await;

    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\r\n\r\neyJ"), "{answer}");
}
