//! Its keys: one signs, and the one before it is still published.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use aws_lc_rs::{
    rand,
    rsa::{KeyPair, KeySize, PublicKeyComponents},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    auth::{KeySet, SharedKeySet},
    error::{Error, Result},
};

/// A key pair of RSA, and its name.
pub(super) struct SigningKey {
    kid: String,
    pair: KeyPair,
}

impl SigningKey {
    /// A new one of 2048 bits; that takes about a tenth of a second.
    fn generate() -> Result<Self> {
        let mut kid = [0; 16];
        rand::fill(&mut kid)?;
        let pair = KeyPair::generate(KeySize::Rsa2048)?;
        Ok(Self { kid: URL_SAFE_NO_PAD.encode(kid), pair })
    }

    pub(super) fn kid(&self) -> &str {
        &self.kid
    }

    /// Signs two texts as header and payload (RFC 7515 section 7.1).
    pub(super) fn sign(&self, header: &str, payload: &str) -> Result<String> {
        let (header, payload) = (URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let message = format!("{header}.{payload}");
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = rand::SystemRandom::new();
        self.pair
            .sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature)
            .map_err(Error::internal)?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn jwk(&self) -> Value {
        let public = PublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": URL_SAFE_NO_PAD.encode(public.n),
            "e": URL_SAFE_NO_PAD.encode(public.e),
        })
    }
}

/// The key that signs, and the document that says so.
struct Ring {
    signer: Arc<SigningKey>,
    /// The signer's first, then that of the one before.
    published: Vec<Value>,
    key_set: KeySet,
}

/// The keys of an issuer over time.
pub(super) struct Keys {
    ring: RwLock<Ring>,
    shared: SharedKeySet,
}

impl Keys {
    pub(super) fn new() -> Result<Self> {
        let signer = SigningKey::generate()?;
        let published = vec![signer.jwk()];
        let key_set = key_set(&published)?;
        let shared = SharedKeySet::new(key_set.clone());
        let ring = RwLock::new(Ring { signer: Arc::new(signer), published, key_set });
        Ok(Self { ring, shared })
    }

    pub(super) fn signer(&self) -> Arc<SigningKey> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).signer.clone()
    }

    pub(super) fn jwks(&self) -> Value {
        json!({"keys": self.ring.read().unwrap_or_else(PoisonError::into_inner).published})
    }

    pub(super) fn key_set(&self) -> KeySet {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).key_set.clone()
    }

    pub(super) fn shared(&self) -> &SharedKeySet {
        &self.shared
    }

    /// Signs with a new key from now on. Tokens of the one before stay valid, those of the
    /// one before that do not.
    pub(super) fn rotate(&self) -> Result<()> {
        // Outside of the lock, as it takes long.
        let next = SigningKey::generate()?;
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        let published: Vec<_> =
            std::iter::once(next.jwk()).chain(ring.published.first().cloned()).collect();
        // Known before it signs, so that no token comes before its key.
        let key_set = key_set(&published)?;
        self.shared.replace(key_set.clone());
        *ring = Ring { signer: Arc::new(next), published, key_set };
        Ok(())
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("kid", &self.signer().kid).finish_non_exhaustive()
    }
}

fn key_set(published: &[Value]) -> Result<KeySet> {
    Ok(KeySet::from_json(json!({"keys": published}).to_string())?)
}
