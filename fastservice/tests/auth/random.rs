//! Nothing that was not signed for us is admitted, and nothing panics.

use std::sync::LazyLock;

use fastservice::{Result, auth::Guard, claims::Claims};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use proptest::prelude::*;

use crate::support::{ISSUER, PRIVATE, bearer, guard, signed, user};

static GUARD: LazyLock<Guard> = LazyLock::new(guard);

fn decided(headers: &HeaderMap) -> Result<Option<Claims>> {
    GUARD.admit(&PRIVATE, headers).now_or_never().expect("a token is verified without waiting")
}

fn decided_value(value: &[u8]) -> Option<Result<Option<Claims>>> {
    let value = HeaderValue::from_bytes(value).ok()?;
    Some(decided(&HeaderMap::from_iter([(AUTHORIZATION, value)])))
}

proptest! {
    #[test]
    fn any_header_is_refused(value in any::<Vec<u8>>()) {
        prop_assert!(decided_value(&value).is_none_or(|decision| decision.is_err()));
    }

    #[test]
    fn any_credential_is_refused(
        scheme in "(?i:bearer) {0,3}",
        token in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let value = [scheme.as_bytes(), token.as_slice()].concat();
        prop_assert!(decided_value(&value).is_none_or(|decision| decision.is_err()));
    }

    #[test]
    fn any_three_parts_are_refused(token in "[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}") {
        prop_assert!(decided(&bearer(&token)).is_err());
    }

    #[test]
    fn any_signed_texts_are_refused(header in "\\PC{0,60}", payload in "\\PC{0,60}") {
        prop_assert!(decided(&bearer(&ISSUER.sign(&header, &payload).unwrap())).is_err());
    }

    #[test]
    fn any_signed_value_of_a_claim_panics_nowhere(
        name in prop::sample::select(vec!["iss", "aud", "exp", "nbf", "iat", "sub", "scope", "permissions"]),
        number in any::<f64>(),
    ) {
        let request = user().claim(name, number);
        let is_a_time = matches!(name, "exp" | "nbf" | "iat");
        prop_assert!(is_a_time || decided(&bearer(&signed(&request))).is_err());
        let _ = decided(&bearer(&signed(&request)));
    }
}
