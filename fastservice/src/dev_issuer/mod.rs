//! A small Auth0 for development and tests: it signs access tokens with a key of its own.
//!
//! Not for production: whoever reaches it gets what its users and clients may have.

mod keys;
#[cfg(feature = "dev-issuer")]
mod tenant;
mod token_request;

use std::time::SystemTime;

use serde_json::Value;

use self::keys::Keys;
#[cfg(all(feature = "dev-issuer", feature = "docs"))]
pub(crate) use self::tenant::DOCS;
#[cfg(all(feature = "client", feature = "dev-issuer"))]
pub(crate) use self::tenant::MACHINE;
#[cfg(feature = "dev-issuer")]
pub(crate) use self::tenant::{AUTHORIZE_PATH, Directory, GRANT_PATH, ROUTES, Rights, Tenant};
#[cfg(all(feature = "cli", feature = "dev-issuer"))]
pub(crate) use self::tenant::{ROTATE_PATH, TOKEN_PATH};
pub use self::token_request::TokenRequest;
use crate::{
    auth::{KeySet, SharedKeySet},
    error::Result,
};

/// An issuer of access tokens in the shape of Auth0's, for one audience.
///
/// Its key is made when it is, so tokens do not outlive it.
///
/// ```
/// use fastservice::{auth::TokenVerifier, dev_issuer::{DevIssuer, TokenRequest}};
///
/// # fn main() -> Result<(), fastservice::Error> {
/// let issuer = DevIssuer::new("http://localhost:8081/", "https://items.example.com")?;
/// let token = issuer.token(&TokenRequest::new("auth0|ali").scopes(["read:items"]))?;
/// let verifier = TokenVerifier::builder()
///     .issuer(issuer.issuer())
///     .accept_http_on_loopback()
///     .audience(issuer.audience())
///     .keys(issuer.shared_key_set())
///     .build()?;
/// # assert_eq!(token.split('.').count(), 3);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct DevIssuer {
    issuer: String,
    audience: String,
    keys: Keys,
}

impl DevIssuer {
    /// An issuer with a new RSA key of 2048 bits; that takes about a tenth of a second.
    ///
    /// # Errors
    /// 500 when the system gives no randomness.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Result<Self> {
        Ok(Self { issuer: issuer.into(), audience: audience.into(), keys: Keys::new()? })
    }

    /// The `iss` of its tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The `aud` of its tokens.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Its JWK Set document (RFC 7517 section 5), as served at `/.well-known/jwks.json`:
    /// the key that signs, then the one before it.
    #[must_use]
    pub fn jwks(&self) -> Value {
        self.keys.jwks()
    }

    /// Its keys as they are now, ready for a [`TokenVerifier`](crate::auth::TokenVerifier).
    #[must_use]
    pub fn key_set(&self) -> KeySet {
        self.keys.key_set()
    }

    /// Its keys, which follow [`rotate`](Self::rotate).
    #[must_use]
    pub fn shared_key_set(&self) -> SharedKeySet {
        self.keys.shared().clone()
    }

    /// Signs with a new key from now on. Tokens of the key before stay valid until the next
    /// rotation. Making the key takes about a tenth of a second.
    ///
    /// ```
    /// # use fastservice::dev_issuer::DevIssuer;
    /// # fn main() -> Result<(), fastservice::Error> {
    /// let issuer = DevIssuer::new("http://localhost:8081/", "items")?;
    /// let before = issuer.jwks()["keys"][0].clone();
    /// issuer.rotate()?;
    /// assert_eq!(issuer.jwks()["keys"][1], before);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// 500 when the system gives no randomness; then nothing has changed.
    pub fn rotate(&self) -> Result<()> {
        self.keys.rotate()
    }

    /// A signed access token.
    ///
    /// # Errors
    /// 500 when signing fails.
    pub fn token(&self, request: &TokenRequest) -> Result<String> {
        let signer = self.keys.signer();
        let header = request.header(signer.kid());
        let claims = request.claims(&self.issuer, &self.audience, SystemTime::now());
        signer.sign(&Value::Object(header).to_string(), &Value::Object(claims).to_string())
    }

    /// Signs any two texts as header and payload, right or wrong: for tests of refusals.
    ///
    /// # Errors
    /// 500 when signing fails.
    pub fn sign(&self, header: &str, payload: &str) -> Result<String> {
        self.keys.signer().sign(header, payload)
    }
}
