use serde_json::json;

use super::*;

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// An RSA entry; its modulus has the given size and no other merit.
fn rsa_entry(bits: usize) -> Value {
    json!({"kty": "RSA", "kid": "rsa", "n": base64url(modulus(bits)), "e": "AQAB"})
}

fn modulus(bits: usize) -> Vec<u8> {
    let mut modulus = vec![0xff; bits.div_ceil(8)];
    if !bits.is_multiple_of(8) {
        modulus[0] = (1 << (bits % 8)) - 1;
    }
    modulus
}

fn ed_entry(kid: &str) -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": base64url([7; 32])})
}

/// The base point of the curve (SP 800-186), x and y.
fn ec_entry(curve: &str) -> Value {
    let (x, y) = match curve {
        "P-256" => (
            "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
            "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
        ),
        _ => (
            "qofKIr6LBTeOscce8yCtdG4dO2KLp5uYWfdB4IJUKjhVAvJdv1UpbDpUXjhydgq3",
            "NhfeSpYmLG9dnpi_kpLcKfj0Hb0omhR86doxE7XwuMAKYLHOHX6BnXpDHXyQ6g5f",
        ),
    };
    json!({"kty": "EC", "crv": curve, "kid": "ec", "x": x, "y": y})
}

fn with(mut entry: Value, name: &str, value: impl Into<Value>) -> Value {
    entry[name] = value.into();
    entry
}

fn set(keys: impl Into<Value>) -> Result<KeySet, InvalidKeySet> {
    KeySet::from_json(json!({"keys": keys.into()}).to_string())
}

#[test]
fn keys_of_each_kind_are_read() {
    let p384 = with(ec_entry("P-384"), "kid", "p384");
    let entries = json!([rsa_entry(2048), ec_entry("P-256"), p384, ed_entry("ed")]);

    let keys = set(entries).unwrap();

    assert!(keys.select(Some("rsa"), Algorithm::RS256).is_ok());
    assert!(keys.select(Some("rsa"), Algorithm::PS512).is_ok());
    assert!(keys.select(Some("ec"), Algorithm::ES256).is_ok());
    assert!(keys.select(Some("p384"), Algorithm::ES384).is_ok());
    assert!(keys.select(Some("ed"), Algorithm::EdDSA).is_ok());
}

#[test]
fn a_document_that_is_no_set_is_refused() {
    for document in ["", "[]", "{}", r#"{"keys": {}}"#, r#"{"keys": null}"#, "<html>"] {
        assert_eq!(KeySet::from_json(document).unwrap_err(), InvalidKeySet::NoSet, "{document}");
    }
    assert_eq!(set(json!([])).unwrap_err(), InvalidKeySet::NoUsableKey);
    assert_eq!(set(vec![ed_entry("a"); 65]).unwrap_err(), InvalidKeySet::TooManyKeys);
    assert!(set(vec![ed_entry("a"); 64]).is_ok());
}

#[test]
fn an_entry_that_cannot_be_used_is_skipped_alone() {
    let unusable = [
        json!(null),
        json!("key"),
        json!({}),
        json!({"kty": "oct", "k": base64url("secret")}),
        json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"}),
        with(ed_entry("x"), "kty", 1),
        with(ed_entry("x"), "kid", 1),
        with(ed_entry("x"), "use", "enc"),
        with(ed_entry("x"), "use", "SIG"),
        with(ed_entry("x"), "key_ops", json!(["encrypt"])),
        with(ed_entry("x"), "key_ops", json!([])),
        with(ed_entry("x"), "key_ops", "verify"),
        with(ed_entry("x"), "alg", "HS256"),
        with(ed_entry("x"), "alg", "RS256"),
        with(ed_entry("x"), "alg", "none"),
        with(ed_entry("x"), "crv", "X25519"),
        with(ed_entry("x"), "x", "not base64url"),
        with(ed_entry("x"), "x", base64url([7; 31])),
        with(rsa_entry(2048), "alg", "RSA-OAEP"),
        with(rsa_entry(2048), "n", "===="),
        with(rsa_entry(2048), "n", json!(null)),
        with(rsa_entry(2048), "e", "AQ"),
        with(rsa_entry(2048), "e", "AQAA"),
        with(rsa_entry(2048), "e", "AA"),
        with(rsa_entry(2048), "e", ""),
        rsa_entry(2047),
        rsa_entry(1024),
        rsa_entry(8193),
        with(rsa_entry(2048), "n", base64url([vec![0; 128], modulus(1024)].concat())),
        with(ec_entry("P-256"), "x", base64url([7; 31])),
        with(ec_entry("P-256"), "x", base64url([7; 48])),
        // Not on the curve.
        with(ec_entry("P-256"), "x", base64url([7; 32])),
        with(ec_entry("P-384"), "y", base64url([7; 48])),
        with(ec_entry("P-256"), "crv", "P-521"),
        with(ec_entry("P-256"), "crv", "secp256k1"),
        with(ec_entry("P-256"), "y", json!(null)),
    ];
    for entry in unusable {
        assert_eq!(set(json!([entry])).unwrap_err(), InvalidKeySet::NoUsableKey, "{entry}");

        let keys = set(json!([entry, ed_entry("good")])).unwrap();
        assert_eq!(keys.keys.len(), 1, "{entry}");
        assert!(keys.select(Some("good"), Algorithm::EdDSA).is_ok(), "{entry}");
    }
}

#[test]
fn a_use_or_key_ops_for_signatures_is_accepted() {
    assert!(set(json!([with(ed_entry("a"), "use", "sig")])).is_ok());
    assert!(set(json!([with(ed_entry("a"), "key_ops", json!(["sign", "verify"]))])).is_ok());
}

#[test]
fn a_key_with_alg_serves_that_one_alone() {
    let keys = set(json!([with(rsa_entry(2048), "alg", "RS256")])).unwrap();

    assert!(keys.select(Some("rsa"), Algorithm::RS256).is_ok());
    for algorithm in [Algorithm::PS256, Algorithm::RS512, Algorithm::ES256, Algorithm::HS256] {
        assert_eq!(keys.select(Some("rsa"), algorithm).unwrap_err(), Refusal::Key);
    }
}

#[test]
fn a_kid_is_compared_whole_and_means_one_key() {
    let keys = set(json!([ed_entry("a"), ed_entry("b"), ed_entry("b"), rsa_entry(2048)])).unwrap();

    assert!(keys.select(Some("a"), Algorithm::EdDSA).is_ok());
    for kid in ["A", "", "a ", "../a", "a' OR '1'='1", "b"] {
        assert_eq!(keys.select(Some(kid), Algorithm::EdDSA).unwrap_err(), Refusal::Key, "{kid}");
    }
}

#[test]
fn without_kid_the_only_key_is_meant() {
    let one = set(json!([ed_entry("a"), with(ed_entry("b"), "use", "enc")])).unwrap();
    assert!(one.select(None, Algorithm::EdDSA).is_ok());

    let two = set(json!([ed_entry("a"), rsa_entry(2048)])).unwrap();
    assert_eq!(two.select(None, Algorithm::EdDSA).unwrap_err(), Refusal::Key);
}

#[test]
fn a_key_without_kid_is_not_meant_by_any() {
    let mut entry = ed_entry("a");
    entry.as_object_mut().unwrap().remove("kid");
    let keys = set(json!([entry])).unwrap();

    assert_eq!(keys.select(Some("a"), Algorithm::EdDSA).unwrap_err(), Refusal::Key);
    assert!(keys.select(None, Algorithm::EdDSA).is_ok());
}

#[test]
fn the_reason_of_each_skipped_entry_is_kept_for_the_warning() {
    let entries = [ed_entry("a"), json!({"kty": "oct", "k": "AA"}), json!(null), rsa_entry(1024)];

    let (keys, skipped) = sorted(&entries);

    assert_eq!(keys.len(), 1);
    assert_eq!(
        skipped,
        ["unsupported kty", "malformed entry", "RSA modulus under 2048 or over 8192 bits"]
    );
}
