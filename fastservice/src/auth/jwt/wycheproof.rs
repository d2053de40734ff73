//! Project Wycheproof's JSON Web Signature vectors against the signature stage.

mod primitives;

use std::{env, fs, path::PathBuf};

use serde_json::{Value, json};

use super::*;

/// Valid vectors that are refused here. No invalid one may ever be accepted.
const REFUSED_ON_PURPOSE: &[(&str, &[u64])] = &[
    ("HS256: a shared secret is no key here", &[1, 348, 352, 357, 358, 359, 376, 377]),
    ("HS256, and characters that only lenient decoders skip", &[372, 373]),
    ("an empty payload is no JWT", &[259, 264, 268, 272, 320, 325]),
    ("the key's alg is PS256, the header's PS384 (RFC 7517 section 4.4)", &[346, 350]),
    ("ES512 is not supported", &[347, 351]),
];

#[test]
fn wycheproof_signatures_are_judged_as_expected() {
    let Some(vectors) = vectors() else { return };
    let groups = vectors["testGroups"].as_array().unwrap();
    let mut refused = Vec::new();
    let mut count = 0;

    for group in groups {
        let verifier = verifier(group.get("public").unwrap_or(&group["private"]));
        for test in group["tests"].as_array().unwrap() {
            count += 1;
            let number = test["tcId"].as_u64().unwrap();
            let is_valid = test["result"] == "valid";
            let jws = test["jws"].as_str().map_or_else(|| test["jws"].to_string(), str::to_owned);
            let is_accepted = verifier.as_ref().is_some_and(|v| v.verify_signature(&jws).is_ok());
            assert!(is_valid || !is_accepted, "{number} is invalid and accepted: {test}");
            if is_valid && !is_accepted {
                refused.push(number);
            }
        }
    }

    let mut on_purpose: Vec<_> = REFUSED_ON_PURPOSE.iter().flat_map(|(_, all)| *all).collect();
    on_purpose.sort();
    assert_eq!(refused.iter().collect::<Vec<_>>(), on_purpose);
    assert_eq!(vectors["numberOfTests"], count);
}

/// They are not part of the project: beside it, or where `FASTSERVICE_VECTORS` says.
fn vectors() -> Option<Value> {
    let folder = env::var_os("FASTSERVICE_VECTORS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors")),
        PathBuf::from,
    );
    let file = folder.join("json_web_signature_test.json");
    match fs::read_to_string(&file) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(error) => {
            eprintln!("NOT TESTED: no Wycheproof vectors at {}: {error}", file.display());
            None
        }
    }
}

/// `None` when the key cannot be used, and so none of its tokens is accepted.
fn verifier(key: &Value) -> Option<TokenVerifier> {
    let all = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];
    let keys = KeySet::from_json(json!({"keys": [key]}).to_string()).ok()?;
    let builder = TokenVerifier::builder().issuer("https://issuer/").audience("items").keys(keys);
    Some(builder.algorithms(all).build().unwrap())
}
