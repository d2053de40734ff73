use std::time::UNIX_EPOCH;

use serde_json::json;

use super::*;

const NOW: u64 = 1_700_000_000;

fn claims() -> Value {
    json!({"iss": "https://issuer/", "aud": "items", "sub": "auth0|ali", "exp": NOW + 60})
}

/// The claims with one of them changed.
fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims[name] = value.into();
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn checked_with(leeway: Duration, claims: Value) -> Result<Claims, Refusal> {
    let Value::Object(claims) = claims else { panic!("claims are an object") };
    let audiences = vec!["items".to_owned(), "other items".to_owned()];
    let expected = Expected { issuer: "https://issuer/".to_owned(), audiences, leeway };
    let approved = expected.check(&claims, UNIX_EPOCH + Duration::from_secs(NOW))?;
    Ok(approved.into_claims(claims))
}

fn checked(claims: Value) -> Result<Claims, Refusal> {
    checked_with(Duration::from_secs(5), claims)
}

#[track_caller]
fn assert_refused(claims: &Value, refusal: Refusal) {
    assert_eq!(checked(claims.clone()).err(), Some(refusal), "{claims}");
}

#[test]
fn right_claims_are_verified_and_all_kept() {
    let claims = checked(with("https://items/tier", "gold")).unwrap();

    assert_eq!(claims.subject().as_str(), "auth0|ali");
    assert_eq!(claims.get::<String>("https://items/tier").unwrap(), "gold");
}

#[test]
fn the_issuer_is_one_string_and_exactly_ours() {
    assert_refused(&without("iss"), Refusal::Issuer);
    for issuer in [
        json!("https://issuer"),
        json!("https://ISSUER/"),
        json!(""),
        json!(null),
        json!(1),
        json!(["https://issuer/"]),
        json!({"https://issuer/": true}),
    ] {
        assert_refused(&with("iss", issuer), Refusal::Issuer);
    }
}

#[test]
fn the_audience_is_one_of_ours_alone_or_in_a_list() {
    for audience in [json!("items"), json!("other items"), json!(["a", "items"]), json!(["items"])]
    {
        assert!(checked(with("aud", audience)).is_ok());
    }
    assert_refused(&without("aud"), Refusal::Audience);
    for audience in [
        json!("Items"),
        json!("items "),
        json!(""),
        json!([]),
        json!(["a"]),
        json!(["items", 1]),
        json!([["items"]]),
        json!(null),
        json!(1),
        json!({"items": true}),
    ] {
        assert_refused(&with("aud", audience), Refusal::Audience);
    }
}

#[test]
fn an_id_token_is_no_access_token() {
    for name in ["nonce", "at_hash", "c_hash"] {
        assert_refused(&with(name, "x"), Refusal::Type);
        assert_refused(&with(name, json!(null)), Refusal::Type);
    }
    let mut for_its_client = with("aud", "client");
    for_its_client["azp"] = json!("client");
    assert_refused(&for_its_client, Refusal::Type);
}

#[test]
fn a_token_for_a_client_that_is_also_the_api_is_accepted() {
    assert!(checked(with("azp", "items")).is_ok());
}

#[test]
fn the_expiry_is_a_number_in_range() {
    assert_refused(&without("exp"), Refusal::Claims);
    for expiry in [
        json!(u64::MAX),
        json!(i64::MAX),
        json!(1e300),
        json!(-1),
        json!(-0.5),
        json!(NOW * 1000),
        json!(NOW.to_string()),
        json!(null),
        json!([NOW]),
        json!(true),
    ] {
        assert_refused(&with("exp", expiry), Refusal::Claims);
    }
    assert!(checked(with("exp", 1_700_000_060.5)).is_ok());
    assert!(checked(with("exp", members::MAX_SECONDS)).is_ok());
}

#[test]
fn a_token_expires_at_its_expiry_and_not_after_it() {
    let none = Duration::ZERO;
    assert!(checked_with(none, with("exp", NOW + 1)).is_ok());
    assert!(checked_with(none, with("exp", 1_700_000_000.25)).is_ok());
    for expiry in [json!(NOW), json!(NOW - 1), json!(0)] {
        assert_eq!(checked_with(none, with("exp", expiry)).err(), Some(Refusal::Expired));
    }

    assert!(checked(with("exp", NOW - 4)).is_ok());
    assert_refused(&with("exp", NOW - 5), Refusal::Expired);
}

#[test]
fn a_start_in_the_future_is_refused_beyond_the_leeway() {
    for name in ["nbf", "iat"] {
        for start in [json!(NOW + 5), json!(NOW), json!(0), json!(1_699_999_999.5)] {
            assert!(checked(with(name, start)).is_ok());
        }
        assert_refused(&with(name, NOW + 6), Refusal::NotYetValid);
        assert_refused(&with(name, 1_700_000_005.5), Refusal::NotYetValid);
        for start in [json!("0"), json!(null), json!(-1), json!(u64::MAX), json!([NOW])] {
            assert_refused(&with(name, start), Refusal::Claims);
        }
    }
}

#[test]
fn a_clock_before_1970_lets_nobody_in() {
    let Value::Object(claims) = claims() else { panic!("claims are an object") };
    let expected = Expected {
        issuer: "https://issuer/".to_owned(),
        audiences: vec!["items".to_owned()],
        leeway: Duration::from_secs(5),
    };

    let refused = expected.check(&claims, UNIX_EPOCH - Duration::from_secs(1));

    assert_eq!(refused.err(), Some(Refusal::Expired));
}

#[test]
fn the_subject_is_a_string_of_1_to_255_bytes() {
    assert_refused(&without("sub"), Refusal::Claims);
    for subject in [json!(""), json!(null), json!(1), json!(["ali"]), json!("a".repeat(256))] {
        assert_refused(&with("sub", subject), Refusal::Claims);
    }
    assert!(checked(with("sub", "a".repeat(255))).is_ok());
}

#[test]
fn a_bound_token_is_refused_as_no_proof_is_checked() {
    for confirmation in [json!({"jkt": "x"}), json!({"x5t#S256": "x"}), json!({}), json!(null)] {
        assert_refused(&with("cnf", confirmation), Refusal::Binding);
    }
}

#[test]
fn scopes_are_whole_words_between_blanks() {
    let claims = checked(with("scope", " read:items  write:items\tx ")).unwrap();

    assert!(claims.has_scope("read:items"));
    for scope in ["write:items", "x", "read", "READ:ITEMS", "", " ", "read:items write:items"] {
        assert!(!claims.has_scope(scope), "{scope}");
    }
}

#[test]
fn scopes_of_other_authorities_are_read() {
    for claims in [
        with("scope", json!(["read:items", "write items"])),
        with("scp", json!(["read:items", "write items"])),
        with("scp", "read:items"),
    ] {
        let claims = checked(claims).unwrap();

        assert!(claims.has_scope("read:items"));
        assert!(!claims.has_scope("write"));
    }
}

#[test]
fn scopes_and_permissions_of_other_types_are_refused() {
    for scope in [json!(null), json!(1), json!({}), json!(["read", 1])] {
        assert_refused(&with("scope", scope.clone()), Refusal::Claims);
        assert_refused(&with("scp", scope), Refusal::Claims);
    }
    for permissions in [json!("read:items"), json!(null), json!({"read": true}), json!([["read"]])]
    {
        assert_refused(&with("permissions", permissions), Refusal::Claims);
    }
}

#[test]
fn permissions_are_whole_members() {
    let claims = checked(with("permissions", json!(["read:items", "a b"]))).unwrap();

    assert!(claims.has_permission("read:items"));
    assert!(claims.has_permission("a b"));
    assert!(!claims.has_permission("a"));
    assert!(!claims.has_scope("read:items"));
}
