//! What is set from outside.

use super::*;

#[tokio::test]
async fn settings_are_enough() {
    let issuer = issuer().await;
    let url = issuer.url();
    let server = start_app(
        app(),
        &[
            ("INTROSPECTION_URL", &url),
            ("INTROSPECTION_CLIENT_ID", "items"),
            ("INTROSPECTION_CLIENT_SECRET", "hunter2"),
            ("API_IDENTIFIER", "items"),
            ("M2M_USER", "billing"),
        ],
    )
    .await;
    let request = |token: &str| {
        format!(
            "GET /private HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             authorization: Bearer {token}\r\n\r\n"
        )
    };

    let admitted = server.exchange(&request("opaque")).await;
    let refused = server.exchange(&request("bad")).await;

    assert!(admitted.starts_with("HTTP/1.1 200 OK\r\n"), "{admitted}");
    assert!(refused.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "{refused}");
}

#[tokio::test]
async fn wrong_settings_are_reported_at_once() {
    let error = async |pairs: &[(&str, &str)]| {
        let pairs = [("M2M_USER", "billing")].iter().chain(pairs).copied();
        let settings = Settings::from_pairs(pairs).unwrap();
        app().settings(settings).start().await.unwrap_err().to_string()
    };

    let lacking = error(&[("INTROSPECTION_URL", "https://a.test/")]).await;
    assert_eq!(lacking.lines().count(), 3, "{lacking}");
    assert!(lacking.contains("INTROSPECTION_CLIENT_SECRET is not set"), "{lacking}");

    let both = [("INTROSPECTION_URL", "https://a.test/"), ("AUTH0_DOMAIN", "a.eu.auth0.com")];
    let both = error(&both).await;
    assert!(both.contains("leave one of them out"), "{both}");
}

#[tokio::test]
async fn a_secret_may_end_with_a_line_break() {
    let issuer = issuer().await;
    let settings = [
        ("INTROSPECTION_URL", issuer.url()),
        ("INTROSPECTION_CLIENT_ID", "items".to_owned()),
        ("INTROSPECTION_CLIENT_SECRET", "hunter2\n".to_owned()),
        ("API_IDENTIFIER", "items".to_owned()),
        ("M2M_USER", "billing".to_owned()),
    ];
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = start_app(app(), &settings).await;

    let request = "GET /private HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
                   authorization: Bearer opaque\r\n\r\n";
    server.exchange(request).await;

    assert_eq!(issuer.requests().await[0].headers["authorization"], "Basic aXRlbXM6aHVudGVyMg==");
}
