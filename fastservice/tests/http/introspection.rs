//! Opaque tokens, asked about at their issuer.

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

#[tokio::test]
async fn an_issuer_that_gives_no_usable_answer_is_our_fault() {
    let issuer = issuer().await;
    let client = client(&issuer).await;
    let text = |text: &str| ResponseTemplate::new(200).set_body_string(text);

    for (bad, pause) in [
        (ResponseTemplate::new(500), "5"),
        (ResponseTemplate::new(503).insert_header("retry-after", "7"), "7"),
        (ResponseTemplate::new(429).insert_header("retry-after", "86400"), "300"),
        (ResponseTemplate::new(401), "30"),
        (ResponseTemplate::new(403), "30"),
        (ResponseTemplate::new(302).insert_header("location", issuer.url()), "5"),
        (text("<html>"), "5"),
        (text(r#"{"active": "true"}"#), "5"),
        (text(&" ".repeat(65 * 1024)), "5"),
    ] {
        let calls = issuer.calls();
        issuer.then(bad);
        let answer = with_token(&client, "/private", "opaque").await;

        assert_eq!((answer.status().as_u16(), &*answer.error_code()), (503, "auth_unavailable"));
        assert_eq!(answer.header("retry-after"), Some(pause));
        assert_eq!(answer.header("www-authenticate"), None);
        assert_eq!(issuer.calls(), calls + 1);
        later(Duration::from_secs(301)).await;
    }
    assert_eq!(asked(&client, "opaque").await, is((200, "ali")));
}

#[tokio::test]
async fn an_issuer_that_refuses_this_service_is_left_alone_for_a_while() {
    let issuer = issuer().await;
    let client = client(&issuer).await;
    let refusals = [
        (ResponseTemplate::new(401), 30),
        (ResponseTemplate::new(403), 30),
        (ResponseTemplate::new(429).insert_header("retry-after", "7"), 7),
    ];
    assert_eq!(asked(&client, "remembered").await.0, 200);

    for (refusal, seconds) in refusals {
        let calls = issuer.calls();
        issuer.then(refusal);
        for token in ["a", "b", "a"] {
            assert_eq!(asked(&client, token).await, is((503, "auth_unavailable")));
        }
        assert_eq!(asked(&client, "remembered").await.0, 200);
        later(Duration::from_secs(seconds - 5)).await;
        let answer = with_token(&client, "/private", "c").await;
        let rest: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=5).contains(&rest), "{rest}");
        assert_eq!(issuer.calls(), calls + 1);

        later(Duration::from_secs(5)).await;
        assert_eq!(asked(&client, "remembered").await.0, 200);
        assert_eq!(asked(&client, &format!("new-{seconds}-{calls}")).await.0, 200);
    }
}

#[tokio::test]
async fn a_secret_may_end_with_a_line_break() {
    let issuer = issuer().await;
    let settings = [
        ("INTROSPECTION_URL", issuer.url()),
        ("INTROSPECTION_CLIENT_ID", "items".to_owned()),
        ("INTROSPECTION_CLIENT_SECRET", "hunter2\n".to_owned()),
        ("API_IDENTIFIER", "items".to_owned()),
        ("M2M_USER", "billing".to_owned()),
    ];
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = start_app(app(), &settings).await;

    let request = "GET /private HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
                   authorization: Bearer opaque\r\n\r\n";
    server.exchange(request).await;

    assert_eq!(issuer.requests().await[0].headers["authorization"], "Basic aXRlbXM6aHVudGVyMg==");
}

#[tokio::test]
async fn nobody_at_the_address_answers_503() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let issuer = issuer().await;
    let client = client_of(introspection(&issuer).url(url)).await;

    assert_eq!(asked(&client, "opaque").await, is((503, "auth_unavailable")));
}

#[tokio::test]
async fn an_issuer_that_is_slow_is_given_up() {
    let issuer = issuer().await;
    issuer.then(active().set_delay(Duration::from_secs(60)));
    let client = client(&issuer).await;

    let slow = async {
        issuer.called(1).await;
        later(Duration::from_secs(2)).await;
    };
    let answers = async { tokio::join!(asked(&client, "opaque"), slow) };

    let (answered, ()) = timeout(PATIENCE, answers).await.unwrap();
    assert_eq!(answered, is((503, "auth_unavailable")));
}

#[tokio::test]
async fn an_active_token_is_remembered_until_it_may_be_revoked() {
    let issuer = issuer().await;
    let client = client(&issuer).await;

    for _ in 0..3 {
        assert_eq!(asked(&client, "opaque").await.0, 200);
    }
    assert_eq!(issuer.calls(), 1);

    issuer.then(inactive());
    later(Duration::from_secs(31)).await;
    assert_eq!(asked(&client, "opaque").await, is((401, "token_inactive")));
    assert_eq!(issuer.calls(), 2);

    let page = client.get("/metrics").await.text().to_owned();
    let hits = r#"fastservice_token_cache_requests_total{result="hit"} 2"#;
    assert!(page.lines().any(|line| line == hits), "{page}");
}

#[tokio::test]
async fn nothing_is_remembered_where_that_is_asked_for() {
    let issuer = issuer().await;
    let client = client_of(introspection(&issuer).remember_for(Duration::ZERO)).await;

    for _ in 0..2 {
        assert_eq!(asked(&client, "opaque").await.0, 200);
    }

    assert_eq!(issuer.calls(), 2);
}

#[tokio::test]
async fn a_refusal_is_not_remembered() {
    let issuer = issuer().await;
    issuer.then(inactive());
    let client = client(&issuer).await;

    assert_eq!(asked(&client, "opaque").await.0, 401);
    assert_eq!(asked(&client, "opaque").await.0, 200);
}

#[tokio::test]
async fn requests_with_one_token_share_a_call() {
    let issuer = issuer().await;
    issuer.then(active().set_delay(Duration::from_millis(100)));
    let client = client(&issuer).await;

    let answers = join_all((0..50).map(|_| asked(&client, "opaque"))).await;

    assert!(answers.iter().all(|answer| answer.0 == 200));
    assert_eq!(issuer.calls(), 1);
}

#[tokio::test]
async fn a_flood_of_invented_tokens_is_not_one_for_the_issuer() {
    let issuer = Authority::answering(|_, _| inactive().set_delay(Duration::from_secs(1))).await;
    let client = client_of(introspection(&issuer).most_calls(8)).await;

    let tokens: Vec<_> = (0..100).map(|number| format!("bad{number}")).collect();
    let answers = join_all(tokens.iter().map(|token| asked(&client, token))).await;

    let refused = answers.iter().filter(|answer| answer.0 == 401).count();
    let busy = answers.iter().filter(|answer| **answer == is((503, "auth_unavailable"))).count();
    // Eight at once, and the next when they are done; the others have waited for two seconds.
    assert!((8..=24).contains(&refused) && refused + busy == 100, "{refused} {busy}");
    assert_eq!(issuer.calls(), refused);
    // Nothing is left of them.
    assert_eq!(asked(&client, "bad").await.0, 401);
}

#[tokio::test]
async fn what_needs_no_token_asks_nobody() {
    let issuer = issuer().await;
    let client = client(&issuer).await;

    assert_eq!(with_token(&client, "/open", "opaque").await.status(), 200);
    assert_eq!(client.get("/private").await.error_code(), "missing_token");
    assert_eq!(asked(&client, &"a".repeat(9000)).await.1, "token_malformed");

    assert_eq!(issuer.calls(), 0);
}

#[tokio::test]
async fn settings_are_enough() {
    let issuer = issuer().await;
    let url = issuer.url();
    let server = start_app(
        app(),
        &[
            ("INTROSPECTION_URL", &url),
            ("INTROSPECTION_CLIENT_ID", "items"),
            ("INTROSPECTION_CLIENT_SECRET", "hunter2"),
            ("API_IDENTIFIER", "items"),
            ("M2M_USER", "billing"),
        ],
    )
    .await;
    let request = |token: &str| {
        format!(
            "GET /private HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             authorization: Bearer {token}\r\n\r\n"
        )
    };

    let admitted = server.exchange(&request("opaque")).await;
    let refused = server.exchange(&request("bad")).await;

    assert!(admitted.starts_with("HTTP/1.1 200 OK\r\n"), "{admitted}");
    assert!(refused.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "{refused}");
}

#[tokio::test]
async fn wrong_settings_are_reported_at_once() {
    let error = async |pairs: &[(&str, &str)]| {
        let pairs = [("M2M_USER", "billing")].iter().chain(pairs).copied();
        let settings = Settings::from_pairs(pairs).unwrap();
        app().settings(settings).start().await.unwrap_err().to_string()
    };

    let lacking = error(&[("INTROSPECTION_URL", "https://a.test/")]).await;
    assert_eq!(lacking.lines().count(), 3, "{lacking}");
    assert!(lacking.contains("INTROSPECTION_CLIENT_SECRET is not set"), "{lacking}");

    let both = [("INTROSPECTION_URL", "https://a.test/"), ("AUTH0_DOMAIN", "a.eu.auth0.com")];
    let both = error(&both).await;
    assert!(both.contains("leave one of them out"), "{both}");
}
