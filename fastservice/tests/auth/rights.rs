//! Scopes, permissions and machines: 403.

use fastservice::{
    Error,
    auth::{Access, Rule},
    dev_issuer::TokenRequest,
};

use crate::support::{bearer, guard, signed, user};

const CS: &str = r#"Bearer realm="items", error="insufficient_scope", error_description="the access token lacks a right""#;

async fn decided(rule: Rule, request: &TokenRequest) -> Result<(), Error> {
    let admitted = guard().admit(&Access::Private(rule), &bearer(&signed(request))).await;
    admitted.map(|_| ())
}

/// Code, detail and challenge of the refusal.
async fn refused(rule: Rule, request: &TokenRequest) -> (String, String, String) {
    let error = decided(rule, request).await.unwrap_err();
    assert_eq!(error.status(), 403);
    let challenge = error.headers()["www-authenticate"].to_str().unwrap();
    (error.code().to_owned(), error.detail().to_owned(), challenge.to_owned())
}

#[tokio::test]
async fn a_token_with_all_that_is_asked_is_admitted() {
    let rule = Rule {
        scopes: &["a", "b"],
        permissions: &["p", "q"],
        any_scopes: &["x", "y"],
        any_permissions: &["r", "s"],
        m2m: false,
    };

    assert!(
        decided(rule, &user().scopes(["y", "b", "a"]).permissions(["q", "p", "s"])).await.is_ok()
    );
}

#[tokio::test]
async fn missing_scopes_are_named() {
    let rule = Rule { scopes: &["read:items", "write:items"], ..Rule::NONE };
    let challenge = format!(r#"{CS}, scope="read:items write:items""#);

    for (request, detail) in [
        (user(), "the token lacks scope read:items and write:items"),
        (user().scopes(["read:items"]), "the token lacks scope write:items"),
        (user().scopes(["READ:ITEMS", "write:items"]), "the token lacks scope read:items"),
        (
            user().scopes(["read:items\twrite:items"]),
            "the token lacks scope read:items and write:items",
        ),
        (
            user().permissions(["read:items", "write:items"]),
            "the token lacks scope read:items and write:items",
        ),
    ] {
        let refusal = refused(rule, &request).await;
        assert_eq!(refusal, ("insufficient_scope".into(), detail.into(), challenge.clone()));
    }
}

#[tokio::test]
async fn missing_permissions_are_named() {
    let rule = Rule { permissions: &["p", "q"], ..Rule::NONE };

    let refusal = refused(rule, &user().permissions(["p"]).scopes(["q"])).await;

    let detail = "the token lacks permission q".to_owned();
    assert_eq!(refusal, ("insufficient_permission".to_owned(), detail, CS.to_owned()));
}

#[tokio::test]
async fn one_of_a_list_is_enough_and_none_is_not() {
    let rule = Rule { any_scopes: &["x", "y"], any_permissions: &["p", "q"], ..Rule::NONE };
    assert!(decided(rule, &user().scopes(["y"]).permissions(["p"])).await.is_ok());

    let refusal = refused(rule, &user().permissions(["q"])).await;

    let challenge = format!(r#"{CS}, scope="x y""#);
    let detail = "the token lacks scope x or y".to_owned();
    assert_eq!(refusal, ("insufficient_scope".to_owned(), detail, challenge));
}

#[tokio::test]
async fn scope_and_permission_must_both_hold() {
    let rule = Rule { scopes: &["a"], permissions: &["p"], ..Rule::NONE };
    let challenge = format!(r#"{CS}, scope="a""#);
    let insufficient = |code: &str, detail: &str| {
        (format!("insufficient_{code}"), format!("the token lacks {detail}"), challenge.clone())
    };

    assert_eq!(refused(rule, &user()).await, insufficient("scope", "scope a, permission p"));
    assert_eq!(refused(rule, &user().permissions(["p"])).await, insufficient("scope", "scope a"));
    assert_eq!(
        refused(rule, &user().scopes(["a"])).await,
        insufficient("permission", "permission p")
    );
}

#[tokio::test]
async fn only_the_configured_machines_pass_an_m2m_rule() {
    let rule = Rule { m2m: true, scopes: &["a"], ..Rule::NONE };
    let machine = |id| TokenRequest::for_machine(id).scopes(["a"]);
    assert!(decided(rule, &machine("billing")).await.is_ok());
    assert!(decided(rule, &machine("reports")).await.is_ok());
    assert!(decided(rule, &machine("billing").without_claim("gty")).await.is_ok());

    for other in [
        user().scopes(["a"]),
        machine("Billing"),
        machine("other"),
        machine("billing@clients"),
        machine("billing").claim("sub", "billing"),
        machine("billing").claim("gty", "password"),
        machine("billing").claim("gty", vec!["client-credentials"]),
        machine("other").claim("azp", "billing"),
    ] {
        let (code, detail, challenge) = refused(rule, &other).await;

        assert_eq!((code.as_str(), challenge.as_str()), ("insufficient_permission", CS));
        assert_eq!(detail, "the token lacks the right of a machine client");
    }
}
