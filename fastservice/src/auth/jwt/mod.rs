//! The default authenticator: signed JWT access tokens (RFC 7519, RFC 8725, RFC 9068).
//!
//! `jsonwebtoken` checks the signature and nothing else: it leaves `crit`, `typ`, `iat`,
//! missing and oddly typed claims and repeated members to its caller, so header and claims
//! are read here. Its provider is named at each use, so that no other crate of the build can
//! change or unset a process-wide one.

mod builder;
mod expected;
mod header;
mod issuers;
mod keys;
mod object;
#[cfg(feature = "dev-issuer")]
mod own_issuer;
#[cfg(test)]
mod wycheproof;

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

pub use self::{
    builder::TokenVerifierBuilder,
    issuers::TokenVerifiers,
    keys::{InvalidKeySet, KeySet, SharedKeySet},
};
use self::{
    expected::Expected,
    header::{Header, HeaderRule},
    keys::{FetchedKeys, Key, Keys},
};
use super::{
    Authentication, Authenticator, CacheCounts,
    cache::{Known, TokenCache},
    refusal::{Refusal, refused},
    unavailable,
};
use crate::{
    claims::Claims,
    error::{Error, Result as Answer},
};

/// After this a token is verified again, whatever it says about itself.
const LONGEST_LIFE: Duration = Duration::from_secs(5 * 60);

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
    keys: Keys,
    expected: Expected,
    cache: Option<TokenCache<Verification>>,
}

impl TokenVerifier {
    /// Starts a verifier: issuer and audience must be given, the rest has defaults.
    pub fn builder() -> TokenVerifierBuilder {
        TokenVerifierBuilder::default()
    }

    /// Who the token speaks for, if it was verified before.
    fn remembered(&self, token: &str, now: SystemTime) -> Option<Claims> {
        let keys = self.keys.current();
        let keys = keys.as_ref()?;
        let cache = self.cache.as_ref()?;
        cache.find(token, now, self.expected.leeway, |verification| verification.holds(keys, now))
    }

    /// Decides about a token that is not remembered.
    fn check<'a>(&'a self, token: &'a str, now: SystemTime) -> Authentication<'a> {
        if let Some(cache) = &self.cache {
            cache.missed();
        }
        match (self.verify(token, now), &self.keys) {
            (Err(Refusal::Key), Keys::Fetched(keys)) => {
                Authentication::pending(self.verify_with_news(keys, token))
            }
            (decision, _) => Authentication::ready(decision.map_err(refused)),
        }
    }

    /// As [`verify`](Self::verify), after the issuer was asked for the token's key where that
    /// may help.
    async fn verify_with_news(&self, keys: &FetchedKeys, token: &str) -> Answer<Claims> {
        let header = self.header(&Parts::split(token)?)?;
        let learned = keys.learn(header.kid.as_deref()).await;
        learned.map_err(|unknown| unavailable(unknown.retry_after))?;
        self.verify(token, SystemTime::now()).map_err(refused)
    }

    /// The claims of the token as of `now`, by the keys that are there.
    fn verify(&self, token: &str, now: SystemTime) -> Result<Claims, Refusal> {
        let Signed { key, kid, payload } = self.verify_signature(token)?;
        let payload = object::decode(payload)?;
        let approved = self.expected.check(&payload, now).inspect_err(|refusal| {
            // Quoted and escaped, as who signs tokens may still put anything into them.
            let claim = |name: &str| payload.get(name).map(ToString::to_string);
            let (code, kid) = (refusal.code(), kid.map(|kid| format!("{kid:?}")));
            tracing::info!(
                code,
                kid,
                iss = claim("iss"),
                sub = claim("sub"),
                "a signed token is refused"
            );
        })?;
        let times = approved.times;
        let claims = approved.into_claims(payload);
        if let Some(cache) = &self.cache {
            let proof = Verification { key, at: now };
            cache.remember(token, Known { claims: claims.clone(), times, proof });
        }
        Ok(claims)
    }

    /// The token's payload, still encoded: it is not read before the signature held.
    fn verify_signature<'t>(&self, token: &'t str) -> Result<Signed<'t>, Refusal> {
        let parts = Parts::split(token)?;
        let header = self.header(&parts)?;
        let keys = self.keys.current();
        let keys = keys.as_ref().ok_or(Refusal::Key)?;
        let key = keys.select(header.kid.as_deref(), header.algorithm)?;
        key.verify(header.algorithm, parts.message.as_bytes(), parts.signature)?;
        Ok(Signed { key: key.clone(), kid: header.kid, payload: parts.payload })
    }

    fn header(&self, parts: &Parts<'_>) -> Result<Header, Refusal> {
        self.headers.check(object::decode(parts.header)?)
    }
}

/// When a token was verified, and with which key.
#[derive(Debug)]
struct Verification {
    key: Arc<Key>,
    at: SystemTime,
}

impl Verification {
    /// Whether the key is still in the set, and the verification not too long ago.
    fn holds(&self, keys: &KeySet, now: SystemTime) -> bool {
        // A clock that was set back makes the age an error.
        let is_young = now.duration_since(self.at).is_ok_and(|age| age < LONGEST_LIFE);
        is_young && keys.holds(&self.key)
    }
}

/// A token whose signature held.
struct Signed<'t> {
    key: Arc<Key>,
    kid: Option<String>,
    payload: &'t str,
}

impl Authenticator for TokenVerifier {
    fn authenticate<'a>(&'a self, token: &'a str) -> Authentication<'a> {
        let now = SystemTime::now();
        match self.remembered(token, now) {
            Some(claims) => Authentication::ready(Ok(claims)),
            None => self.check(token, now),
        }
    }

    fn start(&self) {
        if let Keys::Fetched(keys) = &self.keys {
            keys.start();
        }
    }

    fn readiness(&self) -> Answer<()> {
        match self.keys.current().as_ref() {
            Some(_) => Ok(()),
            None => Err(Error::unavailable("the keys of the tokens' issuer are not loaded")),
        }
    }

    fn cache_counts(&self) -> Option<CacheCounts> {
        self.cache.as_ref().map(TokenCache::counts)
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
