use http::HeaderMap;
use serde_json::json;

use super::*;

fn reply(status: u16, body: impl AsRef<[u8]>) -> Reply {
    let status = StatusCode::from_u16(status).unwrap();
    Reply { status, headers: HeaderMap::new(), body: body.as_ref().to_vec() }
}

fn read_json(document: &Value) -> Result<Token, &'static str> {
    read(document.to_string().as_bytes(), Instant::now())
}

#[test]
fn one_set_of_scopes_is_one_token() {
    let one = Wanted::new("api", &["b", "a"], None);

    assert_eq!(one, Wanted::new("api", &["a", "b", "a"], None));
    assert_eq!(one, Wanted::new("api", &["a b"], None));
    assert_ne!(one, Wanted::new("api", &["a"], None));
    assert_ne!(one, Wanted::new("API", &["a", "b"], None));
    assert_ne!(one, Wanted::new("api", &["a", "b"], Some("org")));
}

#[test]
fn a_form_has_only_what_is_wanted() {
    let plain = Wanted::new("api", &[""; 0], None);
    let full = Wanted::new("api", &["b", "a"], Some("org"));

    assert_eq!(plain.form(), [("grant_type", "client_credentials"), ("audience", "api")]);
    assert_eq!(full.form()[2..], [("scope", "a b"), ("organization", "org")]);
}

#[test]
fn the_life_of_a_token_is_what_the_authority_says() {
    let seconds = |expires_in: Value| {
        let asked = Instant::now();
        let answer = json!({"access_token": "t", "token_type": "bearer", "expires_in": expires_in});
        let token = read(answer.to_string().as_bytes(), asked).unwrap();
        (token.stop - asked).as_secs()
    };

    assert_eq!(seconds(json!(100)), 90);
    assert_eq!(seconds(json!(100.5)), 90);
    assert_eq!(seconds(json!("100")), 90);
    assert_eq!(seconds(json!(null)), 50);
    assert!(seconds(json!(1e300)) < 366 * 86_400);
}

#[test]
fn what_is_no_token_is_refused() {
    for answer in [
        json!({}),
        json!([]),
        json!({"access_token": ""}),
        json!({"access_token": 1}),
        json!({"access_token": "a b"}),
        json!({"access_token": "a\r\nx: y"}),
        json!({"access_token": "a".repeat(LONGEST_TOKEN + 1)}),
        json!({"access_token": "a", "token_type": "DPoP"}),
        json!({"access_token": "a", "expires_in": 0}),
        json!({"access_token": "a", "expires_in": -1}),
        json!({"access_token": "a", "expires_in": "soon"}),
        json!({"access_token": "a", "expires_in": "NaN"}),
    ] {
        assert!(read_json(&answer).is_err(), "{answer}");
    }
}

#[test]
fn the_words_of_an_authority_are_escaped_and_cut() {
    let long = "x".repeat(10_000);
    let body = json!({"error": "invalid_client\n\u{1b}[31m", "error_description": long});

    let NoToken::Refused { words, .. } = refusal(&reply(401, body.to_string())) else { panic!() };

    assert!(words.starts_with(r#"error "invalid_client\n\u{1b}[31m", error_description "xxx"#));
    assert!(words.len() < 300, "{words}");
}

#[test]
fn only_what_is_our_fault_is_a_refusal() {
    for status in [400, 401, 403, 404] {
        let refusal = refusal(&reply(status, "<html>"));
        assert!(matches!(refusal, NoToken::Refused { .. }), "{status}");
        assert!(refusal.pause_before_retry(1).is_none());
    }
    for (status, is_retried) in [(429, true), (500, true), (503, true), (302, false)] {
        let refusal = refusal(&reply(status, ""));
        assert!(matches!(refusal, NoToken::Unavailable(_)), "{status}");
        assert_eq!(refusal.pause_before_retry(1).is_some(), is_retried, "{status}");
    }
}
