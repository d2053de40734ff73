//! How long a token serves, and for whom.

use super::*;

#[tokio::test]
async fn a_token_is_asked_for_once_and_kept() {
    let authority = Authority::granting().await;
    let tokens = tokens(&authority);

    for _ in 0..3 {
        assert_eq!(get(&tokens).await, "token-1");
    }

    assert_eq!(authority.calls(), 1);
    let sent = &authority.requests().await[0];
    assert_eq!((sent.method.as_str(), sent.url.path()), ("POST", "/oauth/token"));
    assert!(!sent.headers.contains_key("authorization"));
    let expected = [
        ("grant_type", "client_credentials"),
        ("audience", AUDIENCE),
        ("client_id", "orders"),
        ("client_secret", "hunter2"),
    ];
    let form = authority.form(1).await;
    assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn the_secret_may_be_sent_in_a_header() {
    let authority = Authority::granting().await;
    let tokens = tokens_with(&authority.url(), &[("CLIENT_AUTHENTICATION", "basic")]);

    get(&tokens).await;

    let sent = &authority.requests().await[0];
    assert_eq!(sent.headers["authorization"], "Basic b3JkZXJzOmh1bnRlcjI=");
    assert!(!authority.form(1).await.iter().any(|(name, _)| name.starts_with("client")));
}

#[tokio::test]
async fn each_audience_and_scope_set_has_a_token_of_its_own() {
    let authority = Authority::granting().await;
    let tokens = tokens(&authority);
    let with = async |audience, scopes: &[&str]| {
        tokens.get_with_scopes(audience, scopes).await.unwrap().expose().to_owned()
    };

    assert_eq!(with("a", &[]).await, "token-1");
    assert_eq!(with("b", &[]).await, "token-2");
    assert_eq!(with("a", &["write", "read"]).await, "token-3");
    assert_eq!(with("a", &["read", "write"]).await, "token-3");
    assert_eq!(with("a", &["read"]).await, "token-4");

    assert!(authority.form(3).await.contains(&("scope".to_owned(), "read write".to_owned())));
}

#[tokio::test]
async fn a_token_is_renewed_in_the_background_while_the_old_one_serves() {
    let authority = Authority::granting().await;
    authority.then(granted(1, 100)).then(granted(2, 3600).set_delay(Duration::from_millis(200)));
    let tokens = tokens(&authority);
    get(&tokens).await;

    later(Duration::from_secs(51)).await;
    authority.called(2).await;

    assert_eq!(get(&tokens).await, "token-1");
    becomes(&tokens, "token-2").await;
    assert_eq!(authority.calls(), 2);
}

#[tokio::test]
async fn a_token_is_not_used_in_its_last_seconds() {
    // The renewals fail.
    let authority = Authority::answering(|_, call| match call {
        1 => granted(1, 100),
        _ => refusal("access_denied"),
    })
    .await;
    let tokens = tokens(&authority);
    get(&tokens).await;

    later(Duration::from_secs(51)).await;
    authority.called(2).await;
    assert_eq!(get(&tokens).await, "token-1");
    later(Duration::from_secs(40)).await;

    assert!(tokens.get(AUDIENCE).await.is_err());
}

#[tokio::test]
async fn a_token_that_nobody_wants_is_not_renewed() {
    let authority = Authority::granting().await;
    authority.then(granted(1, 100)).then(granted(2, 100));
    let client = TestClient::with_settings(app(), pairs(&authority.url())).await;
    let get =
        async |audience| client.get(&format!("/token?audience={audience}")).await.text().to_owned();
    get("a").await;
    get("a").await;

    later(Duration::from_secs(51)).await;
    shows(&client, r#"fastservice_access_token_grants_total{result="granted"} 2"#).await;
    later(Duration::from_secs(60)).await;

    // What was to be asked for by then was asked for before this.
    assert_eq!(get("b").await, "token-3");
    assert_eq!(authority.calls(), 3);
    later(Duration::from_secs(60)).await;
    assert_eq!(get("a").await, "token-4");
}

#[tokio::test]
async fn those_who_ask_at_once_share_one_grant_and_one_error() {
    let authority = Authority::granting().await;
    let tokens = tokens(&authority);

    authority.then(refusal("access_denied"));
    let errors = join_all((0..50).map(|_| failure(&tokens))).await;
    assert!(errors.iter().all(|error| error.code() == "token_refused"));
    assert_eq!(authority.calls(), 1);

    later(Duration::from_secs(31)).await;
    let granted = join_all((0..50).map(|_| get(&tokens))).await;
    assert!(granted.iter().all(|token| token == "token-2"));
    assert_eq!(authority.calls(), 2);
}

#[tokio::test]
async fn a_caller_that_leaves_cancels_nothing() {
    let authority = Authority::granting().await;
    authority.then(granted(1, 3600).set_delay(Duration::from_millis(200)));
    let tokens = tokens(&authority);

    let leaver = tokio::spawn({
        let tokens = tokens.clone();
        async move { get(&tokens).await }
    });
    authority.called(1).await;
    leaver.abort();

    assert_eq!(get(&tokens).await, "token-1");
    assert_eq!(authority.calls(), 1);
}
