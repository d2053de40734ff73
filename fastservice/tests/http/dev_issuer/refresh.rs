//! Refresh tokens.

use super::{Issuer, claims};

const SCOPES: &str = "openid offline_access read:items";

#[tokio::test]
async fn a_refresh_token_gives_new_tokens_and_its_successor() {
    let issuer = Issuer::start().await;
    let first = issuer.tokens("auth0|admin", SCOPES).await;

    let second = issuer.refresh(&first.text("refresh_token"), &[]).await;
    let third = issuer.refresh(&second.text("refresh_token"), &[]).await;

    assert_eq!((second.status, third.status), (200, 200));
    assert_eq!(second.header("cache-control"), "no-store");
    assert_eq!(third.text("scope"), SCOPES);
    assert_ne!(first.text("refresh_token"), second.text("refresh_token"));
    assert_ne!(first.text("access_token"), third.text("access_token"));
    let (old, new) = (claims(&first.text("id_token")), claims(&third.text("id_token")));
    assert_eq!((&new["sub"], &new["auth_time"]), (&old["sub"], &old["auth_time"]));
    assert_eq!(new.get("nonce"), None);
    assert_eq!(issuer.get_as("/items", &third.text("access_token")).await.body, "auth0|admin");
}

#[tokio::test]
async fn an_old_refresh_token_ends_its_successors() {
    let issuer = Issuer::start().await;
    let first = issuer.tokens("auth0|admin", SCOPES).await.text("refresh_token");
    let second = issuer.refresh(&first, &[]).await.text("refresh_token");

    let stolen = issuer.refresh(&first, &[]).await;

    assert_eq!(stolen.error(), (400, "invalid_grant".into()));
    assert_eq!(issuer.refresh(&second, &[]).await.error(), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn scopes_get_fewer_for_a_token_and_never_more() {
    let issuer = Issuer::start().await;
    let token = issuer.tokens("auth0|admin", SCOPES).await.text("refresh_token");

    let wider = issuer.refresh(&token, &[("scope", "read:items email")]).await;
    let narrower = issuer.refresh(&token, &[("scope", "read:items")]).await;
    let whole = issuer.refresh(&narrower.text("refresh_token"), &[]).await;

    assert_eq!(wider.error(), (400, "invalid_scope".into()));
    assert_eq!(narrower.text("scope"), "read:items");
    assert_eq!(claims(&narrower.text("access_token"))["scope"], "read:items");
    assert_eq!(narrower.json().get("id_token"), None);
    assert_eq!(whole.text("scope"), SCOPES);
}

#[tokio::test]
async fn only_offline_access_gives_one_and_only_its_client_may_use_it() {
    let issuer = Issuer::start().await;
    let without = issuer.tokens("auth0|admin", "openid").await;
    let token = issuer.tokens("auth0|admin", SCOPES).await.text("refresh_token");

    let other = [("client_id", "dev-client"), ("client_secret", "dev-secret")];
    let other = issuer.refresh(&token, &other).await;

    assert_eq!(without.json().get("refresh_token"), None);
    assert_eq!(other.error(), (400, "invalid_grant".into()));
    for forged in ["forged", "a.b", ".", &token[1..]] {
        assert_eq!(issuer.refresh(forged, &[]).await.error(), (400, "invalid_grant".into()));
    }
    assert_eq!(issuer.refresh("", &[]).await.error(), (400, "invalid_request".into()));
    assert_eq!(issuer.refresh(&token, &[]).await.status, 200);
}
