//! How often the issuer is asked.

use super::*;

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
