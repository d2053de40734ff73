//! One issuer, and guards that trust it.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use fastservice::{
    Result,
    auth::{Access, Guard, Rule, TokenVerifier, TokenVerifierBuilder},
    claims::Claims,
    dev_issuer::{DevIssuer, TokenRequest},
};
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};

pub(crate) const PRIVATE: Access = Access::Private(Rule::NONE);

/// Making its key is slow.
pub(crate) static ISSUER: LazyLock<DevIssuer> =
    LazyLock::new(|| DevIssuer::new("https://issuer.test/", "https://items.test").unwrap());

pub(crate) fn verifier() -> TokenVerifierBuilder {
    TokenVerifier::builder()
        .issuer(ISSUER.issuer())
        .audience(ISSUER.audience())
        .keys(ISSUER.key_set())
}

pub(crate) fn guard_of(verifier: TokenVerifierBuilder) -> Guard {
    Guard::new("items", &["billing", "reports@clients"])
        .unwrap()
        .with_authenticator(verifier.build().unwrap())
}

pub(crate) fn guard() -> Guard {
    guard_of(verifier())
}

pub(crate) fn user() -> TokenRequest {
    TokenRequest::new("auth0|ali")
}

pub(crate) fn signed(request: &TokenRequest) -> String {
    ISSUER.token(request).unwrap()
}

pub(crate) fn headers(values: &[impl AsRef<[u8]>]) -> HeaderMap {
    let values = values.iter().map(|value| HeaderValue::from_bytes(value.as_ref()).unwrap());
    values.map(|value| (AUTHORIZATION, value)).collect()
}

pub(crate) fn bearer(token: &str) -> HeaderMap {
    headers(&[format!("Bearer {token}")])
}

pub(crate) async fn admitted(guard: &Guard, token: &str) -> Result<Option<Claims>> {
    guard.admit(&PRIVATE, &bearer(token)).await
}

/// The code of the refusal, or `admitted`.
pub(crate) async fn code(guard: &Guard, token: &str) -> String {
    let decision = admitted(guard, token).await;
    decision.map_or_else(|error| error.code().to_owned(), |_| "admitted".to_owned())
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
