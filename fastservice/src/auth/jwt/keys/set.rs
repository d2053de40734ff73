//! The issuer's public keys: a JSON Web Key Set (RFC 7517).

use std::{error::Error, fmt, slice, sync::Arc};

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, EcdsaVerificationAlgorithm, ParsedPublicKey,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto::aws_lc::DEFAULT_PROVIDER};
use serde::Deserialize;
use serde_json::Value;

use super::super::{Refusal, header::algorithm_named};

const MAX_KEYS: usize = 64;
/// RFC 7518 section 3.3; the upper bound is the backend's.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
const MAX_RSA_EXPONENT_BYTES: usize = 4;

const RSA: &[Algorithm] = &[
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];

/// The keys with which an issuer signs its tokens.
#[derive(Debug, Clone)]
pub struct KeySet {
    keys: Vec<Arc<Key>>,
}

impl KeySet {
    /// Reads a JWK Set document.
    ///
    /// Entries are read each alone: those that cannot check a signature here (another `kty`
    /// or curve, `use` or `key_ops` for encryption, RSA under 2048 bits, malformed ones) are
    /// skipped, with one warning for the document.
    ///
    /// # Errors
    /// No set, more than 64 entries, or no entry that can be used.
    pub fn from_json(document: impl AsRef<[u8]>) -> Result<Self, InvalidKeySet> {
        let (keys, skipped) = Self::read(document.as_ref())?;
        if !skipped.is_empty() {
            tracing::warn!(
                used = keys.len(),
                skipped = skipped.len(),
                reasons = skipped.join(", "),
                "keys of the issuer cannot be used"
            );
        }
        Ok(keys)
    }

    /// The keys that can be used, and why each of the other entries cannot.
    pub(super) fn read(document: &[u8]) -> Result<(Self, Vec<&'static str>), InvalidKeySet> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }

        let Document { keys: entries } =
            serde_json::from_slice(document).map_err(|_| InvalidKeySet::NoSet)?;
        if entries.len() > MAX_KEYS {
            return Err(InvalidKeySet::TooManyKeys);
        }
        let (keys, skipped) = sorted(&entries);
        if keys.is_empty() { Err(InvalidKeySet::NoUsableKey) } else { Ok((Self { keys }, skipped)) }
    }

    /// The one key that the header means; it must fit the algorithm.
    pub(in crate::auth::jwt) fn select(
        &self,
        kid: Option<&str>,
        alg: Algorithm,
    ) -> Result<&Arc<Key>, Refusal> {
        let is_meant = |key: &&Arc<Key>| kid.is_none() || key.kid.as_deref() == kid;
        let mut meant = self.keys.iter().filter(is_meant);
        match (meant.next(), meant.next()) {
            (Some(key), None) if key.algorithms.contains(&alg) => Ok(key),
            _ => Err(Refusal::Key),
        }
    }

    /// Whether a key has this id.
    pub(super) fn has(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid.as_deref() == Some(kid))
    }

    /// Whether both hold the very same keys.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.len() == other.len() && self.keys.iter().all(|key| other.holds(key))
    }

    /// How many keys can be used.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether this very key is in the set.
    pub(in crate::auth::jwt) fn holds(&self, key: &Arc<Key>) -> bool {
        self.keys.iter().any(|held| Arc::ptr_eq(held, key))
    }

    /// This set, with the very keys of `old` where nothing about them has changed.
    pub(super) fn keeping(mut self, old: &Self) -> Self {
        for key in &mut self.keys {
            if let Some(same) = old.keys.iter().find(|old| old.entry == key.entry) {
                *key = Arc::clone(same);
            }
        }
        self
    }
}

/// The keys that can be used, and why each of the other entries cannot.
fn sorted(entries: &[Value]) -> (Vec<Arc<Key>>, Vec<&'static str>) {
    let mut keys = Vec::with_capacity(entries.len());
    let mut skipped = Vec::new();
    for entry in entries {
        match Key::from_entry(entry) {
            Ok(key) => keys.push(Arc::new(key)),
            Err(reason) => skipped.push(reason),
        }
    }
    (keys, skipped)
}

/// Why a document is no key set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidKeySet {
    /// It is not a JSON object with a list `keys`.
    NoSet,
    /// It has more than 64 entries.
    TooManyKeys,
    /// None of its entries can check a signature here.
    NoUsableKey,
}

impl fmt::Display for InvalidKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSet => "the document is not a JSON object with a list `keys`",
            Self::TooManyKeys => "the key set has more than 64 keys",
            Self::NoUsableKey => "the key set has no key that can check a signature",
        })
    }
}

impl Error for InvalidKeySet {}

/// One public key and what it may be used for.
#[derive(Debug)]
pub(in crate::auth::jwt) struct Key {
    kid: Option<String>,
    /// As it was published, by which keys are told apart.
    entry: Jwk,
    algorithms: &'static [Algorithm],
    material: DecodingKey,
}

impl Key {
    /// Checks the signature over `message`, header and payload as they were sent.
    pub(in crate::auth::jwt) fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &str,
    ) -> Result<(), Refusal> {
        // One that does not decode is a cut one.
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refusal::Signature)?;
        let verifier = (DEFAULT_PROVIDER.verifier_factory)(&algorithm, &self.material);
        let verifier = verifier.map_err(|_| Refusal::Key)?;
        verifier.verify(message, &signature).map_err(|_| Refusal::Signature)
    }

    fn from_entry(entry: &Value) -> Result<Self, &'static str> {
        let jwk = Jwk::deserialize(entry).map_err(|_| "malformed entry")?;
        let (entry, kid) = (jwk.clone(), jwk.kid.clone());
        if jwk.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Err("not for signatures (use)");
        }
        if jwk.key_ops.is_some_and(|ops| !ops.iter().any(|op| op == "verify")) {
            return Err("not for signatures (key_ops)");
        }
        let (family, material) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => (RSA, rsa(&decoded(jwk.n)?, &decoded(jwk.e)?)?),
            ("EC", Some("P-256")) => (
                &[Algorithm::ES256][..],
                ec(&decoded(jwk.x)?, &decoded(jwk.y)?, 32, &ECDSA_P256_SHA256_FIXED)?,
            ),
            ("EC", Some("P-384")) => (
                &[Algorithm::ES384][..],
                ec(&decoded(jwk.x)?, &decoded(jwk.y)?, 48, &ECDSA_P384_SHA384_FIXED)?,
            ),
            ("OKP", Some("Ed25519")) => (&[Algorithm::EdDSA][..], ed25519(&decoded(jwk.x)?)?),
            ("EC" | "OKP", _) => return Err("unsupported curve"),
            // `oct` too: a shared secret in a public document protects nothing.
            _ => return Err("unsupported kty"),
        };
        let algorithms = match &jwk.alg {
            None => family,
            Some(name) => {
                let algorithm = algorithm_named(name).ok_or("unsupported alg")?;
                let fitting = family.iter().find(|member| **member == algorithm);
                slice::from_ref(fitting.ok_or("alg does not fit kty and crv")?)
            }
        };
        Ok(Self { kid, entry, algorithms, material })
    }
}

/// The members of an entry that are read (RFC 7517 section 4, RFC 7518 section 6).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

fn decoded(member: Option<String>) -> Result<Vec<u8>, &'static str> {
    let member = member.ok_or("a member of the key is missing")?;
    URL_SAFE_NO_PAD.decode(member).map_err(|_| "a member of the key is not base64url")
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<DecodingKey, &'static str> {
    let (modulus, exponent) = (without_leading_zeros(modulus), without_leading_zeros(exponent));
    let unused_bits = modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
    if !RSA_BITS.contains(&(modulus.len() * 8 - unused_bits)) {
        return Err("RSA modulus under 2048 or over 8192 bits");
    }
    let is_odd = exponent.last().is_some_and(|byte| byte % 2 == 1);
    if !is_odd || exponent == [1] || exponent.len() > MAX_RSA_EXPONENT_BYTES {
        return Err("RSA exponent out of range");
    }
    Ok(DecodingKey::from_rsa_raw_components(modulus, exponent))
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.split_at(zeros).1
}

fn ec(
    x: &[u8],
    y: &[u8],
    coordinate_bytes: usize,
    curve: &'static EcdsaVerificationAlgorithm,
) -> Result<DecodingKey, &'static str> {
    const UNCOMPRESSED: u8 = 4;
    if x.len() != coordinate_bytes || y.len() != coordinate_bytes {
        return Err("a coordinate's length does not fit the curve");
    }
    let point = [&[UNCOMPRESSED], x, y].concat();
    ParsedPublicKey::new(curve, &point).map_err(|_| "the point is not on the curve")?;
    Ok(DecodingKey::from_ec_der(&point))
}

fn ed25519(x: &[u8]) -> Result<DecodingKey, &'static str> {
    const KEY_BYTES: usize = 32;
    if x.len() == KEY_BYTES { Ok(DecodingKey::from_ed_der(x)) } else { Err("wrong key length") }
}

#[cfg(test)]
mod tests;
