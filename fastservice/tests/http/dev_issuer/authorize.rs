//! The page to log in, and what a browser is sent back with.

use super::{AUTHORIZE, CHALLENGE, ISSUER, Issuer, REDIRECT_URI, encoded, request};

#[tokio::test]
async fn a_login_gives_a_code_to_the_client_that_asked() {
    let issuer = Issuer::start().await;

    let page = issuer.authorize(&[("scope", "openid read:items")]).await;
    let answer = issuer.answer(&page, "auth0|admin", "openid read:items").await;

    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    for text in [
        "dev-docs",
        "auth0|admin",
        "Gil Guest",
        "permissions: delete:items, write:items",
        r#"name="scope" value="read:items" checked"#,
        "not for production",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert_eq!(answer.status, 303);
    assert!(answer.header("location").starts_with(&format!("{REDIRECT_URI}?code=")));
    assert_eq!(answer.sent("state").as_deref(), Some("s t&a=te"));
    assert_eq!(answer.sent("iss").as_deref(), Some(ISSUER));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn the_page_may_load_and_run_nothing_and_be_framed_by_nobody() {
    let issuer = Issuer::start().await;

    let page = issuer.authorize(&[]).await;

    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    for part in ["base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    // It would hold for each redirect of the client too.
    assert!(!policy.contains("form-action"), "{policy}");
    assert!(
        !page.body.contains("<script") && !page.body.contains("src=") && !policy.contains("unsafe")
    );
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_wrong_client_or_address_gets_a_page_and_is_never_sent_on() {
    let issuer = Issuer::start().await;
    let wrong: [&[(&str, &str)]; 10] = [
        &[("client_id", "other")],
        &[("client_id", "")],
        &[("client_id", "<script>alert(1)</script>")],
        &[("client_id", "dev-docs"), ("client_id", "dev-client")],
        &[("client_id", "dev-client")],
        &[("redirect_uri", "")],
        &[("redirect_uri", "https://evil.test/")],
        &[("redirect_uri", "javascript:alert(1)")],
        &[("redirect_uri", "http://localhost:3000/back#fragment")],
        &[("redirect_uri", "http://localhost@evil.test/")],
    ];

    for changes in wrong {
        let answer = issuer.authorize(changes).await;

        assert_eq!((answer.status, answer.header("location")), (400, ""), "{changes:?}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert!(!answer.body.contains("<script") && !answer.body.contains("evil.test"));
    }
}

#[tokio::test]
async fn other_mistakes_are_told_to_the_client() {
    let issuer = Issuer::start().await;
    let wrong: [(&[(&str, &str)], &str); 15] = [
        (&[("response_type", "")], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("response_type", "code id_token")], "unsupported_response_type"),
        (&[("response_mode", "fragment")], "invalid_request"),
        (&[("code_challenge", ""), ("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge", "tooshort")], "invalid_request"),
        (&[("scope", "profile fly")], "invalid_scope"),
        (&[("audience", "others")], "invalid_target"),
        (&[("prompt", "none")], "login_required"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("request", "x.y.z")], "request_not_supported"),
        (&[("nonce", "1"), ("nonce", "2")], "invalid_request"),
    ];

    for (changes, error) in wrong {
        let answer = issuer.authorize(changes).await;

        assert_eq!(answer.status, 303, "{changes:?} {}", answer.body);
        assert_eq!(answer.sent("error").as_deref(), Some(error), "{changes:?}");
        assert_eq!(answer.sent("state").as_deref(), Some("s t&a=te"));
        assert_eq!(answer.sent("iss").as_deref(), Some(ISSUER));
        assert_eq!(answer.sent("code"), None);
    }
}

#[tokio::test]
async fn a_login_by_openid_leaves_out_scopes_that_the_client_may_not_have() {
    let issuer = Issuer::start().await;

    let page = issuer.authorize(&[("scope", "address openid fly read:items")]).await;
    let code = issuer.answer(&page, "auth0|admin", "address openid fly read:items").await;
    let tokens = issuer.redeem(&code.sent("code").unwrap(), &[]).await;

    assert_eq!(page.status, 200, "{}", page.body);
    assert!(!page.body.contains("address") && !page.body.contains("fly"), "{}", page.body);
    assert_eq!(tokens.text("scope"), "openid read:items");
}

#[tokio::test]
async fn a_repeated_state_is_refused_without_one() {
    let issuer = Issuer::start().await;

    let answer = issuer.authorize(&[("state", "1"), ("state", "2")]).await;

    assert_eq!(answer.sent("error").as_deref(), Some("invalid_request"));
    assert_eq!(answer.sent("state"), None);
}

#[tokio::test]
async fn a_page_is_answered_once() {
    let issuer = Issuer::start().await;
    let page = issuer.authorize(&[]).await;
    assert_eq!(issuer.answer(&page, "auth0|guest", "").await.status, 303);

    let again = issuer.answer(&page, "auth0|admin", "").await;
    let forged = [("login", "forged"), ("user", "auth0|admin"), ("decision", "allow")];
    let forged = issuer.form(AUTHORIZE, &forged).await;

    for answer in [again, forged] {
        assert_eq!((answer.status, answer.header("location")), (400, ""));
    }
}

#[tokio::test]
async fn a_user_can_deny() {
    let issuer = Issuer::start().await;
    let page = issuer.authorize(&[("scope", "openid")]).await;

    let form = [("login", page.handle()), ("user", "auth0|admin"), ("decision", "deny")];
    let answer = issuer.form(AUTHORIZE, &form).await;

    assert_eq!(answer.sent("error").as_deref(), Some("access_denied"));
    assert_eq!(answer.sent("state").as_deref(), Some("s t&a=te"));
    assert_eq!(answer.sent("code"), None);
}

#[tokio::test]
async fn a_user_who_is_not_on_the_list_gets_no_code() {
    let issuer = Issuer::start().await;

    for user in ["auth0|root", ""] {
        let page = issuer.authorize(&[]).await;
        let answer = issuer.answer(&page, user, "").await;

        assert_eq!((answer.status, answer.header("location")), (400, ""), "{user}");
    }
}

#[tokio::test]
async fn a_request_may_come_by_post_and_hint_at_a_user() {
    let issuer = Issuer::start().await;

    let page = issuer.form(AUTHORIZE, &request(&[("login_hint", "guest@example.com")])).await;

    assert_eq!(page.status, 200);
    assert!(page.body.contains(r#"value="auth0|guest" required checked"#), "{}", page.body);
    assert!(!page.body.contains(r#"value="auth0|admin" required checked"#));
}

#[tokio::test]
async fn what_is_no_form_gets_a_page() {
    let issuer = Issuer::start().await;

    let long = CHALLENGE.repeat(400);
    let answers = [
        issuer.get(&format!("{AUTHORIZE}?client_id=%ff"), &[]).await,
        issuer.authorize(&[("state", &long)]).await,
        issuer.get(AUTHORIZE, &[]).await,
        issuer.send("POST", AUTHORIZE, &[("content-type", "application/json")], "{}").await,
        issuer.form(AUTHORIZE, &[("login", "a"), ("login", "b")]).await,
    ];

    for answer in answers {
        assert_eq!((answer.status, answer.header("location")), (400, ""));
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    }
    let large = encoded(&[("login", &CHALLENGE.repeat(1000))]);
    let kind = ("content-type", "application/x-www-form-urlencoded");
    assert_eq!(issuer.send("POST", AUTHORIZE, &[kind], &large).await.status, 413);
}
