//! Users and clients of a file.

use fastservice::{prelude::*, settings::Settings};
use serde_json::json;

use super::{AUTHORIZE, Issuer, TOKEN, claims, encoded, request};

const FILE: &str = r#"{
    "users": [
        {
            "sub": "auth0|<b>eve</b>\"' onfocus=x",
            "name": "<script>alert('name')</script>",
            "email": "\"><img src=x>@example.com",
            "permissions": ["<i>p</i>"],
            "scopes": ["read:items"],
            "claims": {"https://example.com/team": "red", "level": 3}
        },
        {"sub": "plain"}
    ],
    "clients": [
        {
            "client_id": "app & co",
            "redirect_uris": ["http://127.0.0.1/cb", "https://app.example.com/cb"],
            "scopes": ["extra"]
        },
        {"client_id": "robot", "client_secret": "r0b0t secret", "permissions": [], "scopes": ["a", "b"]},
        {"client_id": "closed", "redirect_uris": []}
    ]
}"#;

async fn start() -> Issuer {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuer.json");
    std::fs::write(&file, FILE).unwrap();
    Issuer::start_with(&[("DEV_ISSUER_FILE", file.to_str().unwrap())]).await
}

#[tokio::test]
async fn names_of_the_file_cannot_write_html() {
    let issuer = start().await;

    let page = issuer
        .authorize(&[("client_id", "app & co"), ("redirect_uri", "https://app.example.com/cb")])
        .await;

    assert_eq!(page.status, 200, "{}", page.body);
    for raw in ["<script", "<img", "<b>", "<i>", "\"' onfocus", "app & co"] {
        assert!(!page.body.contains(raw), "{raw}: {}", page.body);
    }
    for escaped in [
        "&lt;script&gt;alert(&#39;name&#39;)&lt;/script&gt;",
        "value=\"auth0|&lt;b&gt;eve&lt;/b&gt;&quot;&#39; onfocus=x\"",
        "&quot;&gt;&lt;img src=x&gt;@example.com",
        "app &amp; co",
    ] {
        assert!(page.body.contains(escaped), "{escaped}: {}", page.body);
    }
}

#[tokio::test]
async fn a_user_of_the_file_has_its_own_claims_and_rights() {
    let issuer = start().await;
    let query = [
        ("client_id", "app & co"),
        ("redirect_uri", "http://127.0.0.1:51234/cb"),
        ("scope", "openid extra"),
    ];

    let page = issuer.authorize(&query).await;
    let user = "auth0|<b>eve</b>\"' onfocus=x";
    let code = issuer.answer(&page, user, "openid extra").await.sent("code").unwrap();
    let tokens = issuer.redeem(&code, &[query[0], query[1]]).await;

    assert_eq!(tokens.status, 200, "{}", tokens.body);
    // The client may ask for it, and this user may not grant it.
    assert_eq!(tokens.text("scope"), "openid");
    for token in [tokens.text("access_token"), tokens.text("id_token")] {
        let claims = claims(&token);
        assert_eq!(claims["sub"], user);
        assert_eq!(claims["https://example.com/team"], "red");
        assert_eq!(claims["level"], 3);
    }
    assert_eq!(claims(&tokens.text("access_token"))["permissions"], json!(["<i>p</i>"]));
}

#[tokio::test]
async fn a_client_has_the_addresses_scopes_and_secret_of_the_file() {
    let issuer = start().await;
    let authorize = async |id: &str, uri: &str, scope: &str| {
        let changes = [("client_id", id), ("redirect_uri", uri), ("scope", scope)];
        issuer.get(&format!("{AUTHORIZE}?{}", encoded(&request(&changes))), &[]).await
    };

    assert_eq!(authorize("app & co", "https://app.example.com/cb", "extra").await.status, 200);
    assert_eq!(authorize("app & co", "https://app.example.com/cb2", "").await.status, 400);
    assert_eq!(authorize("app & co", "http://localhost/cb", "").await.status, 400);
    assert_eq!(authorize("closed", "http://localhost/cb", "").await.status, 400);
    assert_eq!(authorize("dev-docs", "http://localhost/cb", "").await.status, 400);
    let refused = authorize("app & co", "https://app.example.com/cb", "read:items").await;
    assert_eq!(refused.sent("error").as_deref(), Some("invalid_scope"));

    let machine = [
        ("grant_type", "client_credentials"),
        ("client_id", "robot"),
        ("client_secret", "r0b0t secret"),
    ];
    let answer = issuer.form(TOKEN, &machine).await;
    assert_eq!(answer.text("scope"), "a b");
    assert_eq!(claims(&answer.text("access_token"))["permissions"], json!([]));
}

#[tokio::test]
async fn a_wrong_file_stops_the_start_with_every_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuer.json");
    std::fs::write(&file, r#"{"users": [{"name": 1}], "clients": {}}"#).unwrap();
    let start = async |file: &str| {
        let settings = Settings::from_pairs([("DEV_ISSUER_FILE", file)]).unwrap();
        let app = App::new().only_routes_in("http::dev_issuer").settings(settings);
        app.start().await.unwrap_err().to_string()
    };

    let wrong = start(file.to_str().unwrap()).await;
    let missing = start("/nowhere/issuer.json").await;

    for text in ["users[0].sub is missing", "users[0].name must be", "clients must be a list"] {
        assert!(wrong.contains(&format!("DEV_ISSUER_FILE {}: {text}", file.display())), "{wrong}");
    }
    assert!(missing.starts_with("DEV_ISSUER_FILE /nowhere/issuer.json: "), "{missing}");
}
