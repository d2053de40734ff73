//! What the issuer says of itself, and its keys over time.

use serde_json::{Value, json};

use super::{ISSUER, Issuer, Pairs, kid};

const JWKS: &str = "/dev-issuer/.well-known/jwks.json";
const ROTATE: &str = "/dev-issuer/rotate";

async fn kids(issuer: &Issuer) -> Vec<Value> {
    let jwks = issuer.get(JWKS, &[]).await.json();
    jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect()
}

async fn rotate(issuer: &Issuer, headers: &Pairs<'_>) -> u16 {
    issuer.send("POST", ROTATE, headers, "").await.status
}

#[tokio::test]
async fn the_discovery_document_names_endpoints_that_answer() {
    let issuer = Issuer::start().await;

    let answer = issuer.get("/dev-issuer/.well-known/openid-configuration", &[]).await;

    let document = answer.json();
    assert_eq!(document["issuer"], ISSUER);
    assert_eq!(answer.header("cache-control"), "public, max-age=60");
    for (name, status) in [
        ("authorization_endpoint", 400),
        ("token_endpoint", 405),
        ("userinfo_endpoint", 401),
        ("jwks_uri", 200),
    ] {
        let path = document[name].as_str().unwrap().strip_prefix("http://localhost:0").unwrap();
        assert_eq!(issuer.get(path, &[]).await.status, status, "{name}");
    }
    let scopes = ["openid", "profile", "email", "offline_access", "read:items"];
    for (name, value) in [
        ("scopes_supported", json!(scopes)),
        ("response_types_supported", json!(["code"])),
        ("code_challenge_methods_supported", json!(["S256"])),
        ("subject_types_supported", json!(["public"])),
        ("id_token_signing_alg_values_supported", json!(["RS256"])),
        ("authorization_response_iss_parameter_supported", json!(true)),
    ] {
        assert_eq!(document[name], value, "{name}");
    }
    for name in
        ["grant_types_supported", "token_endpoint_auth_methods_supported", "claims_supported"]
    {
        assert!(document[name].is_array(), "{name}");
    }
}

#[tokio::test]
async fn after_a_rotation_the_key_before_is_good_until_the_next() {
    let issuer = Issuer::start().await;
    let token = async || issuer.tokens("auth0|admin", "read:items").await.text("access_token");
    let status = async |token: &str| issuer.get_as("/items", token).await.status;
    let first = token().await;
    assert_eq!(kids(&issuer).await, [kid(&first)]);

    assert_eq!(rotate(&issuer, &[]).await, 200);
    let second = token().await;
    assert_eq!(kids(&issuer).await, [kid(&second), kid(&first)]);
    assert_ne!(kid(&second), kid(&first));
    assert_eq!((status(&first).await, status(&second).await), (200, 200));

    assert_eq!(rotate(&issuer, &[]).await, 200);
    let third = token().await;
    assert_eq!(kids(&issuer).await, [kid(&third), kid(&second)]);
    // Also one that was verified before.
    assert_eq!(status(&first).await, 401);
    assert_eq!((status(&second).await, status(&third).await), (200, 200));
}

#[tokio::test]
async fn no_page_of_a_browser_can_rotate_keys_or_get_any_token() {
    let issuer = Issuer::start().await;
    let before = kids(&issuer).await;

    for origin in ["http://localhost:8000", "null", "https://evil.test"] {
        assert_eq!(rotate(&issuer, &[("origin", origin)]).await, 403, "{origin}");
        let headers = [("origin", origin), ("content-type", "application/json")];
        let wanted = r#"{"sub": "a", "lifetime": 1}"#;
        let answer = issuer.send("POST", "/dev-issuer/token", &headers, wanted).await;
        assert_eq!(answer.status, 403, "{origin}");
    }

    assert_eq!(kids(&issuer).await, before);
}

#[tokio::test]
async fn the_keys_are_public_and_may_be_kept_for_a_while() {
    let issuer = Issuer::start().await;

    let answer = issuer.get(JWKS, &[]).await;

    assert_eq!(answer.header("cache-control"), "public, max-age=60");
    let key = &answer.json()["keys"][0];
    let members: Vec<_> = key.as_object().unwrap().keys().cloned().collect();
    assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"]);
}
