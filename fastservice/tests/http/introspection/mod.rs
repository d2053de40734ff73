//! Opaque tokens, asked about at their issuer.

mod calls;
mod failures;
mod settings;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fastservice::{
    Secret,
    auth::{Introspection, IntrospectionBuilder},
    prelude::App,
    settings::Settings,
    testing::{TestClient, TestResponse},
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::timeout;
use wiremock::{Request, ResponseTemplate};

use crate::{
    authority::{Authority, answer, later},
    wire::{PATIENCE, start_app},
};

mod handlers {
    use fastservice::prelude::*;

    #[private_api(get = "/private")]
    async fn private(user: UserId) -> String {
        user.to_string()
    }

    #[private_api(get = "/written", scope = "write")]
    async fn written() {}

    #[private_api(get = "/machine", m2m)]
    async fn machine() {}

    #[public_api(get = "/open")]
    async fn open() {}
}

fn app() -> App {
    App::new().name("items").only_routes_in(concat!(module_path!(), "::handlers"))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn said(changes: &Value) -> Value {
    let mut said = json!({
        "active": true, "aud": "items", "sub": "ali", "scope": "read", "exp": now() + 3600,
    });
    for (name, value) in changes.as_object().unwrap() {
        said[name] = value.clone();
    }
    said
}

fn active() -> ResponseTemplate {
    answer(200, &said(&json!({})))
}

fn inactive() -> ResponseTemplate {
    answer(200, &json!({"active": false}))
}

/// Calls every token active, but for those that are named `bad`.
async fn issuer() -> Authority {
    Authority::answering(|request: &Request, _| {
        let form = String::from_utf8(request.body.clone()).unwrap();
        if form.contains("token=bad") { inactive() } else { active() }
    })
    .await
}

fn introspection(issuer: &Authority) -> IntrospectionBuilder {
    Introspection::builder()
        .url(issuer.url())
        .accept_http_on_loopback()
        .client("items", Secret::new("hunter2".to_owned()))
        .audience("items")
}

async fn client_of(introspection: IntrospectionBuilder) -> TestClient {
    let app = app().authenticator(introspection.build().unwrap());
    TestClient::with_settings(app, [("M2M_USER", "billing")]).await
}

async fn client(issuer: &Authority) -> TestClient {
    client_of(introspection(issuer)).await
}

async fn with_token(client: &TestClient, path: &str, token: &str) -> TestResponse {
    client.get(path).header("authorization", format!("Bearer {token}")).await
}

async fn asked(client: &TestClient, token: &str) -> (u16, String) {
    let answer = with_token(client, "/private", token).await;
    let status = answer.status().as_u16();
    (status, if status == 200 { answer.text().to_owned() } else { answer.error_code().clone() })
}

fn is(expected: (u16, &str)) -> (u16, String) {
    (expected.0, expected.1.to_owned())
}

#[tokio::test]
async fn an_active_token_speaks_for_its_subject() {
    let issuer = issuer().await;
    let client = client(&issuer).await;

    assert_eq!(asked(&client, "opaque").await, is((200, "ali")));

    let sent = &issuer.requests().await[0];
    assert_eq!((sent.method.as_str(), sent.url.path()), ("POST", "/oauth/token"));
    assert_eq!(sent.headers["authorization"], "Basic aXRlbXM6aHVudGVyMg==");
    let form = [("token", "opaque"), ("token_type_hint", "access_token")];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(issuer.form(1).await, form);
}

#[tokio::test]
async fn the_secret_may_be_sent_in_the_form() {
    let issuer = issuer().await;
    let client = client_of(introspection(&issuer).client_secret_post()).await;

    asked(&client, "opaque").await;

    assert!(!issuer.requests().await[0].headers.contains_key("authorization"));
    let form = issuer.form(1).await;
    assert!(form.contains(&("client_secret".to_owned(), "hunter2".to_owned())), "{form:?}");
}

#[tokio::test]
async fn a_token_that_says_the_wrong_thing_is_refused_with_a_challenge() {
    let issuer = issuer().await;
    let client = client(&issuer).await;

    for (changes, code) in [
        (json!({"active": false}), "token_inactive"),
        (json!({"exp": now() - 60}), "token_expired"),
        (json!({"nbf": now() + 60}), "token_not_yet_valid"),
        (json!({"aud": "others"}), "token_audience"),
        (json!({"sub": null}), "token_claims"),
        (json!({"cnf": {"jkt": "x"}}), "token_binding"),
        (json!({"token_type": "DPoP"}), "token_type"),
    ] {
        issuer.then(answer(200, &said(&changes)));
        let refused = with_token(&client, "/private", code).await;

        assert_eq!((refused.status().as_u16(), &*refused.error_code()), (401, code));
        let challenge = refused.header("www-authenticate").unwrap();
        assert!(challenge.starts_with(r#"Bearer realm="items", error="invalid_token""#));
    }
}

#[tokio::test]
async fn rights_are_those_of_the_answer() {
    let issuer = issuer().await;
    let client = client(&issuer).await;
    let status = async |path, changes: Value| {
        issuer.then(answer(200, &said(&changes)));
        let token = format!("opaque-{}", issuer.calls());
        with_token(&client, path, &token).await.status().as_u16()
    };

    assert_eq!(status("/written", json!({"scope": "read"})).await, 403);
    assert_eq!(status("/written", json!({"scope": "read write"})).await, 200);
    assert_eq!(status("/machine", json!({})).await, 403);
    assert_eq!(status("/machine", json!({"sub": null, "client_id": "other"})).await, 403);
    assert_eq!(status("/machine", json!({"sub": null, "client_id": "billing"})).await, 200);
}
