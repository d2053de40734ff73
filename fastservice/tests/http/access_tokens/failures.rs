//! An authority that is away, slow, wrong or says no.

use super::*;

#[tokio::test]
async fn a_short_outage_is_bridged() {
    let authority = Authority::granting().await;
    authority.then(outage()).then(ResponseTemplate::new(429).insert_header("retry-after", "0"));
    let tokens = tokens(&authority);

    assert_eq!(get(&tokens).await, "token-3");
}

#[tokio::test]
async fn a_long_outage_answers_503_and_is_shared_until_the_next_attempt() {
    let authority = Authority::granting().await;
    authority.then(outage()).then(outage()).then(outage());
    let tokens = tokens(&authority);

    for _ in 0..5 {
        let error = failure(&tokens).await;
        assert_eq!((error.status().as_u16(), error.code()), (503, "token_unavailable"));
        assert_eq!(error.headers()["retry-after"], "1");
    }
    assert_eq!(authority.calls(), 3);

    later(Duration::from_secs(1)).await;
    assert_eq!(get(&tokens).await, "token-4");
}

#[tokio::test]
async fn an_authority_that_asks_for_patience_gets_it() {
    let authority = Authority::granting().await;
    authority.then(outage().insert_header("retry-after", "120"));
    let tokens = tokens(&authority);

    assert_eq!(failure(&tokens).await.headers()["retry-after"], "120");
    later(Duration::from_secs(100)).await;
    assert_eq!(failure(&tokens).await.code(), "token_unavailable");
    assert_eq!(authority.calls(), 1);
}

#[tokio::test]
async fn the_reason_is_told_also_where_a_second_try_would_come_too_late() {
    let authority = Authority::granting().await;
    let late = outage().insert_header("retry-after", "3").set_delay(Duration::from_millis(200));
    authority.then(late);
    let tokens = tokens(&authority);
    let waiting = tokio::spawn({
        let tokens = tokens.clone();
        async move { failure(&tokens).await }
    });

    authority.called(1).await;
    later(Duration::from_millis(2500)).await;
    let error = timeout(PATIENCE, waiting).await.unwrap().unwrap();

    assert_eq!(error.headers()["retry-after"], "3");
    assert!(source(&error).contains("503"), "{}", source(&error));
    assert_eq!(authority.calls(), 1);
}

#[tokio::test]
async fn nobody_at_the_address_is_an_outage() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let tokens = tokens_with(&url, &[]);

    assert_eq!(failure(&tokens).await.code(), "token_unavailable");
}

#[tokio::test]
async fn a_refusal_is_not_tried_again_for_a_while() {
    for status in [400, 401, 403] {
        let authority = Authority::granting().await;
        authority.then(answer(status, &json!({"error": "invalid_client"})));
        let tokens = tokens(&authority);

        for _ in 0..3 {
            assert_eq!(failure(&tokens).await.code(), "token_refused");
        }
        later(Duration::from_secs(25)).await;
        assert_eq!(failure(&tokens).await.code(), "token_refused");
        assert_eq!(authority.calls(), 1);

        later(Duration::from_secs(6)).await;
        assert_eq!(get(&tokens).await, "token-2");
    }
}

#[tokio::test]
async fn a_refusal_tells_the_log_why_and_nobody_the_secret() {
    let authority = Authority::granting().await;
    authority.then(refusal("invalid_client"));
    let tokens = tokens(&authority);

    let error = failure(&tokens).await;

    let expected = r#"401 Unauthorized, error "invalid_client", error_description "no\n\"way\"""#;
    assert!(source(&error).ends_with(expected), "{}", source(&error));
    assert!(!error.detail().contains("invalid_client"));
    let printed = format!("{error:?} {tokens:?} {:?}", tokens.get("x").await);
    assert!(!printed.contains("hunter2") && !printed.contains("token-"), "{printed}");
}

#[tokio::test]
async fn what_is_no_answer_of_an_authority_is_not_taken_for_one() {
    let html = ResponseTemplate::new(200).set_body_string("<html>");
    let huge = ResponseTemplate::new(200).set_body_bytes(vec![b' '; 65 * 1024]);
    for (bad, why) in [(html, "no JSON object"), (huge, "larger than 65536 bytes")] {
        let authority = Authority::granting().await;
        authority.then(bad);
        let tokens = tokens(&authority);

        let error = failure(&tokens).await;

        assert_eq!(error.code(), "token_unavailable");
        assert!(source(&error).contains(why), "{}", source(&error));
        assert_eq!(authority.calls(), 1);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (authority, other) = (Authority::granting().await, Authority::granting().await);
    authority.then(ResponseTemplate::new(307).insert_header("location", other.url()));
    let tokens = tokens(&authority);

    assert_eq!(failure(&tokens).await.code(), "token_unavailable");
    assert_eq!(other.calls(), 0);
}

#[tokio::test]
async fn an_authority_that_is_slow_is_given_up() {
    let authority = Authority::granting().await;
    authority.then(granted(1, 60).set_delay(Duration::from_secs(60)));
    let tokens = tokens(&authority);
    let waiting = tokio::spawn({
        let tokens = tokens.clone();
        async move { failure(&tokens).await }
    });

    authority.called(1).await;
    later(Duration::from_secs(5)).await;

    let error = timeout(PATIENCE, waiting).await.unwrap().unwrap();
    assert_eq!(error.code(), "token_unavailable");
}
