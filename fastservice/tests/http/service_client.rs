//! Clients of one other service each.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use fastservice::{
    Error,
    client::{AccessTokens, Client, ServiceClient},
    prelude::{App, Context},
    settings::Settings,
    testing::TestClient,
};
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::timeout;
use wiremock::{Request, ResponseTemplate};

use crate::{
    authority::{Authority, answer, granted, later},
    wire::PATIENCE,
};

const AUDIENCE: &str = "https://prices-api";

/// The other service: it refuses these tokens, and echoes what it accepts.
async fn refusing(refused: &'static [&'static str]) -> Authority {
    Authority::answering(move |request: &Request, _| {
        let token = request.headers["authorization"].to_str().unwrap().to_owned();
        let token = token.strip_prefix("Bearer ").unwrap();
        if refused.contains(&token) {
            return ResponseTemplate::new(401);
        }
        let body = String::from_utf8(request.body.clone()).unwrap();
        ResponseTemplate::new(200).set_body_string(format!("{token} {} {body}", request.url.path()))
    })
    .await
}

fn client(authority: &Authority, service: &Authority) -> ServiceClient {
    let settings = Settings::from_pairs([
        ("TOKEN_URL", authority.url().as_str()),
        ("API_CLIENT_ID", "orders"),
        ("API_CLIENT_SECRET", "hunter2"),
    ]);
    let settings = settings.unwrap();
    let tokens = AccessTokens::new(&settings).unwrap();
    let client = Client::new(&settings.client, "orders");
    ServiceClient::to(service.url(), AUDIENCE).build(&client, &tokens).unwrap()
}

async fn called(client: &ServiceClient) -> (u16, String) {
    let answer = client.get("/items/1").send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_call_carries_the_token_and_the_context() {
    let (authority, service) = (Authority::granting().await, refusing(&[]).await);
    let client = client(&authority, &service);
    let context = Context::new();

    let (status, text) = context.clone().scope(called(&client)).await;

    assert_eq!((status, text.trim_end()), (200, "token-1 /oauth/token/items/1"));
    let sent = &service.requests().await[0];
    assert_eq!(sent.headers["x-request-id"], context.request_id().to_string().as_str());
    assert!(sent.headers.contains_key("traceparent"));
}

#[tokio::test]
async fn an_authorization_of_ones_own_is_sent_in_place_of_the_token() {
    let (authority, service) = (Authority::granting().await, refusing(&[]).await);
    let client = client(&authority, &service);

    client.get("/").header("Authorization", "Bearer ali").send().await.unwrap();
    client.get("/").bearer("ben").send().await.unwrap();

    let sent = service.requests().await;
    assert_eq!(sent[0].headers.get_all("authorization").iter().count(), 1);
    assert_eq!(sent[0].headers["authorization"], "Bearer ali");
    assert_eq!(sent[1].headers["authorization"], "Bearer ben");
    assert_eq!(authority.calls(), 0);
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_and_the_call_sent_again() {
    let (authority, service) = (Authority::granting().await, refusing(&["token-1"]).await);
    let client = client(&authority, &service);
    assert_eq!(called(&client).await.0, 401);
    later(Duration::from_secs(31)).await;

    let sent = client.post("/items").json(&json!({"a": 1})).send().await.unwrap();

    assert_eq!(sent.text().await.unwrap(), r#"token-2 /oauth/token/items {"a":1}"#);
    assert_eq!((service.calls(), authority.calls()), (3, 2));
}

#[tokio::test]
async fn a_fresh_token_is_not_replaced() {
    let (authority, service) = (Authority::granting().await, refusing(&["token-1"]).await);
    let client = client(&authority, &service);

    for _ in 0..3 {
        assert_eq!(called(&client).await.0, 401);
    }

    assert_eq!((service.calls(), authority.calls()), (3, 1));
}

#[tokio::test]
async fn a_call_is_sent_again_once_only() {
    let refused = ["token-1", "token-2", "token-3"].as_slice();
    let (authority, service) = (Authority::granting().await, refusing(refused).await);
    let client = client(&authority, &service);
    called(&client).await;
    later(Duration::from_secs(31)).await;

    assert_eq!(called(&client).await.0, 401);

    assert_eq!((service.calls(), authority.calls()), (3, 2));
}

#[tokio::test]
async fn a_burst_of_refusals_makes_one_grant() {
    let (authority, service) = (Authority::granting().await, refusing(&["token-1"]).await);
    let client = client(&authority, &service);
    called(&client).await;
    later(Duration::from_secs(31)).await;

    let answers = join_all((0..20).map(|_| called(&client))).await;

    assert!(answers.iter().all(|(status, _)| *status == 200));
    assert_eq!(authority.calls(), 2);
}

#[tokio::test]
async fn a_refusal_that_comes_late_leaves_the_new_token_alone() {
    let (authority, service) = (Authority::granting().await, refusing(&[]).await);
    let client = client(&authority, &service);
    called(&client).await;
    later(Duration::from_secs(31)).await;
    let refusal = || ResponseTemplate::new(401);
    service.then(refusal()).then(refusal().set_delay(Duration::from_millis(500)));

    let (first, second) = tokio::join!(called(&client), called(&client));

    assert_eq!((first.0, second.0), (200, 200));
    assert!(second.1.starts_with("token-2") && first.1.starts_with("token-2"));
    assert_eq!(authority.calls(), 2);
}

#[tokio::test]
async fn a_stream_is_not_sent_again_but_the_next_call_has_a_new_token() {
    let (authority, service) = (Authority::granting().await, refusing(&["token-1"]).await);
    let client = client(&authority, &service);
    called(&client).await;
    later(Duration::from_secs(31)).await;

    let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from("a"))]);
    let stream = fastservice::body::Body::stream(chunks);
    assert_eq!(client.post("/").body(stream).send().await.unwrap().status(), 401);

    assert_eq!(called(&client).await.0, 200);
    assert_eq!(authority.calls(), 2);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let (authority, service) = (Authority::granting().await, refusing(&[]).await);
    authority.then(answer(403, &json!({"error": "access_denied"})));
    let client = client(&authority, &service);

    let error: Error = client.get("/").send().await.unwrap_err();

    assert_eq!(error.code(), "token_refused");
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn a_path_that_leads_elsewhere_is_not_called() {
    let (authority, service) = (Authority::granting().await, refusing(&[]).await);
    let client = client(&authority, &service);

    for path in ["@example.com/", "/../../admin", "/..%2fadmin", "items"] {
        let error = client.get(path).send().await.unwrap_err();
        assert_eq!(error.code(), "internal_error", "{path}");
    }

    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn a_redirect_is_followed_below_the_base_only() {
    let (authority, service) = (Authority::granting().await, refusing(&[]).await);
    let client = client(&authority, &service);
    let redirect = |to: &str| ResponseTemplate::new(307).insert_header("location", to);

    service.then(redirect("/oauth/token/items/1/"));
    assert_eq!(called(&client).await.1.trim_end(), "token-1 /oauth/token/items/1/");
    let calls = service.calls();
    for to in ["/admin", "/oauth/token/../admin", "/oauth/token/..%2fadmin"] {
        service.then(redirect(to));
        assert_eq!(called(&client).await.0, 307, "{to}");
    }

    assert_eq!(service.calls(), calls + 3);
}

/// Refuses all at one path, whatever token there is.
async fn refusing_at_one_path() -> Authority {
    Authority::answering(|request: &Request, _| {
        let is_refused = request.url.path().ends_with("/refused");
        ResponseTemplate::new(if is_refused { 401 } else { 200 })
    })
    .await
}

#[tokio::test]
async fn a_refusal_that_is_wrong_takes_no_good_token_away() {
    let (authority, service) = (Authority::granting().await, refusing_at_one_path().await);
    let client = client(&authority, &service);
    let status = async |path| client.get(path).send().await.unwrap().status().as_u16();
    assert_eq!(status("/good").await, 200);
    later(Duration::from_secs(31)).await;
    let denied = || answer(403, &json!({"error": "access_denied"}));
    authority.then(denied()).then(denied());

    // No other can be got, so the caller has the answer that came.
    assert_eq!(status("/refused").await, 401);
    assert_eq!(status("/refused").await, 401);

    assert_eq!(status("/good").await, 200);
    let sent = service.requests().await;
    assert_eq!(sent.last().unwrap().headers["authorization"], "Bearer token-1");
    assert_eq!(authority.calls(), 2);
}

#[tokio::test]
async fn a_service_that_refuses_every_token_causes_fewer_and_fewer_grants() {
    let (authority, service) = (Authority::granting().await, refusing_at_one_path().await);
    let client = client(&authority, &service);
    let grants_after = async |seconds| {
        later(Duration::from_secs(seconds)).await;
        assert_eq!(client.get("/refused").send().await.unwrap().status(), 401);
        authority.calls()
    };

    assert_eq!(grants_after(0).await, 1);
    assert_eq!(grants_after(31).await, 2);
    assert_eq!(grants_after(31).await, 2);
    assert_eq!(grants_after(31).await, 3);
    assert_eq!(grants_after(61).await, 3);
    assert_eq!(grants_after(61).await, 4);
}

#[tokio::test]
async fn waiting_for_a_token_is_a_part_of_the_calls_time() {
    let (authority, service) = (Authority::granting().await, refusing(&[]).await);
    authority.then(granted(1, 60).set_delay(Duration::from_secs(60)));
    let client = client(&authority, &service);

    let call = client.get("/").timeout(Duration::from_millis(50)).send();
    let error = timeout(PATIENCE, call).await.unwrap().unwrap_err();

    assert_eq!((error.status().as_u16(), error.code()), (504, "upstream_timeout"));
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn both_tries_share_the_calls_time() {
    let (authority, service) = (Authority::granting().await, refusing(&["token-1"]).await);
    let client = client(&authority, &service);
    called(&client).await;
    later(Duration::from_secs(31)).await;
    service
        .then(ResponseTemplate::new(401).set_delay(Duration::from_millis(300)))
        .then(ResponseTemplate::new(200).set_delay(Duration::from_millis(900)));

    let call = client.get("/").timeout(Duration::from_secs(1)).send();
    let error = timeout(PATIENCE, call).await.unwrap().unwrap_err();

    assert_eq!(error.code(), "upstream_timeout");
}

#[tokio::test]
async fn a_limit_beyond_all_clocks_is_none() {
    let (authority, service) = (Authority::granting().await, refusing(&[]).await);
    let client = client(&authority, &service);

    let call = client.get("/").timeout(Duration::MAX).send().await;

    assert_eq!(call.unwrap().status(), 200);
}

#[tokio::test]
async fn what_is_wrong_with_a_client_is_said_at_once() {
    let settings = Settings::from_pairs([
        ("AUTH0_DOMAIN", "a.eu.auth0.com"),
        ("API_CLIENT_ID", "a"),
        ("API_CLIENT_SECRET", "b"),
    ]);
    let settings = settings.unwrap();
    let tokens = AccessTokens::new(&settings).unwrap();
    let client = Client::new(&settings.client, "orders");

    let error = ServiceClient::to("prices", "").build(&client, &tokens).unwrap_err();
    assert_eq!(error.faults().len(), 2, "{error}");

    let with_user = ServiceClient::to("https://ali:hunter2@a.test", AUDIENCE);
    let error = with_user.clone().build(&client, &tokens).unwrap_err();
    assert!(error.faults()[0].contains(AUDIENCE), "{error}");
    assert!(!format!("{error} {with_user:?}").contains("hunter2"), "{error}");
}

struct Prices(ServiceClient);

mod handlers {
    use super::Prices;
    use fastservice::prelude::*;

    #[public_api(get = "/price")]
    async fn price(prices: State<Prices>) -> Result<String> {
        prices.0.get("/price").send().await?.error_for_status()?.text().await
    }
}

fn app(url: String) -> App {
    App::new().only_routes_in(concat!(module_path!(), "::handlers")).service_client(
        move |_| ServiceClient::to(url, AUDIENCE).scopes(["read"]).organization("org_1"),
        Prices,
    )
}

#[tokio::test]
async fn the_app_makes_it_and_gets_its_token_before_the_first_call() {
    let (authority, service) = (Authority::granting().await, refusing(&[]).await);
    let url = authority.url();
    let settings =
        [("TOKEN_URL", &*url), ("API_CLIENT_ID", "orders"), ("API_CLIENT_SECRET", "hunter2")];

    let client = TestClient::with_settings(app(service.url()), settings).await;
    authority.called(1).await;

    let form = authority.form(1).await;
    assert!(form.contains(&("scope".to_owned(), "read".to_owned())), "{form:?}");
    assert!(form.contains(&("organization".to_owned(), "org_1".to_owned())), "{form:?}");
    let answer = timeout(PATIENCE, client.get("/price")).await.unwrap();
    assert_eq!(answer.text().trim_end(), "token-1 /oauth/token/price");
}

#[tokio::test]
async fn an_app_with_a_wrong_one_does_not_start() {
    let start = async |url: &str, pairs: &[(&str, &str)]| {
        let settings = Settings::from_pairs(pairs.iter().copied()).unwrap();
        let app = app(url.to_owned()).settings(settings);
        app.start().await.unwrap_err().to_string()
    };
    let tenant = [("AUTH0_DOMAIN", "a.eu.auth0.com"), ("API_IDENTIFIER", "x")];

    let error = start("https://prices.test", &tenant).await;
    assert!(error.contains("API_CLIENT_ID is not set"), "{error}");

    let identity = [("API_CLIENT_ID", "a"), ("API_CLIENT_SECRET", "b")];
    let error = start("prices", &[tenant, identity].concat()).await;
    assert!(error.contains("base URL"), "{error}");
}

#[tokio::test]
async fn in_a_test_the_tests_issuer_grants() {
    let service = refusing(&[]).await;
    let client = TestClient::new(app(service.url())).await;

    let answer = client.get("/price").await;

    assert_eq!(answer.status(), 200);
    let token = answer.text().split(' ').next().unwrap();
    let payload = token.split('.').nth(1).unwrap();
    let payload = URL_SAFE_NO_PAD.decode(payload).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(claims["aud"], AUDIENCE);
    assert_eq!((&claims["sub"], &claims["scope"]), (&json!("test-client@clients"), &json!("read")));
}
