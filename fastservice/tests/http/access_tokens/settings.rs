//! Where tokens come from, and as whom they are asked for.

use super::*;

#[tokio::test]
async fn the_secret_is_read_again_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    fs::write(&file, "old\n").unwrap();
    let authority = Authority::granting().await;
    authority.then(refusal("invalid_client"));
    let settings = Settings::from_pairs([
        ("TOKEN_URL", authority.url().as_str()),
        ("API_CLIENT_ID", "orders"),
        ("API_CLIENT_SECRET_FILE", file.to_str().unwrap()),
    ]);
    let tokens = AccessTokens::new(&settings.unwrap()).unwrap();
    failure(&tokens).await;

    fs::write(&file, " new \n").unwrap();
    later(Duration::from_secs(31)).await;
    get(&tokens).await;
    fs::remove_file(&file).unwrap();
    tokens.get("another").await.unwrap();

    let mut secrets = Vec::new();
    for call in 1..=3 {
        secrets.extend(
            authority.form(call).await.into_iter().filter(|(name, _)| name == "client_secret"),
        );
    }
    let secrets: Vec<_> = secrets.iter().map(|(_, secret)| secret.as_str()).collect();
    // The old one may be revoked.
    assert_eq!(secrets, ["old", "new", "new"]);
}

#[tokio::test]
async fn the_token_endpoint_is_discovered() {
    let authority = Authority::granting().await;
    let issuer = authority.url();
    let document = json!({"issuer": issuer, "token_endpoint": format!("{issuer}/found")});
    authority.then(answer(200, &document));
    let settings = Settings::from_pairs([
        ("OIDC_ISSUERS", issuer.as_str()),
        ("API_CLIENT_ID", "orders"),
        ("API_CLIENT_SECRET", "hunter2"),
    ]);
    let tokens = AccessTokens::new(&settings.unwrap()).unwrap();

    assert_eq!(get(&tokens).await, "token-2");
    tokens.get("another").await.unwrap();

    let paths: Vec<_> =
        authority.requests().await.iter().map(|sent| sent.url.path().to_owned()).collect();
    let found = "/oauth/token/found";
    assert_eq!(paths, ["/oauth/token/.well-known/openid-configuration", found, found]);
}

#[test]
fn a_fault_and_debug_repeat_no_password_of_a_url() {
    let made = |url: &str| {
        let settings = Settings::from_pairs(pairs(url)).unwrap();
        AccessTokens::new(&settings)
    };

    let error = made("https://ali:hunter3@a.test/token").unwrap_err().to_string();
    assert_eq!(error, "TOKEN_URL is not a URL without user and fragment");
    let shown = format!("{:?}", made("https://a.test/token?key=hunter3").unwrap());
    assert!(shown.contains("https://a.test/token") && !shown.contains("hunter3"), "{shown}");
}

#[test]
fn what_is_missing_is_said_at_once() {
    let faults = |pairs: &[(&str, &str)]| {
        let settings = Settings::from_pairs(pairs.iter().copied()).unwrap();
        AccessTokens::new(&settings).map_or_else(|error| error.faults().len(), |_| 0)
    };
    let identity = [("API_CLIENT_ID", "a"), ("API_CLIENT_SECRET", "b")];

    assert_eq!(faults(&[]), 3);
    assert_eq!(faults(&identity), 1);
    assert_eq!(faults(&[identity[0], identity[1], ("TOKEN_URL", "http://example.com/")]), 1);
    assert_eq!(faults(&[identity[0], identity[1], ("AUTH0_DOMAIN", "a.eu.auth0.com")]), 0);
    assert_eq!(faults(&[("TOKEN_URL", "https://example.com/token")]), 2);
}
