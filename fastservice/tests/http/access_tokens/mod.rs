//! Tokens with which the service calls others.

mod failures;
mod life;
mod settings;

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

/// Waits until the metrics have this line.
async fn shows(client: &TestClient, line: &str) {
    let shows = async {
        while !client.get("/metrics").await.text().lines().any(|found| found == line) {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, shows).await.unwrap_or_else(|_| panic!("the metrics show {line}"));
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
