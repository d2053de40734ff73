//! No token but the known ones is admitted, however alike it is, and though guards of one and
//! of several issuers remember those.

use std::sync::LazyLock;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use proptest::{
    prelude::*,
    sample::{Index, select},
    test_runner::TestCaseResult,
};
use serde_json::{Value, json};

use crate::{
    known::{Guards, TOKENS},
    support::base64url,
};

static GUARDS: LazyLock<Guards> = LazyLock::new(Guards::new);

fn known() -> impl Strategy<Value = &'static str> {
    select(TOKENS.lines().collect::<Vec<_>>())
}

fn refused(token: impl AsRef<[u8]>) -> TestCaseResult {
    let token = token.as_ref();
    // Blanks around a token are not part of it.
    let is_known = |known: &str| known.as_bytes() == token.trim_ascii();
    prop_assume!(!TOKENS.lines().any(is_known));
    // Some are no header at all.
    if let Some(code) = GUARDS.judge(&[b"Bearer ", token].concat()) {
        prop_assert_ne!(code, "admitted");
    }
    Ok(())
}

/// Header, payload and signature, decoded.
fn decoded(token: &str) -> [Vec<u8>; 3] {
    let parts: Vec<_> =
        token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
    parts.try_into().unwrap()
}

fn encoded(parts: &[Vec<u8>; 3]) -> String {
    parts.each_ref().map(base64url).join(".")
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ -~]{0,12}".prop_map(Value::from),
        select(vec!["none", "HS256", "RS256", "EdDSA", "ed", "rsa", "root"]).prop_map(Value::from),
        Just(json!(["https://items.test"])),
    ]
}

/// How else the same bytes may be written.
fn spellings(bytes: &[u8], part: &str) -> Vec<String> {
    let mut spellings = vec![
        URL_SAFE.encode(bytes),
        STANDARD.encode(bytes),
        STANDARD_NO_PAD.encode(bytes),
        format!("{part}="),
        format!("{part}A"),
        format!("{part}%3D"),
        part.replacen('e', "%65", 1),
        format!(" {part}"),
    ];
    // The bits of the last character that mean nothing.
    let (start, last) = part.split_at(part.len() - 1);
    for other in ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_']) {
        if other.to_string() != last {
            spellings.push(format!("{start}{other}"));
        }
    }
    spellings
}

proptest! {
    #[test]
    fn with_a_byte_changed(token in known(), at in any::<Index>(), change in 1..=255_u8) {
        let mut token = token.as_bytes().to_vec();
        let at = at.index(token.len());
        token[at] ^= change;
        refused(token)?;
    }

    #[test]
    fn with_the_case_of_letters_changed(token in known(), at in any::<Index>(), length in 1..40_usize) {
        let mut token = token.as_bytes().to_vec();
        let at = at.index(token.len());
        for byte in token.iter_mut().skip(at).take(length).filter(|byte| byte.is_ascii_alphabetic()) {
            *byte ^= 0x20;
        }
        refused(token)?;
    }

    #[test]
    fn cut(token in known(), from in any::<Index>(), to in any::<Index>()) {
        let (from, to) = (from.index(token.len()), to.index(token.len() + 1));
        refused([&token[..from.min(to)], &token[from.max(to)..]].concat())?;
        refused(&token[..from])?;
        refused(&token[to..])?;
    }

    #[test]
    fn with_more_in_it(
        token in known(),
        at in any::<Index>(),
        more in prop_oneof!["[A-Za-z0-9_.-]{1,20}", "[ -~]{1,20}", "\\PC{1,8}"],
    ) {
        let at = at.index(token.len() + 1);
        refused(format!("{}{more}{}", &token[..at], &token[at..]))?;
    }

    #[test]
    fn with_a_part_of_it_twice(token in known(), from in any::<Index>(), to in any::<Index>()) {
        let (from, to) = (from.index(token.len()), to.index(token.len() + 1));
        let (from, to) = (from.min(to), from.max(to));
        refused(format!("{}{}", &token[..to], &token[from..]))?;
    }

    #[test]
    fn joined_with_another(
        first in known(),
        second in known(),
        between in select(vec!["", ".", "..", ",", ", ", " ", "=", "&", ";", "\t"]),
    ) {
        refused(format!("{first}{between}{second}"))?;
        refused(format!("{between}.{first}"))?;
        refused(format!("{first}.{between}"))?;
    }

    #[test]
    fn made_of_parts_of_several(picks in prop::collection::vec((known(), 0..3_usize), 1..5)) {
        let parts = picks.iter().map(|(token, part)| token.split('.').nth(*part).unwrap());
        refused(parts.collect::<Vec<_>>().join("."))?;
    }

    #[test]
    fn with_a_byte_changed_in_what_is_encoded(
        token in known(),
        part in 0..3_usize,
        at in any::<Index>(),
        change in 1..=255_u8,
    ) {
        let mut parts = decoded(token);
        let at = at.index(parts[part].len());
        parts[part][at] ^= change;
        refused(encoded(&parts))?;
    }

    #[test]
    fn with_bytes_before_or_after_what_is_encoded(
        token in known(),
        part in 0..3_usize,
        more in prop_oneof![prop::collection::vec(any::<u8>(), 1..5), Just(vec![0]), Just(b" ".to_vec())],
    ) {
        let parts = decoded(token);
        let (mut before, mut after) = (parts.clone(), parts);
        before[part].splice(0..0, more.clone());
        after[part].extend(more);
        refused(encoded(&before))?;
        refused(encoded(&after))?;
    }

    #[test]
    fn with_another_member(
        token in known(),
        part in 0..2_usize,
        name in select(vec!["alg", "kid", "typ", "iss", "aud", "sub", "exp", "nbf", "scope", "x"]),
        value in value(),
    ) {
        let mut parts = decoded(token);
        let mut object: Value = serde_json::from_slice(&parts[part]).unwrap();
        object[name] = value;
        parts[part] = object.to_string().into_bytes();
        refused(encoded(&parts))?;
    }

    #[test]
    fn spelt_in_another_way(token in known(), part in 0..3_usize, spelling in any::<Index>()) {
        let parts = decoded(token);
        let mut texts: Vec<_> = token.split('.').map(str::to_owned).collect();
        let spellings = spellings(&parts[part], &texts[part]);
        texts[part] = spellings[spelling.index(spellings.len())].clone();
        refused(texts.join("."))?;
    }

    #[test]
    fn signed_by_a_number_near_the_right_one(token in known(), change in -3..=3_i16, shift in 0..4_usize) {
        let mut parts = decoded(token);
        let length = parts[2].len();
        let at = [length - 1, length / 2 - 1, length / 2, 0][shift];
        parts[2][at] = parts[2][at].wrapping_add_signed(i8::try_from(change).unwrap());
        refused(encoded(&parts))?;
    }
}

/// What was refused on the way has not pushed the right ones out.
#[test]
fn the_known_ones_are_admitted_all_the_while() {
    for token in TOKENS.lines() {
        let line = format!("Bearer {token}");
        for _ in 0..3 {
            assert!(
                GUARDS.judge(format!("{line}x").as_bytes()).is_some_and(|code| code != "admitted")
            );
            assert_eq!(GUARDS.judge(line.as_bytes()).as_deref(), Some("admitted"));
        }
    }
}
