//! A small Auth0 for development and tests: it signs access tokens with a key of its own.
//!
//! Not for production: whoever reaches it gets what its clients may have.

mod client_credentials;
#[cfg(feature = "dev-issuer")]
mod routes;
mod token_request;

use std::{fmt, time::SystemTime};

use aws_lc_rs::{
    rand,
    rsa::{KeyPair, KeySize, PublicKeyComponents},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

#[cfg(all(feature = "cli", feature = "dev-issuer"))]
pub(crate) use self::routes::TOKEN_PATH;
#[cfg(all(feature = "client", feature = "dev-issuer"))]
pub(crate) use self::routes::{CLIENT_ID, CLIENT_SECRET, GRANT_PATH};
#[cfg(feature = "dev-issuer")]
pub(crate) use self::routes::{ROUTES, at};
pub use self::{
    client_credentials::{ClientCredentials, DevClient, OAuthError, TokenResponse},
    token_request::TokenRequest,
};
use crate::{
    auth::KeySet,
    error::{Error, Result},
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
///     .keys(issuer.key_set())
///     .build()?;
/// # assert_eq!(token.split('.').count(), 3);
/// # Ok(())
/// # }
/// ```
pub struct DevIssuer {
    issuer: String,
    audience: String,
    clients: Vec<DevClient>,
    kid: String,
    key: KeyPair,
    jwks: Value,
    key_set: KeySet,
}

impl DevIssuer {
    /// An issuer with a new RSA key of 2048 bits; that takes about a tenth of a second.
    ///
    /// # Errors
    /// 500 when the system gives no randomness.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Result<Self> {
        let mut kid = [0; 16];
        rand::fill(&mut kid)?;
        let kid = URL_SAFE_NO_PAD.encode(kid);
        let key = KeyPair::generate(KeySize::Rsa2048)?;
        let jwks = jwks(&kid, &key);
        Ok(Self {
            issuer: issuer.into(),
            audience: audience.into(),
            clients: Vec::new(),
            key_set: KeySet::from_json(jwks.to_string())?,
            kid,
            key,
            jwks,
        })
    }

    /// Adds a machine that may ask for tokens.
    #[must_use]
    pub fn with_client(mut self, client: DevClient) -> Self {
        self.clients.push(client);
        self
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

    /// Its JWK Set document (RFC 7517 section 5), as served at `/.well-known/jwks.json`.
    #[must_use]
    pub fn jwks(&self) -> &Value {
        &self.jwks
    }

    /// Its keys, ready for a [`TokenVerifier`](crate::auth::TokenVerifier).
    #[must_use]
    pub fn key_set(&self) -> KeySet {
        self.key_set.clone()
    }

    /// A signed access token.
    ///
    /// # Errors
    /// 500 when signing fails.
    pub fn token(&self, request: &TokenRequest) -> Result<String> {
        let header = request.header(&self.kid);
        let claims = request.claims(&self.issuer, &self.audience, SystemTime::now());
        self.sign(&Value::Object(header).to_string(), &Value::Object(claims).to_string())
    }

    /// Signs any two texts as header and payload, right or wrong: for tests of refusals.
    ///
    /// # Errors
    /// 500 when signing fails.
    pub fn sign(&self, header: &str, payload: &str) -> Result<String> {
        let (header, payload) = (URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let message = format!("{header}.{payload}");
        let mut signature = vec![0; self.key.public_modulus_len()];
        let random = rand::SystemRandom::new();
        self.key
            .sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature)
            .map_err(Error::internal)?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

impl fmt::Debug for DevIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevIssuer")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

fn jwks(kid: &str, key: &KeyPair) -> Value {
    let public = PublicKeyComponents::<Vec<u8>>::from(key.public_key());
    json!({"keys": [{
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": kid,
        "n": URL_SAFE_NO_PAD.encode(public.n),
        "e": URL_SAFE_NO_PAD.encode(public.e),
    }]})
}
