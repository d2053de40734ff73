//! Codes, and the tokens that they give.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{AUTHORIZE, ISSUER, Issuer, REDIRECT_URI, TOKEN, VERIFIER, claims, encoded, kid};

#[tokio::test]
async fn a_code_gives_tokens_in_the_shape_of_auth0s() {
    let issuer = Issuer::start().await;
    let scope = "openid profile email read:items";

    let page = issuer.authorize(&[("scope", scope), ("nonce", "n-1")]).await;
    let code = issuer.answer(&page, "auth0|admin", scope).await.sent("code").unwrap();
    let answer = issuer.redeem(&code, &[]).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(86400)));
    assert_eq!(body["scope"], scope);
    assert_eq!(body.get("refresh_token"), None);

    let access = claims(&answer.text("access_token"));
    assert_eq!(access["iss"], ISSUER);
    assert_eq!(access["sub"], "auth0|admin");
    assert_eq!(access["aud"], json!(["dev-api", format!("{ISSUER}userinfo")]));
    assert_eq!(access["azp"], "dev-docs");
    assert_eq!(access["scope"], scope);
    assert_eq!(access["permissions"], json!(["delete:items", "write:items"]));
    assert_eq!(access["exp"].as_u64().unwrap() - access["iat"].as_u64().unwrap(), 86400);
    assert!(access["jti"].as_str().unwrap().len() > 20);
    assert_eq!((access.get("gty"), access.get("nonce")), (None, None));

    let id = claims(&answer.text("id_token"));
    assert_eq!((&id["iss"], &id["aud"]), (&json!(ISSUER), &json!("dev-docs")));
    assert_eq!((&id["sub"], &id["nonce"]), (&json!("auth0|admin"), &json!("n-1")));
    assert_eq!(id["name"], "Ada Admin");
    assert_eq!((&id["email"], &id["email_verified"]), (&json!("admin@example.com"), &json!(true)));
    assert_eq!(id["exp"].as_u64().unwrap() - id["iat"].as_u64().unwrap(), 36000);
    assert!(id["auth_time"].as_u64().unwrap() <= id["iat"].as_u64().unwrap());
    assert_eq!(id["at_hash"].as_str().unwrap().len(), 22);
    assert_eq!(id.get("permissions"), None);
}

#[tokio::test]
async fn the_service_accepts_the_access_token_and_not_the_id_token() {
    let issuer = Issuer::start().await;

    let tokens = issuer.tokens("auth0|admin", "openid read:items").await;
    let guest = issuer.tokens("auth0|guest", "openid read:items").await;

    let access = tokens.text("access_token");
    assert_eq!(issuer.get_as("/items", &access).await.body, "auth0|admin");
    assert_eq!(issuer.get_as("/admin", &access).await.body, "auth0|admin");
    assert_eq!(issuer.get_as("/items", &tokens.text("id_token")).await.status, 401);
    // What a user may not grant is left out without a word, as Auth0 does.
    assert_eq!(guest.text("scope"), "openid");
    let nothing = issuer.tokens("auth0|guest", "read:items").await;
    assert_eq!(nothing.text("scope"), "", "left out it would mean `read:items`");
    assert_eq!(issuer.get_as("/items", &guest.text("access_token")).await.status, 403);
    assert_eq!(issuer.get_as("/admin", &guest.text("access_token")).await.status, 403);
}

#[tokio::test]
async fn only_ticked_scopes_that_were_asked_for_are_granted() {
    let issuer = Issuer::start().await;
    let page = issuer.authorize(&[("scope", "openid email")]).await;

    let code = issuer.answer(&page, "auth0|admin", "email read:items").await.sent("code").unwrap();
    let answer = issuer.redeem(&code, &[]).await;

    assert_eq!(answer.text("scope"), "email");
    assert_eq!(answer.json().get("id_token"), None);
    assert_eq!(claims(&answer.text("access_token"))["aud"], "dev-api");
}

#[tokio::test]
async fn a_code_is_good_once_and_its_second_use_ends_what_it_gave() {
    let issuer = Issuer::start().await;
    let code = issuer.code("auth0|admin", "offline_access").await;
    let first = issuer.redeem(&code, &[]).await;
    let refreshed = issuer.refresh(&first.text("refresh_token"), &[]).await;
    assert_eq!(refreshed.status, 200);

    let second = issuer.redeem(&code, &[]).await;

    assert_eq!(second.error(), (400, "invalid_grant".into()));
    let refreshed = issuer.refresh(&refreshed.text("refresh_token"), &[]).await;
    assert_eq!(refreshed.error(), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn a_code_is_bound_to_its_client_its_address_and_its_verifier() {
    let issuer = Issuer::start().await;
    let other_verifier = VERIFIER.replace('d', "e");
    let wrong: [(&[(&str, &str)], &str); 8] = [
        (&[("code_verifier", &other_verifier)], "invalid_grant"),
        (&[("code_verifier", "")], "invalid_grant"),
        (&[("code_verifier", super::CHALLENGE)], "invalid_grant"),
        (&[("redirect_uri", "http://localhost:3001/back")], "invalid_grant"),
        (&[("redirect_uri", "")], "invalid_grant"),
        (&[("code", "forged")], "invalid_grant"),
        (&[("code", "")], "invalid_request"),
        (&[("client_id", "dev-client"), ("client_secret", "dev-secret")], "unauthorized_client"),
    ];

    for (changes, error) in wrong {
        let code = issuer.code("auth0|admin", "openid").await;
        let answer = issuer.redeem(&code, changes).await;

        assert_eq!(answer.error(), (400, error.into()), "{changes:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let code = issuer.code("auth0|admin", "openid").await;
    issuer.redeem(&code, &[("code_verifier", &other_verifier)]).await;
    assert_eq!(issuer.redeem(&code, &[]).await.error().1, "invalid_grant", "nobody tries twice");
}

/// A client with a secret may leave PKCE out, and then nobody can bring a verifier.
#[tokio::test]
async fn a_client_with_a_secret_proves_itself_by_that() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuer.json");
    let text = r#"{"clients": [
        {"client_id": "web", "client_secret": "s3cret"}, {"client_id": "web2", "client_secret": "x"}
    ]}"#;
    std::fs::write(&file, text).unwrap();
    let issuer = Issuer::start_with(&[("DEV_ISSUER_FILE", file.to_str().unwrap())]).await;
    let secret = [("client_id", "web"), ("client_secret", "s3cret")];
    let code = async || {
        let query =
            [("response_type", "code"), ("client_id", "web"), ("redirect_uri", REDIRECT_URI)];
        let page = issuer.get(&format!("{AUTHORIZE}?{}", encoded(&query)), &[]).await;
        issuer.answer(&page, "auth0|admin", "").await.sent("code").unwrap()
    };

    let right = [secret[0], secret[1], ("code_verifier", "")];
    assert_eq!(issuer.redeem(&code().await, &right).await.status, 200);
    let downgraded = issuer.redeem(&code().await, &secret).await;
    assert_eq!(downgraded.error(), (400, "invalid_grant".into()));
    let other = [("client_id", "web2"), ("client_secret", "x"), ("code_verifier", "")];
    let other = issuer.redeem(&code().await, &other).await;
    assert_eq!(other.error(), (400, "invalid_grant".into()));
    let without =
        issuer.redeem(&code().await, &[("client_id", "web"), ("code_verifier", "")]).await;
    assert_eq!(without.error(), (401, "invalid_client".into()));
}

#[tokio::test]
async fn of_two_that_redeem_one_code_at_once_one_gets_tokens() {
    let issuer = Issuer::start().await;
    let code = issuer.code("auth0|admin", "openid").await;

    let (one, other) = tokio::join!(issuer.redeem(&code, &[]), issuer.redeem(&code, &[]));

    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

#[tokio::test]
async fn userinfo_says_what_the_scopes_allow() {
    let issuer = Issuer::start().await;
    let path = "/dev-issuer/userinfo";
    let all = issuer.tokens("auth0|admin", "openid profile email").await.text("access_token");
    let sub = issuer.tokens("auth0|admin", "openid").await.text("access_token");
    let none = issuer.tokens("auth0|admin", "read:items").await.text("access_token");

    let answer = issuer.get_as(path, &all).await;
    let by_post = [("authorization", format!("Bearer {sub}"))];
    let by_post = issuer.form_with(path, &[], &[(by_post[0].0, &by_post[0].1)]).await;
    let refused = issuer.get_as(path, &none).await;

    let known: Value = json!({
        "sub": "auth0|admin", "name": "Ada Admin", "email": "admin@example.com",
        "email_verified": true,
    });
    assert_eq!((answer.status, answer.json()), (200, known));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(by_post.json(), json!({"sub": "auth0|admin"}));
    assert_eq!(refused.status, 403);
    assert!(refused.header("www-authenticate").contains(r#"error="insufficient_scope""#));
    assert_eq!(issuer.get(path, &[]).await.status, 401);
    assert_eq!(issuer.get_as(path, "x.y.z").await.status, 401);
    assert_eq!(issuer.form(TOKEN, &[]).await.status, 400);
}

#[tokio::test]
async fn the_id_token_is_signed_by_the_published_key() {
    let issuer = Issuer::start().await;
    let jwks = issuer.get("/dev-issuer/.well-known/jwks.json", &[]).await.json();
    let token = issuer.tokens("auth0|admin", "openid").await.text("id_token");

    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let member = |name: &str| decode(jwks["keys"][0][name].as_str().unwrap());
    let key = RsaPublicKeyComponents { n: member("n"), e: member("e") };
    let (message, signature) = token.rsplit_once('.').unwrap();
    let verify = |message: &str| {
        key.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &decode(signature))
    };

    assert_eq!(kid(&token), jwks["keys"][0]["kid"]);
    assert!(verify(message).is_ok() && verify(&message[1..]).is_err());
}
