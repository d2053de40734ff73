//! An issuer that is away, slow, wrong or says no.

use super::*;

#[tokio::test]
async fn an_issuer_that_gives_no_usable_answer_is_our_fault() {
    let issuer = issuer().await;
    let client = client(&issuer).await;
    let text = |text: &str| ResponseTemplate::new(200).set_body_string(text);

    for (bad, pause) in [
        (ResponseTemplate::new(500), "5"),
        (ResponseTemplate::new(503).insert_header("retry-after", "7"), "7"),
        (ResponseTemplate::new(429).insert_header("retry-after", "86400"), "300"),
        (ResponseTemplate::new(401), "30"),
        (ResponseTemplate::new(403), "30"),
        (ResponseTemplate::new(302).insert_header("location", issuer.url()), "5"),
        (text("<html>"), "5"),
        (text(r#"{"active": "true"}"#), "5"),
        (text(&" ".repeat(65 * 1024)), "5"),
    ] {
        let calls = issuer.calls();
        issuer.then(bad);
        let answer = with_token(&client, "/private", "opaque").await;

        assert_eq!((answer.status().as_u16(), &*answer.error_code()), (503, "auth_unavailable"));
        assert_eq!(answer.header("retry-after"), Some(pause));
        assert_eq!(answer.header("www-authenticate"), None);
        assert_eq!(issuer.calls(), calls + 1);
        later(Duration::from_secs(301)).await;
    }
    assert_eq!(asked(&client, "opaque").await, is((200, "ali")));
}

#[tokio::test]
async fn an_issuer_that_refuses_this_service_is_left_alone_for_a_while() {
    let issuer = issuer().await;
    let client = client(&issuer).await;
    let refusals = [
        (ResponseTemplate::new(401), 30),
        (ResponseTemplate::new(403), 30),
        (ResponseTemplate::new(429).insert_header("retry-after", "7"), 7),
    ];
    assert_eq!(asked(&client, "remembered").await.0, 200);

    for (refusal, seconds) in refusals {
        let calls = issuer.calls();
        issuer.then(refusal);
        for token in ["a", "b", "a"] {
            assert_eq!(asked(&client, token).await, is((503, "auth_unavailable")));
        }
        assert_eq!(asked(&client, "remembered").await.0, 200);
        later(Duration::from_secs(seconds - 5)).await;
        let answer = with_token(&client, "/private", "c").await;
        let rest: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=5).contains(&rest), "{rest}");
        assert_eq!(issuer.calls(), calls + 1);

        later(Duration::from_secs(5)).await;
        assert_eq!(asked(&client, "remembered").await.0, 200);
        assert_eq!(asked(&client, &format!("new-{seconds}-{calls}")).await.0, 200);
    }
}

#[tokio::test]
async fn nobody_at_the_address_answers_503() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let issuer = issuer().await;
    let client = client_of(introspection(&issuer).url(url)).await;

    assert_eq!(asked(&client, "opaque").await, is((503, "auth_unavailable")));
}

#[tokio::test]
async fn an_issuer_that_is_slow_is_given_up() {
    let issuer = issuer().await;
    issuer.then(active().set_delay(Duration::from_secs(60)));
    let client = client(&issuer).await;

    let slow = async {
        issuer.called(1).await;
        later(Duration::from_secs(2)).await;
    };
    let answers = async { tokio::join!(asked(&client, "opaque"), slow) };

    let (answered, ()) = timeout(PATIENCE, answers).await.unwrap();
    assert_eq!(answered, is((503, "auth_unavailable")));
}
