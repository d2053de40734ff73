//! Tokens that were verified before are as valid as those that are checked anew.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fastservice::{
    auth::{Authenticator, KeySet, SharedKeySet, TokenVerifier, TokenVerifierBuilder},
    dev_issuer::{DevIssuer, TokenRequest},
};
use serde_json::json;

use crate::{
    support::{ISSUER, signed, user, verifier},
    tenant::eventually,
};

fn build(builder: TokenVerifierBuilder) -> TokenVerifier {
    builder.build().unwrap()
}

async fn code(verifier: &TokenVerifier, token: &str) -> String {
    match verifier.authenticate(token).await {
        Ok(_) => "admitted".to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

/// Hits, misses, entries.
fn counts(verifier: &TokenVerifier) -> (u64, u64, u64) {
    let counts = verifier.cache_counts().unwrap();
    (counts.hits, counts.misses, counts.entries)
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

#[tokio::test]
async fn a_verified_token_is_remembered_with_all_it_says() {
    let verifier = build(verifier());
    let token = signed(&user().scopes(["read"]).claim("https://items/tier", "gold"));

    for _ in 0..3 {
        let claims = verifier.authenticate(&token).await.unwrap();
        assert!(claims.has_scope("read"));
        assert_eq!(claims.get::<String>("https://items/tier").unwrap(), "gold");
    }

    assert_eq!(counts(&verifier), (2, 1, 1));
}

#[tokio::test]
async fn refused_tokens_are_not_remembered() {
    let verifier = build(verifier());
    for token in [signed(&user().claim("aud", "other")), "a.b.c".to_owned(), String::new()] {
        for _ in 0..2 {
            assert_ne!(code(&verifier, &token).await, "admitted");
        }
    }
    assert_eq!(counts(&verifier), (0, 6, 0));
}

#[tokio::test]
async fn a_token_that_is_nearly_a_remembered_one_is_another() {
    let verifier = build(verifier());
    let token = signed(&user());
    assert_eq!(code(&verifier, &token).await, "admitted");

    let end = token.len() - 1;
    for cut in [&token[..end], &token[1..], &token[..=token.rfind('.').unwrap()]] {
        assert_ne!(code(&verifier, cut).await, "admitted");
    }
    for index in (0..token.len()).step_by(7) {
        let mut other = token.clone().into_bytes();
        other[index] = if other[index] == b'A' { b'B' } else { b'A' };
        let other = String::from_utf8(other).unwrap();
        assert_ne!(code(&verifier, &other).await, "admitted", "byte {index}");
    }
}

#[tokio::test]
async fn a_remembered_token_ends_when_it_says_and_the_leeway_counts_once() {
    let verifier = build(verifier().leeway(Duration::from_secs(2)));
    let ends = now() - 1.0;
    let token = signed(&user().claim("exp", ends));
    assert_eq!(code(&verifier, &token).await, "admitted");

    eventually(async || code(&verifier, &token).await == "token_expired").await;

    let late = now() - (ends + 2.0);
    assert!((0.0..1.0).contains(&late), "it ended {late} seconds late");
    assert_eq!(verifier.cache_counts().unwrap().entries, 0);
}

#[tokio::test]
async fn all_tokens_of_a_key_end_with_it() {
    let (old, new) = (issuer(), issuer());
    let keys = SharedKeySet::new(old.key_set());
    let verifier = build(verifier().keys(keys.clone()));
    let token = old.token(&user()).unwrap();
    assert_eq!(code(&verifier, &token).await, "admitted");

    keys.replace(both(&old, &new));
    assert_eq!(code(&verifier, &token).await, "admitted");
    assert_eq!(counts(&verifier).0, 1, "a key that was added forgets nobody");

    keys.replace(new.key_set());
    assert_eq!(code(&verifier, &token).await, "token_key");
}

#[tokio::test]
async fn a_key_id_with_another_key_is_another_key() {
    let (old, new) = (issuer(), issuer());
    let keys = SharedKeySet::new(named(&old, "same"));
    let verifier = build(verifier().keys(keys.clone()));
    let of = |issuer: &DevIssuer| issuer.token(&user().header_member("kid", "same")).unwrap();
    assert_eq!(code(&verifier, &of(&old)).await, "admitted");

    keys.replace(named(&new, "same"));

    assert_eq!(code(&verifier, &of(&old)).await, "token_signature");
    assert_eq!(code(&verifier, &of(&new)).await, "admitted");
}

#[tokio::test]
async fn a_cache_of_no_entries_remembers_nothing() {
    let verifier = build(verifier().cache_entries(0));
    let token = signed(&user());

    for _ in 0..2 {
        assert_eq!(code(&verifier, &token).await, "admitted");
    }
    assert_eq!(verifier.cache_counts(), None);
}

#[tokio::test]
async fn a_flood_of_valid_tokens_keeps_within_bounds_and_leaves_those_in_use() {
    const MOST: usize = 100;
    let verifier = build(verifier().cache_entries(MOST));
    let in_use: Vec<_> = (0..10).map(|number| signed(&numbered(number))).collect();
    for token in in_use.iter().chain(&in_use) {
        assert_eq!(code(&verifier, token).await, "admitted");
    }

    for number in 100..400 {
        assert_eq!(code(&verifier, &signed(&numbered(number))).await, "admitted");
        if number % 20 == 0 {
            for token in &in_use {
                assert_eq!(code(&verifier, token).await, "admitted");
            }
        }
    }

    let counts = verifier.cache_counts().unwrap();
    assert!(counts.entries <= MOST as u64, "{counts:?}");
    assert!(counts.evictions >= 200, "{counts:?}");
    // 10 at first and 15 rounds of 10; most of them found.
    assert!(counts.hits >= 120, "{counts:?}");
}

#[tokio::test]
async fn long_tokens_are_checked_each_time() {
    let verifier = build(verifier());
    let token = signed(&user().claim("long", "x".repeat(4000)));

    for _ in 0..2 {
        assert_eq!(code(&verifier, &token).await, "admitted");
    }
    assert_eq!(counts(&verifier), (0, 2, 0));
}

fn numbered(number: u32) -> TokenRequest {
    user().claim("jti", number)
}

fn issuer() -> DevIssuer {
    DevIssuer::new(ISSUER.issuer(), ISSUER.audience()).unwrap()
}

fn both(one: &DevIssuer, other: &DevIssuer) -> KeySet {
    KeySet::from_json(crate::tenant::jwks(&[one, other]).to_string()).unwrap()
}

fn named(issuer: &DevIssuer, kid: &str) -> KeySet {
    let mut key = issuer.jwks()["keys"][0].clone();
    key["kid"] = json!(kid);
    KeySet::from_json(json!({"keys": [key]}).to_string()).unwrap()
}
