//! What pages of other origins may do, where CORS lets them call.
#![cfg(feature = "cors")]

use super::{AUTHORIZE, Answer, Issuer, Pairs, REDIRECT_URI, TOKEN, VERIFIER, encoded, request};

const MACHINE: [(&str, &str); 3] = [
    ("grant_type", "client_credentials"),
    ("client_id", "dev-client"),
    ("client_secret", "dev-secret"),
];

async fn open_to_all() -> Issuer {
    Issuer::start_with(&[("ORIGINS", "*")]).await
}

async fn authorize(issuer: &Issuer, headers: &Pairs<'_>) -> Answer {
    issuer.get(&format!("{AUTHORIZE}?{}", encoded(&request(&[]))), headers).await
}

#[tokio::test]
async fn a_page_of_another_origin_gets_no_token_of_a_machine() {
    let issuer = open_to_all().await;

    for origin in [
        "https://evil.test",
        "null",
        "http://localhost:3000",
        "https://localhost:8000",
        "http://localhost:8000.evil.test",
        "localhost:8000",
        "http://127.0.0.1:8000",
        "",
    ] {
        let answer = issuer.form_with(TOKEN, &MACHINE, &[("origin", origin)]).await;
        assert_eq!(answer.error(), (400, "unauthorized_client".into()), "{origin}");
    }
    let two = [("origin", "http://localhost:8000"), ("origin", "https://evil.test")];
    let two = issuer.form_with(TOKEN, &MACHINE, &two).await;
    let cross_site = issuer.form_with(TOKEN, &MACHINE, &[("sec-fetch-site", "cross-site")]).await;
    for answer in [two, cross_site] {
        assert_eq!(answer.error(), (400, "unauthorized_client".into()));
    }
}

#[tokio::test]
async fn the_services_own_pages_and_programs_get_it() {
    let issuer = open_to_all().await;
    let own = [("origin", "http://localhost:8000"), ("sec-fetch-site", "same-origin")];
    let of_name = [("host", "127.0.0.1:8000"), ("origin", "http://127.0.0.1:8000")];

    for headers in [&own[..], &own[..1], &of_name, &[("sec-fetch-mode", "cors")], &[]] {
        let answer = issuer.form_with(TOKEN, &MACHINE, headers).await;
        assert_eq!(answer.status, 200, "{headers:?} {}", answer.body);
    }
}

#[tokio::test]
async fn a_page_of_another_origin_cannot_read_the_page_to_log_in() {
    let issuer = open_to_all().await;
    let foreign: [&Pairs<'_>; 5] = [
        &[("origin", "https://evil.test")],
        &[("origin", "null")],
        &[("origin", "https://evil.test"), ("sec-fetch-mode", "cors")],
        &[("sec-fetch-mode", "no-cors"), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-mode", "cors"), ("sec-fetch-site", "same-site")],
    ];

    for headers in foreign {
        let by_get = authorize(&issuer, headers).await;
        let by_post = issuer.form_with(AUTHORIZE, &request(&[]), headers).await;
        let page = authorize(&issuer, &[]).await;
        let form = [("login", page.handle()), ("user", "auth0|admin"), ("decision", "allow")];
        let answered = issuer.form_with(AUTHORIZE, &form, headers).await;

        for answer in [by_get, by_post, answered] {
            assert_eq!(answer.error(), (403, "dev_issuer_not_readable".into()), "{headers:?}");
            assert_eq!(answer.header("location"), "");
        }
    }
}

#[tokio::test]
async fn a_browser_that_goes_there_gets_the_page_wherever_it_comes_from() {
    let issuer = open_to_all().await;
    let link = [("sec-fetch-mode", "navigate"), ("sec-fetch-site", "cross-site")];
    let form = [("sec-fetch-mode", "navigate"), ("origin", "https://app.test")];
    let own_form = [("origin", "http://localhost:8000")];

    assert_eq!(authorize(&issuer, &link).await.status, 200);
    assert_eq!(issuer.form_with(AUTHORIZE, &request(&[]), &form).await.status, 200);
    let page = authorize(&issuer, &[]).await;
    // Or the browser would send `Origin: null` with its form.
    assert_eq!(page.header("referrer-policy"), "same-origin");
    let answer = [("login", page.handle()), ("user", "auth0|admin"), ("decision", "allow")];
    assert_eq!(issuer.form_with(AUTHORIZE, &answer, &own_form).await.status, 303);
}

#[tokio::test]
async fn a_page_of_another_origin_logs_in_with_pkce() {
    let issuer = open_to_all().await;
    let headers = [("origin", "http://localhost:3000"), ("sec-fetch-site", "same-site")];
    let code = issuer.code("auth0|admin", "offline_access read:items").await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "dev-docs"),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
        ("code", &code),
    ];

    let tokens = issuer.form_with(TOKEN, &form, &headers).await;
    let refresh_token = tokens.text("refresh_token");
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "dev-docs"),
        ("refresh_token", &refresh_token),
    ];
    let refreshed = issuer.form_with(TOKEN, &form, &headers).await;

    for answer in [tokens, refreshed] {
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
}
