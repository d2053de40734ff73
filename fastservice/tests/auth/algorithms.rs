//! Keys and signatures of each algorithm.

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeySize, PublicKeyComponents},
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING,
        ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair,
        KeyPair, RSA_PSS_SHA256,
    },
};
use fastservice::auth::{Guard, KeySet};
use serde_json::{Value, json};

use crate::support::{ISSUER, base64url, code, guard_of, signed, user, verifier};

/// What a token of this algorithm signs.
fn message(algorithm: &str) -> String {
    let token = signed(&user().header_member("alg", algorithm).header_member("kid", "key"));
    token.rsplit_once('.').unwrap().0.to_owned()
}

fn guard(algorithms: &[&str], key: &Value) -> Guard {
    let keys = KeySet::from_json(json!({"keys": [key]}).to_string()).unwrap();
    guard_of(verifier().algorithms(algorithms.iter().copied()).keys(keys))
}

fn ec_jwk(key: &EcdsaKeyPair, curve: &str) -> Value {
    let point = &key.public_key().as_ref()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    json!({"kty": "EC", "crv": curve, "kid": "key", "x": base64url(x), "y": base64url(y)})
}

fn ec_token(key: &EcdsaKeyPair, algorithm: &str) -> String {
    let message = message(algorithm);
    let signature = key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    format!("{message}.{}", base64url(signature))
}

#[tokio::test]
async fn es256_and_es384_are_verified() {
    let curves: [(&'static EcdsaSigningAlgorithm, _, _); 2] = [
        (&ECDSA_P256_SHA256_FIXED_SIGNING, "P-256", "ES256"),
        (&ECDSA_P384_SHA384_FIXED_SIGNING, "P-384", "ES384"),
    ];
    for (signing, curve, algorithm) in curves {
        let key = EcdsaKeyPair::generate(signing).unwrap();
        let guard = guard(&["ES256", "ES384"], &ec_jwk(&key, curve));

        assert_eq!(code(&guard, &ec_token(&key, algorithm)).await, "admitted");

        let other = EcdsaKeyPair::generate(signing).unwrap();
        assert_eq!(code(&guard, &ec_token(&other, algorithm)).await, "token_signature");
        let not_of_this_curve = if algorithm == "ES256" { "ES384" } else { "ES256" };
        assert_eq!(code(&guard, &ec_token(&key, not_of_this_curve)).await, "token_key");
    }
}

#[tokio::test]
async fn es256_signatures_have_one_form() {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let guard = guard(&["ES256"], &ec_jwk(&key, "P-256"));
    let pkcs8 = key.to_pkcs8v1().unwrap();
    let asn1 = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref()).unwrap();

    assert_eq!(code(&guard, &ec_token(&asn1, "ES256")).await, "token_signature");
    let psychic = format!("{}.{}", message("ES256"), base64url([0; 64]));
    assert_eq!(code(&guard, &psychic).await, "token_signature");
}

#[tokio::test]
async fn a_point_off_the_curve_is_no_key() {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let good = ec_jwk(&key, "P-256");
    let mut off = good.clone();
    off["y"] = json!(base64url([1; 32]));

    assert!(KeySet::from_json(json!({"keys": [off]}).to_string()).is_err());
    // It does not count among those of its id.
    let both = KeySet::from_json(json!({"keys": [off, good]}).to_string()).unwrap();
    let guard = guard_of(verifier().algorithms(["ES256"]).keys(both));
    assert_eq!(code(&guard, &ec_token(&key, "ES256")).await, "admitted");
}

#[tokio::test]
async fn eddsa_is_verified_by_both_its_names() {
    let key = Ed25519KeyPair::generate().unwrap();
    let x = base64url(key.public_key());
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "kid": "key", "x": x});
    let mut named = jwk.clone();
    named["alg"] = json!("Ed25519");

    for listed in ["EdDSA", "Ed25519"] {
        for (guard, algorithm) in [
            (guard(&[listed], &jwk), "EdDSA"),
            (guard(&[listed], &jwk), "Ed25519"),
            (guard(&[listed], &named), "EdDSA"),
        ] {
            let message = message(algorithm);
            let signed_by_it =
                |text: &str| format!("{message}.{}", base64url(key.sign(text.as_bytes())));

            assert_eq!(code(&guard, &signed_by_it(&message)).await, "admitted");
            assert_eq!(code(&guard, &signed_by_it("another")).await, "token_signature");
        }
    }
    assert_eq!(code(&guard(&["RS256"], &jwk), &message("Ed25519")).await, "token_malformed");
}

#[tokio::test]
async fn ps256_is_verified_and_is_not_rs256() {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let public = PublicKeyComponents::<Vec<u8>>::from(key.public_key());
    let jwk = json!({
        "kty": "RSA", "kid": "key", "n": base64url(public.n), "e": base64url(public.e),
    });
    let guard = guard(&["RS256", "PS256"], &jwk);
    let signed_as = |algorithm: &str| {
        let message = message(algorithm);
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PSS_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
            .unwrap();
        format!("{message}.{}", base64url(signature))
    };

    assert_eq!(code(&guard, &signed_as("PS256")).await, "admitted");
    assert_eq!(code(&guard, &signed_as("RS256")).await, "token_signature");
}

#[tokio::test]
async fn the_list_of_algorithms_comes_before_the_keys() {
    let guard = guard(&["ES256"], &ISSUER.jwks()["keys"][0]);

    assert_eq!(code(&guard, &signed(&user())).await, "token_algorithm");
    assert_eq!(code(&guard, &signed(&user().header_member("alg", "ES256"))).await, "token_key");
}
