//! An issuer that others reach by another address.

use super::{Issuer, TOKEN, claims};

const MACHINE: [(&str, &str); 3] = [
    ("grant_type", "client_credentials"),
    ("client_id", "dev-client"),
    ("client_secret", "dev-secret"),
];
const DISCOVERY: &str = "/dev-issuer/.well-known/openid-configuration";

async fn start(url: &str) -> Issuer {
    Issuer::start_with(&[("DEV_ISSUER_URL", url), ("DEV_ISSUER_PUBLIC", "true")]).await
}

#[tokio::test]
async fn its_tokens_and_its_document_name_that_address() {
    let issuer = start("http://api:8000/dev-issuer").await;

    let document = issuer.get(DISCOVERY, &[("host", "api:8000")]).await;
    let token = issuer.form(TOKEN, &MACHINE).await.text("access_token");
    let login = issuer.tokens("auth0|admin", "openid read:items").await;

    assert_eq!(document.text("issuer"), "http://api:8000/dev-issuer/");
    assert_eq!(document.text("token_endpoint"), "http://api:8000/dev-issuer/oauth/token");
    assert_eq!(claims(&token)["iss"], "http://api:8000/dev-issuer/");
    assert_eq!(claims(&login.text("id_token"))["iss"], "http://api:8000/dev-issuer/");
    assert_eq!(issuer.get_as("/items", &token).await.body, "dev-client@clients");
    let access = login.text("access_token");
    assert_eq!(issuer.get_as("/dev-issuer/userinfo", &access).await.status, 200);
}

#[tokio::test]
async fn it_answers_at_its_name_and_at_no_other_with_a_domain() {
    let url = "https://dev.example.com/dev-issuer/";
    let issuer = start(url).await;
    let near = Issuer::start_with(&[("DEV_ISSUER_URL", url)]).await;

    let own = issuer.get(DISCOVERY, &[("host", "Dev.example.com")]).await;
    let other = issuer.get(DISCOVERY, &[("host", "other.example.com")]).await;
    let not_public = near.get(DISCOVERY, &[("host", "dev.example.com")]).await;

    assert_eq!((own.status, own.text("issuer")), (200, url.to_owned()));
    assert_eq!(other.error(), (403, "dev_issuer_unknown_host".into()));
    assert_eq!(not_public.error(), (403, "dev_issuer_not_public".into()));
}

/// A proxy that ends TLS, and that nobody believes.
#[tokio::test]
async fn its_own_pages_have_the_origin_of_that_address() {
    let issuer = start("https://dev.example.com/dev-issuer/").await;
    let of = async |origin: &str| {
        let headers = [("host", "dev.example.com"), ("origin", origin)];
        issuer.form_with(TOKEN, &MACHINE, &headers).await.status
    };

    assert_eq!(of("https://dev.example.com").await, 200);
    assert_eq!(of("https://dev.example.com.evil.test").await, 400);
}
