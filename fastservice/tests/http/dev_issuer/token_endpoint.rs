//! Who may ask for tokens, and how refusals look.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{Issuer, Pairs, TOKEN, changed, claims};

const MACHINE: [(&str, &str); 3] = [
    ("grant_type", "client_credentials"),
    ("client_id", "dev-client"),
    ("client_secret", "dev-secret"),
];

fn basic(text: &str) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

async fn ask(issuer: &Issuer, changes: &Pairs<'_>) -> super::Answer {
    issuer.form(TOKEN, &changed(&MACHINE, changes)).await
}

#[tokio::test]
async fn a_machine_gets_a_token_in_the_shape_of_auth0s() {
    let issuer = Issuer::start().await;

    let answer = ask(&issuer, &[("audience", "dev-api")]).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.text("scope"), "read:items");
    assert_eq!((answer.json().get("refresh_token"), answer.json().get("id_token")), (None, None));
    let claims = claims(&answer.text("access_token"));
    assert_eq!(claims["sub"], "dev-client@clients");
    assert_eq!(
        (&claims["azp"], &claims["gty"]),
        (&json!("dev-client"), &json!("client-credentials"))
    );
    assert_eq!((&claims["aud"], &claims["scope"]), (&json!("dev-api"), &json!("read:items")));
    assert_eq!(claims["permissions"], json!(["delete:items", "write:items"]));
    assert!(claims["jti"].is_string());
    let token = answer.text("access_token");
    assert_eq!(issuer.get_as("/items", &token).await.body, "dev-client@clients");
}

#[tokio::test]
async fn a_client_authenticates_by_basic_by_form_or_by_json() {
    let issuer = Issuer::start().await;
    let grant = [MACHINE[0]];
    let right = basic("dev%2Dclient:dev-secret");
    let json = json!({
        "grant_type": "client_credentials", "client_id": "dev-client",
        "client_secret": "dev-secret", "scope": null,
    });

    let by_basic = issuer.form_with(TOKEN, &grant, &[("authorization", &right)]).await;
    let both_ids = [MACHINE[0], MACHINE[1]];
    let both_ids = issuer.form_with(TOKEN, &both_ids, &[("authorization", &right)]).await;
    let kind = [("content-type", "Application/JSON; charset=utf-8")];
    let by_json = issuer.send("POST", TOKEN, &kind, &json.to_string()).await;
    let kind = [("content-type", "APPLICATION/x-www-form-URLENCODED")];
    let in_capitals = issuer.send("POST", TOKEN, &kind, &super::encoded(&MACHINE)).await;

    for answer in [by_basic, both_ids, by_json, in_capitals] {
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}

#[tokio::test]
async fn a_client_that_is_not_known_is_told_how_to_authenticate_where_it_tried_basic() {
    let issuer = Issuer::start().await;

    for changes in [
        [("client_id", "other")],
        [("client_id", "")],
        [("client_secret", "Dev-secret")],
        [("client_secret", "")],
        [("client_id", "dev-docs")],
    ] {
        let answer = ask(&issuer, &changes).await;
        assert_eq!(answer.error(), (401, "invalid_client".into()), "{changes:?}");
        assert_eq!(answer.header("www-authenticate"), "");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    for value in
        [&*basic("dev-client:wrong"), &*basic("dev-client"), "Basic !", "Bearer x", "Basic"]
    {
        let headers = [("authorization", value)];
        let answer = issuer.form_with(TOKEN, &MACHINE[..1], &headers).await;
        assert_eq!(answer.error(), (401, "invalid_client".into()), "{value}");
        assert!(answer.header("www-authenticate").starts_with(r#"Basic realm="dev-issuer""#));
        assert!(!answer.body.contains("wrong,"));
    }
}

#[tokio::test]
async fn wrong_requests_get_the_codes_of_oauth() {
    let issuer = Issuer::start().await;
    let wrong: [(&[(&str, &str)], &str); 8] = [
        (&[("grant_type", "")], "invalid_request"),
        (&[("grant_type", "password")], "unsupported_grant_type"),
        (&[("grant_type", "client_credentials"), ("grant_type", "x")], "invalid_request"),
        (&[("client_id", "dev-docs"), ("client_secret", "")], "unauthorized_client"),
        (&[("scope", "read:items openid")], "invalid_scope"),
        (&[("scope", "fly")], "invalid_scope"),
        (&[("audience", "others")], "invalid_target"),
        (&[("scope", "a"), ("scope", "b")], "invalid_request"),
    ];

    for (changes, error) in wrong {
        let answer = ask(&issuer, changes).await;
        assert_eq!(answer.error(), (400, error.into()), "{changes:?}");
        assert!(!answer.text("error_description").contains(['"', '\\']));
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn two_ways_to_authenticate_are_one_too_many() {
    let issuer = Issuer::start().await;
    let right = basic("dev-client:dev-secret");

    let both = issuer.form_with(TOKEN, &MACHINE, &[("authorization", &right)]).await;
    let headers = [("authorization", right.as_str()), ("authorization", &right)];
    let twice = issuer.form_with(TOKEN, &MACHINE[..1], &headers).await;
    let another = [MACHINE[0], ("client_id", "dev-docs")];
    let another = issuer.form_with(TOKEN, &another, &[("authorization", &right)]).await;

    for answer in [both, twice, another] {
        assert_eq!(answer.error(), (400, "invalid_request".into()));
    }
}

#[tokio::test]
async fn a_body_that_is_none_is_an_oauth_error_too() {
    let issuer = Issuer::start().await;

    for (kind, body) in [
        ("application/json", "{"),
        ("application/json", r#"{"grant_type": 1}"#),
        ("application/json", "[]"),
        ("text/plain", "grant_type=client_credentials"),
        ("application/x-www-form-urlencoded", "grant_type=%ff"),
        ("application/x-www-form-urlencoded", ""),
    ] {
        let answer = issuer.send("POST", TOKEN, &[("content-type", kind)], body).await;
        assert_eq!(answer.error(), (400, "invalid_request".into()), "{kind} {body}");
    }
    assert_eq!(issuer.get(TOKEN, &[]).await.status, 405);
}

#[tokio::test]
async fn a_token_is_for_the_audience_that_was_asked_for() {
    let issuer = Issuer::start_with(&[("API_IDENTIFIER", "first second")]).await;
    let audience = async |asked: &str| {
        let token = ask(&issuer, &[("audience", asked)]).await.text("access_token");
        assert_eq!(issuer.get_as("/items", &token).await.status, 200);
        claims(&token)["aud"].clone()
    };

    assert_eq!(audience("").await, "first");
    assert_eq!(audience("second").await, "second");
    assert_eq!(ask(&issuer, &[("audience", "dev-api")]).await.error().1, "invalid_target");
}
