//! The default authenticator: signed JWT access tokens (RFC 7519, RFC 8725, RFC 9068).
//!
//! `jsonwebtoken` checks the signature and nothing else: it leaves `crit`, `typ`, `iat`,
//! missing and oddly typed claims and repeated members to its caller, so header and claims
//! are read here. Its provider is named at each use, so that no other crate of the build can
//! change or unset a process-wide one.

mod builder;
mod expected;
mod header;
mod jwks;
mod object;
mod refusal;
mod shared;
#[cfg(test)]
mod wycheproof;

use std::time::SystemTime;

pub use self::{
    builder::TokenVerifierBuilder,
    jwks::{InvalidKeySet, KeySet},
    shared::SharedKeySet,
};
use self::{expected::Expected, header::HeaderRule, refusal::Refusal};
use super::{Authentication, Authenticator};
use crate::{claims::Claims, error::Error};

/// Verifies JWT access tokens against one issuer's keys.
///
/// ```
/// use fastservice::auth::{Guard, KeySet, TokenVerifier};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let keys = KeySet::from_json(
///     r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "1",
///         "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
/// )?;
/// let verifier = TokenVerifier::builder()
///     .issuer("https://example.eu.auth0.com/")
///     .audience("https://items.example.com")
///     .algorithms(["EdDSA"])
///     .keys(keys)
///     .build()?;
/// let guard = Guard::new("items", &["machine-client-id"])?.with_authenticator(verifier);
/// # assert!(guard.has_authenticator());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TokenVerifier {
    headers: HeaderRule,
    keys: SharedKeySet,
    expected: Expected,
}

impl TokenVerifier {
    /// Starts a verifier: issuer, audience and keys must be given, the rest has defaults.
    pub fn builder() -> TokenVerifierBuilder {
        TokenVerifierBuilder::default()
    }

    /// The claims of the token as of `now`.
    fn verify(&self, token: &str, now: SystemTime) -> Result<Claims, Refusal> {
        let payload = self.verify_signature(token)?;
        self.expected.check(object::decode(payload)?, now)
    }

    /// The token's payload, still encoded: it is not read before the signature held.
    fn verify_signature<'t>(&self, token: &'t str) -> Result<&'t str, Refusal> {
        let parts = Parts::split(token)?;
        let header = self.headers.check(object::decode(parts.header)?)?;
        let keys = self.keys.current();
        let key = keys.select(header.kid.as_deref(), header.algorithm)?;
        key.verify(header.algorithm, parts.message, parts.signature)?;
        Ok(parts.payload)
    }
}

impl Authenticator for TokenVerifier {
    fn authenticate<'a>(&'a self, token: &'a str) -> Authentication<'a> {
        Authentication::ready(self.verify(token, SystemTime::now()).map_err(Error::from))
    }
}

/// The compact form of a JWS (RFC 7515 section 7.1).
struct Parts<'t> {
    /// Header and payload as signed.
    message: &'t str,
    header: &'t str,
    payload: &'t str,
    signature: &'t str,
}

impl<'t> Parts<'t> {
    fn split(token: &'t str) -> Result<Self, Refusal> {
        let (message, signature) = token.rsplit_once('.').ok_or(Refusal::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(Refusal::Malformed)?;
        // The signature may be empty: such a token is unsigned, not malformed.
        let is_whole = !header.is_empty() && !payload.is_empty() && !payload.contains('.');
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !is_whole || !token.bytes().all(|byte| byte == b'.' || is_base64url(byte)) {
            return Err(Refusal::Malformed);
        }
        Ok(Self { message, header, payload, signature })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_three_parts_of_base64url() {
        for token in ["", ".", "..", "a.b", "a.b.c.d", ".b.c", "a..c", "a=.b.c", "a.b.c=", "a+.b.c"]
        {
            assert_eq!(Parts::split(token).err(), Some(Refusal::Malformed), "{token}");
        }
    }

    #[test]
    fn a_token_without_signature_still_has_its_parts() {
        let parts = Parts::split("a.b.").unwrap();

        assert_eq!((parts.message, parts.header, parts.payload), ("a.b", "a", "b"));
        assert_eq!(parts.signature, "");
    }
}
