//! Discovery, and several issuers at once.

use fastservice::{
    auth::{Access, Guard, Rule, TokenVerifiers},
    dev_issuer::TokenRequest,
};
use serde_json::json;

use crate::{
    support::{PRIVATE, bearer, code, guard_of, user},
    tenant::{Tenant, assert_unavailable, refusal},
};

fn document(tenant: &Tenant) -> serde_json::Value {
    json!({"issuer": tenant.issuer(), "jwks_uri": tenant.jwks_url()})
}

#[tokio::test]
async fn an_issuer_says_where_its_keys_are() {
    let tenant = Tenant::start().await;
    tenant.describes_itself(document(&tenant)).await;

    let guard = guard_of(tenant.discovering());

    assert_eq!(code(&guard, &tenant.token()).await, "admitted");
}

#[tokio::test]
async fn a_document_that_is_not_the_issuers_is_not_believed() {
    let other = Tenant::start().await;
    let of_another = json!({"issuer": other.issuer(), "jwks_uri": other.jwks_url()});
    let documents = |tenant: &Tenant| {
        [
            of_another.clone(),
            json!({"issuer": tenant.issuer(), "jwks_uri": "http://keys.test/jwks"}),
            json!({"issuer": tenant.issuer(), "jwks_uri": "file:///etc/passwd"}),
            json!({"issuer": tenant.issuer()}),
            json!([]),
        ]
    };
    for index in 0..5 {
        let tenant = Tenant::start().await;
        tenant.describes_itself(documents(&tenant)[index].clone()).await;

        let guard = guard_of(tenant.discovering());

        assert_unavailable(&refusal(&guard, &tenant.token()).await);
    }
    assert_eq!(other.times_asked().await, 0);
}

#[tokio::test]
async fn each_issuers_tokens_are_checked_by_its_own_keys() {
    let (one, two, stranger) =
        (Tenant::start().await, Tenant::start().await, Tenant::start().await);
    let verifiers = [&one, &two].map(|tenant| tenant.verifier().build().unwrap());
    let guard = Guard::new("items", &[""; 0])
        .unwrap()
        .with_authenticator(TokenVerifiers::new(verifiers).unwrap());

    for tenant in [&one, &two] {
        for _ in 0..2 {
            assert_eq!(code(&guard, &tenant.token()).await, "admitted");
        }
    }
    assert_eq!(code(&guard, &stranger.token()).await, "token_issuer");
    assert_eq!(stranger.times_asked().await, 0);
    // Signed by one in the name of the other.
    let forged = one.signer.token(&user().claim("iss", two.issuer())).unwrap();
    assert_eq!(code(&guard, &forged).await, "token_key");
    assert_eq!(code(&guard, "a.b").await, "token_malformed");
    let unsigned = crate::support::base64url(r#"{"alg":"none"}"#);
    assert_eq!(code(&guard, &format!("{unsigned}.e30.")).await, "token_algorithm");
    assert!(guard.readiness().is_ok());
}

#[tokio::test]
async fn one_issuer_that_is_away_does_not_harm_the_other() {
    let (up, down) = (Tenant::start().await, Tenant::without_keys().await);
    let verifiers = [&up, &down].map(|tenant| tenant.verifier().build().unwrap());
    let guard = Guard::new("items", &[""; 0])
        .unwrap()
        .with_authenticator(TokenVerifiers::new(verifiers).unwrap());

    assert_unavailable(&refusal(&guard, &down.token()).await);
    assert!(guard.admit(&PRIVATE, &bearer(&up.token())).await.is_ok());
    assert!(guard.readiness().is_ok());
}

#[tokio::test]
async fn two_verifiers_of_one_issuer_are_a_mistake() {
    let tenant = Tenant::start().await;
    let twice = [tenant.verifier().build().unwrap(), tenant.verifier().build().unwrap()];

    assert!(TokenVerifiers::new(twice).unwrap_err().to_string().contains("given twice"));
    assert!(TokenVerifiers::new([]).unwrap_err().to_string().contains("no verifier"));
}

#[tokio::test]
async fn machines_are_those_of_one_issuer() {
    let (tenant, partner) = (Tenant::start().await, Tenant::start().await);
    let verifiers = [&tenant, &partner].map(|tenant| tenant.verifier().build().unwrap());
    let guard = Guard::new("items", &["billing"])
        .unwrap()
        .machines_of(tenant.issuer())
        .with_authenticator(TokenVerifiers::new(verifiers).unwrap());
    let machines = Access::Private(Rule { m2m: true, ..Rule::NONE });
    let of = |tenant: &Tenant| tenant.signer.token(&TokenRequest::for_machine("billing")).unwrap();

    assert!(guard.admit(&machines, &bearer(&of(&tenant))).await.is_ok());
    let refused = guard.admit(&machines, &bearer(&of(&partner))).await.unwrap_err();
    assert_eq!(refused.code(), "insufficient_permission");
}
