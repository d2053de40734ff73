//! Any JWK set, and tokens of each kind of key checked by it.
#![no_main]

use std::{
    pin::pin,
    task::{Context, Waker},
};

use fastservice::auth::{Authenticator, KeySet, TokenVerifier};
use libfuzzer_sys::fuzz_target;

const TOKENS: &str = include_str!("../../tests/fixtures/authorization/known.txt");

fuzz_target!(|document: &[u8]| {
    let Ok(keys) = KeySet::from_json(document) else { return };
    let verifier = TokenVerifier::builder()
        .issuer("https://issuer.test/")
        .audience("https://items.test")
        .algorithms(["EdDSA", "RS256", "ES256"])
        .keys(keys)
        .build()
        .unwrap();
    for token in TOKENS.lines() {
        let decision = pin!(verifier.authenticate(token));
        assert!(decision.poll(&mut Context::from_waker(Waker::noop())).is_ready());
    }
});
