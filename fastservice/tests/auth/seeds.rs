//! The seeds of the fuzz target `authorization`: one of each kind of header.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::PathBuf,
    sync::LazyLock,
};

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    known::{AUDIENCE, Guards, ISSUER, TOKENS},
    support::base64url,
};

/// RFC 8037 appendix A.1; known to everybody.
static KEY: LazyLock<Ed25519KeyPair> = LazyLock::new(|| {
    let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    Ed25519KeyPair::from_seed_unchecked(&seed).unwrap()
});

/// Name, header lines, what the guard says.
struct Seed(&'static str, Vec<u8>, &'static str);

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/authorization/seeds"))
}

/// With `FASTSERVICE_RENEW_SEEDS` they are written anew.
#[test]
fn the_seeds_are_those_that_are_made_here() {
    let seeds = seeds();
    if env::var_os("FASTSERVICE_RENEW_SEEDS").is_some() {
        for Seed(name, value, _) in &seeds {
            fs::write(folder().join(name), value).unwrap();
        }
    }

    let files = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name());
    let files: BTreeSet<_> = files.map(|name| name.into_string().unwrap()).collect();
    assert_eq!(files, seeds.iter().map(|Seed(name, ..)| (*name).to_owned()).collect());
    for Seed(name, value, _) in seeds {
        assert!(fs::read(folder().join(name)).unwrap() == value, "{name} is another");
    }
}

#[test]
fn each_seed_is_judged_as_its_kind() {
    let guards = Guards::new();

    for Seed(name, value, code) in seeds() {
        assert_eq!(guards.judge(&value).as_deref(), Some(code), "{name}");
    }
}

fn sign(header: &str, payload: &str) -> String {
    let message = format!("{}.{}", base64url(header), base64url(payload));
    let signature = KEY.sign(message.as_bytes());
    format!("{message}.{}", base64url(signature))
}

fn header() -> Value {
    json!({"alg": "EdDSA", "kid": "ed", "typ": "JWT"})
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "ali", "iat": 1_700_000_000, "exp": 4_000_000_000_u64,
    })
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

fn without(mut object: Value, name: &str) -> Value {
    object.as_object_mut().unwrap().remove(name);
    object
}

/// In the order of the names, whatever order `serde_json` was built to keep.
fn text(object: &Value) -> String {
    let members: BTreeMap<_, _> = object.as_object().unwrap().iter().collect();
    serde_json::to_string(&members).unwrap()
}

fn seeds() -> Vec<Seed> {
    let plain = |name, value: &[u8], code| Seed(name, value.to_vec(), code);
    let bearer = |name, token: &str, code| Seed(name, format!("Bearer {token}").into(), code);
    let good = TOKENS.lines().next().unwrap();
    [credentials(good), parts(good), headers(), payloads()]
        .into_iter()
        .flatten()
        .chain(
            TOKENS
                .lines()
                .zip(["good_eddsa", "good_rs256", "good_es256"])
                .map(|(token, name)| bearer(name, token, "admitted")),
        )
        .chain([plain("nothing", b"", "missing_token")])
        .collect()
}

fn credentials(good: &str) -> Vec<Seed> {
    let seed = |name, value: &[u8], code| Seed(name, value.to_vec(), code);
    let line = format!("Bearer {good}");
    let malformed = "malformed_authorization";
    vec![
        seed("basic", b"Basic dXNlcjpwYXNz", "missing_token"),
        seed("scheme_alone", b"Bearer", malformed),
        seed("tab", format!("Bearer\t{good}").as_bytes(), malformed),
        seed("two_words", format!("{line} x").as_bytes(), malformed),
        seed("joined", format!("{line}, {line}").as_bytes(), malformed),
        seed("two_headers", format!("{line}\n{line}").as_bytes(), malformed),
        seed("two_schemes", format!("Basic dXNlcjpwYXNz\n{line}").as_bytes(), malformed),
        seed("not_utf8", b"Bearer \xff\xfe", malformed),
        seed("good_spaced", format!("bEARER   {good} ").as_bytes(), "admitted"),
        seed("too_long", &[b"Bearer a.b.", &[b'c'; 8 * 1024][..]].concat(), "token_malformed"),
    ]
}

fn parts(good: &str) -> Vec<Seed> {
    let seed = |name, token: &str, code| Seed(name, format!("Bearer {token}").into(), code);
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = message.split_once('.').unwrap();
    let (malformed, wrong) = ("token_malformed", "token_signature");
    let root = base64url(text(&with(claims(), "sub", json!("root"))));
    vec![
        seed("one_part", header, malformed),
        seed("two_parts", message, malformed),
        seed("four_parts", &format!("{good}.{signature}"), malformed),
        seed("five_parts", "a.b.c.d.e", malformed),
        seed("no_header", &format!(".{payload}.{signature}"), malformed),
        seed("no_payload", &format!("{header}..{signature}"), malformed),
        seed("padding", &format!("{good}="), malformed),
        seed("base64", &format!("{header}.{payload}.+/+/"), malformed),
        seed("no_signature", &format!("{message}."), wrong),
        seed("cut_signature", &good[..good.len() - 1], wrong),
        seed("long_signature", &format!("{good}AAAA"), wrong),
        seed("zero_signature", &format!("{message}.{}", base64url([0; 64])), wrong),
        seed("other_payload", &format!("{header}.{root}.{signature}"), wrong),
    ]
}

fn headers() -> Vec<Seed> {
    let seed = |name, header: &str, code| {
        Seed(name, format!("Bearer {}", sign(header, &text(&claims()))).into(), code)
    };
    let member = |name, member: &str, value: Value, code| {
        seed(name, &text(&with(header(), member, value)), code)
    };
    let (malformed, algorithm, key) = ("token_malformed", "token_algorithm", "token_key");
    vec![
        seed("header_no_json", "{", malformed),
        seed("header_list", "[]", malformed),
        seed("repeated_alg", r#"{"alg":"EdDSA","alg":"none"}"#, malformed),
        seed("no_alg", &text(&without(header(), "alg")), algorithm),
        member("alg_none", "alg", json!("none"), algorithm),
        member("alg_hs256", "alg", json!("HS256"), algorithm),
        member("alg_number", "alg", json!(256), algorithm),
        member("alg_of_another_key", "alg", json!("RS256"), key),
        seed("no_kid", &text(&without(header(), "kid")), key),
        member("kid_unknown", "kid", json!("x"), key),
        member("kid_path", "kid", json!("../../../dev/null"), key),
        member("kid_number", "kid", json!(1), malformed),
        member("crit", "crit", json!(["exp"]), malformed),
        member("typ_dpop", "typ", json!("dpop+jwt"), "token_type"),
    ]
}

fn payloads() -> Vec<Seed> {
    let seed = |name, payload: &str, code| {
        Seed(name, format!("Bearer {}", sign(&text(&header()), payload)).into(), code)
    };
    let claim = |name, claim: &str, value: Value, code| {
        seed(name, &text(&with(claims(), claim, value)), code)
    };
    let deep = format!(r#"{{"iss":"{ISSUER}","a":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    let (malformed, wrong) = ("token_malformed", "token_claims");
    vec![
        seed("payload_text", "text", malformed),
        seed("payload_list", "[]", malformed),
        seed("payload_deep", &deep, malformed),
        seed("repeated_claim", r#"{"sub":"ali","\u0073ub":"root"}"#, malformed),
        claim("iss_other", "iss", json!("https://evil.test/"), "token_issuer"),
        seed("iss_missing", &text(&without(claims(), "iss")), "token_issuer"),
        claim("aud_other", "aud", json!(["a", "b"]), "token_audience"),
        claim("aud_object", "aud", json!({"a": AUDIENCE}), "token_audience"),
        claim("sub_empty", "sub", json!(""), wrong),
        claim("scope_object", "scope", json!({"read": 1}), wrong),
        claim("permissions_text", "permissions", json!("read"), wrong),
        claim("exp_text", "exp", json!("4000000000"), wrong),
        claim("exp_large", "exp", json!(1e300), wrong),
        claim("expired", "exp", json!(1_600_000_000), "token_expired"),
        claim("not_yet", "nbf", json!(3_900_000_000_u64), "token_not_yet_valid"),
        claim("id_token", "nonce", json!("n"), "token_type"),
        claim("bound", "cnf", json!({"jkt": "x"}), "token_binding"),
    ]
}
