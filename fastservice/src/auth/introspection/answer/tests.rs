use std::time::UNIX_EPOCH;

use serde_json::json;

use super::*;

const NOW: u64 = 1_800_000_000;

fn expected() -> Expected {
    let audiences = vec!["items".to_owned(), "orders".to_owned()];
    Expected {
        issuer: Some("https://issuer.test".to_owned()),
        audiences,
        leeway: Duration::from_secs(5),
    }
}

fn read_by(expected: &Expected, document: &str) -> Result<Result<Active, Refusal>, Unfit> {
    expected.read(document.as_bytes(), UNIX_EPOCH + Duration::from_secs(NOW))
}

/// What is made of a right answer with these members in place of its own.
fn changed(changes: &Value) -> Result<Active, Refusal> {
    let mut said = json!({
        "active": true, "iss": "https://issuer.test", "aud": "items", "sub": "ali", "exp": NOW + 60,
    });
    for (name, value) in changes.as_object().unwrap() {
        said[name] = value.clone();
    }
    read_by(&expected(), &said.to_string()).unwrap()
}

fn refusal(changes: &Value) -> Option<Refusal> {
    changed(changes).err()
}

fn subject_of(changes: &Value) -> Result<String, Refusal> {
    changed(changes).map(|active| active.claims.subject().to_string())
}

#[test]
fn an_active_token_has_its_claims() {
    let changes = json!({"scope": "read  write", "permissions": ["sell"], "tier": "gold"});

    let claims = changed(&changes).unwrap().claims;

    assert_eq!(claims.subject().as_str(), "ali");
    assert!(claims.has_scope("read") && claims.has_scope("write") && !claims.has_scope(""));
    assert!(claims.has_permission("sell"));
    assert_eq!(claims.get::<String>("tier").unwrap(), "gold");
}

#[test]
fn only_the_boolean_true_is_active() {
    let read = |document: &str| read_by(&expected(), document);

    assert_eq!(read(r#"{"active": false}"#).unwrap().unwrap_err(), Refusal::Inactive);
    for unfit in [
        "",
        "[]",
        "null",
        "{}",
        "true",
        "<html>",
        r#"{"active": "true"}"#,
        r#"{"active": 1}"#,
        r#"{"active": null}"#,
    ] {
        assert_eq!(read(unfit).unwrap_err(), Unfit, "{unfit}");
    }
}

#[test]
fn each_reason_against_a_token_has_its_code() {
    for (changes, expected) in [
        (json!({"iss": "https://issuer.test/"}), Refusal::Issuer),
        (json!({"iss": null}), Refusal::Issuer),
        (json!({"iss": ["https://issuer.test"]}), Refusal::Issuer),
        (json!({"aud": "Items"}), Refusal::Audience),
        (json!({"aud": null}), Refusal::Audience),
        (json!({"aud": []}), Refusal::Audience),
        (json!({"aud": ["items", 1]}), Refusal::Audience),
        (json!({"aud": {"items": true}}), Refusal::Audience),
        (json!({"exp": NOW - 5}), Refusal::Expired),
        (json!({"exp": -1}), Refusal::Claims),
        (json!({"exp": "soon"}), Refusal::Claims),
        (json!({"exp": u64::MAX}), Refusal::Claims),
        (json!({"nbf": NOW + 6}), Refusal::NotYetValid),
        (json!({"iat": NOW + 6}), Refusal::NotYetValid),
        (json!({"token_type": "DPoP"}), Refusal::Type),
        (json!({"token_type": "refresh_token"}), Refusal::Type),
        (json!({"token_type": 1}), Refusal::Type),
        (json!({"token_use": "refresh_token"}), Refusal::Type),
        (json!({"typ": "Refresh"}), Refusal::Type),
        (json!({"typ": "ID"}), Refusal::Type),
        (json!({"cnf": {"jkt": "x"}}), Refusal::Binding),
        (json!({"sub": ""}), Refusal::Claims),
        (json!({"sub": 1}), Refusal::Claims),
        (json!({"sub": "a".repeat(256)}), Refusal::Claims),
        (json!({"sub": null}), Refusal::Claims),
        (json!({"scope": {"read": true}}), Refusal::Claims),
        (json!({"scope": [1]}), Refusal::Claims),
        (json!({"permissions": "read:secret"}), Refusal::Claims),
    ] {
        assert_eq!(refusal(&changes), Some(expected), "{changes}");
    }
}

#[test]
fn what_an_issuer_may_leave_out_or_write_otherwise_is_right() {
    for changes in [
        json!({"exp": null}),
        json!({"exp": NOW - 4}),
        json!({"exp": 1_800_000_000.5}),
        json!({"aud": ["others", "orders"]}),
        json!({"token_type": "bearer", "typ": "Bearer", "token_use": "access_token"}),
        json!({"scope": ["read"]}),
        json!({"nbf": NOW + 5}),
    ] {
        assert_eq!(refusal(&changes), None, "{changes}");
    }
    let lenient = Expected { issuer: None, audiences: Vec::new(), leeway: Duration::ZERO };
    assert!(read_by(&lenient, r#"{"active": true, "sub": "ali"}"#).unwrap().is_ok());
}

#[test]
fn a_machine_is_named_as_auth0_does() {
    assert_eq!(
        subject_of(&json!({"sub": null, "client_id": "billing"})).unwrap(),
        "billing@clients"
    );
    assert_eq!(
        subject_of(&json!({"sub": "billing", "client_id": "billing"})).unwrap(),
        "billing@clients"
    );
    assert_eq!(subject_of(&json!({"client_id": "shop"})).unwrap(), "ali");
}

#[test]
fn a_user_is_never_taken_for_a_machine() {
    for changes in [
        json!({"sub": null, "client_id": "billing", "username": "ali"}),
        json!({"sub": null, "client_id": "billing", "user_name": "ali"}),
        json!({"sub": null, "client_id": "billing", "username": 1}),
        json!({"sub": "billing@clients"}),
        json!({"sub": "billing@clients", "client_id": "shop"}),
        json!({"sub": "@clients", "client_id": "billing"}),
    ] {
        assert_eq!(subject_of(&changes).unwrap_err(), Refusal::Claims, "{changes}");
    }
}

#[test]
fn a_machine_may_have_its_whole_name_and_no_user() {
    for changes in [
        json!({"sub": "billing@clients", "client_id": "billing"}),
        json!({"sub": null, "client_id": "billing", "username": null, "user_name": null}),
    ] {
        assert_eq!(subject_of(&changes).unwrap(), "billing@clients", "{changes}");
    }
}
