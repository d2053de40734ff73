//! The decision table of access control, row by row.

use fastservice::{auth::KeySet, dev_issuer::TokenRequest};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use crate::{
    socket::Server,
    support::{ISSUER, PRIVATE, base64url, bearer, guard, headers, signed, user, verifier},
};

const C0: &str = r#"Bearer realm="items""#;
const CR: &str = r#"Bearer realm="items", error="invalid_request", error_description="send one header: Authorization: Bearer TOKEN""#;
const CS: &str = r#"Bearer realm="items", error="insufficient_scope", error_description="the access token lacks a right""#;
const CT: &str = r#"Bearer realm="items", error="invalid_token", error_description="the access token is refused""#;

/// Name, headers, status, challenge, code.
struct Row(&'static str, HeaderMap, u16, &'static str, &'static str);

impl Row {
    fn refused(name: &'static str, token: &str, code: &'static str) -> Self {
        Self(name, bearer(token), 401, CT, code)
    }

    fn claims(name: &'static str, request: &TokenRequest, code: &'static str) -> Self {
        Self::refused(name, &signed(request), code)
    }
}

#[tokio::test]
async fn every_refusal_is_as_the_table_says() {
    let server = Server::of(verifier()).await;
    let rows = [no_token(), malformed_credentials(), malformed_tokens(), wrong_headers()];
    let more = [wrong_signatures(), wrong_claims(), wrong_times(), wrong_kinds()];

    for Row(name, headers, status, challenge, code) in rows.into_iter().chain(more).flatten() {
        for path in ["/private", "/fails", "/greeting", "/claims"] {
            if code == "missing_token" && ["/greeting", "/claims"].contains(&path) {
                continue;
            }
            let reply = server.get(path, &headers).await;

            assert_eq!((&*reply.code(), reply.status), (code, status), "{name} at {path}");
            assert_eq!(reply.challenges(), [challenge], "{name} at {path}");
        }
        // A public endpoint that asks for nobody does not look.
        assert_eq!(server.get("/open", &headers).await.status, 200, "{name}");
    }
}

#[tokio::test]
async fn every_right_token_is_admitted() {
    let server = Server::of(verifier()).await;
    let token = signed(&user());
    let ours = ISSUER.audience();

    for (name, value) in [
        ("bearer", format!("bearer {token}")),
        ("BEARER", format!("BEARER {token}")),
        ("several blanks", format!("Bearer    {token}")),
        ("no typ", format!("Bearer {}", signed(&user().without_header_member("typ")))),
        ("at+jwt", format!("Bearer {}", signed(&user().header_member("typ", "AT+jwt")))),
        ("no kid", format!("Bearer {}", signed(&user().without_header_member("kid")))),
        ("key in header", format!("Bearer {}", signed(&foreign_key_in_header()))),
        ("aud list", format!("Bearer {}", signed(&user().claim("aud", json!(["a", ours]))))),
        ("float exp", format!("Bearer {}", signed(&user().claim("exp", 4_000_000_000.5)))),
        ("no iat", format!("Bearer {}", signed(&user().without_claim("iat")))),
        ("scope list", format!("Bearer {}", signed(&user().claim("scope", json!(["a"]))))),
    ] {
        for path in ["/private", "/greeting", "/claims"] {
            let reply = server.get(path, &headers(&[&value])).await;

            assert_eq!((reply.status, &*reply.body), (200, "auth0|ali"), "{name} at {path}");
        }
    }
}

#[tokio::test]
async fn no_token_is_nobody_where_one_is_optional() {
    let server = Server::of(verifier()).await;

    for Row(name, headers, ..) in no_token() {
        assert_eq!(server.get("/greeting", &headers).await.body, "nobody", "{name}");
        assert_eq!(server.get("/claims", &headers).await.body, "nobody", "{name}");
    }
}

#[tokio::test]
async fn a_token_without_the_rights_is_answered_403_with_what_is_needed() {
    let server = Server::of(verifier()).await;
    let machine = |client: &str| TokenRequest::for_machine(client);
    let (scope, both) = (r#", scope="read:items write:items""#, r#", scope="read:items""#);

    for (path, request, scope, code) in [
        ("/scope", user(), scope, "insufficient_scope"),
        ("/scope", user().scopes(["read:items"]), scope, "insufficient_scope"),
        ("/scope", user().scopes(["Read:items", "write:items"]), scope, "insufficient_scope"),
        ("/permission", user().scopes(["read:items"]), "", "insufficient_permission"),
        ("/permission", user().permissions(["read:items2"]), "", "insufficient_permission"),
        ("/both", user(), both, "insufficient_scope"),
        ("/both", user().permissions(["sell:items"]), both, "insufficient_scope"),
        ("/both", user().scopes(["read:items"]), both, "insufficient_permission"),
        ("/machine", user(), "", "insufficient_permission"),
        ("/machine", machine("unknown"), "", "insufficient_permission"),
        ("/machine", machine("billing").claim("gty", "password"), "", "insufficient_permission"),
    ] {
        let reply = server.get(path, &bearer(&signed(&request))).await;

        assert_eq!((reply.status, &*reply.code()), (403, code), "{path} {request:?}");
        assert_eq!(reply.challenges(), [format!("{CS}{scope}")], "{path} {request:?}");
    }
    for (path, request) in [
        ("/scope", user().scopes(["write:items", "read:items"])),
        ("/permission", user().permissions(["read:items"])),
        ("/both", user().scopes(["read:items"]).permissions(["sell:items"])),
        ("/machine", machine("billing")),
        ("/machine", machine("reports").without_claim("gty")),
    ] {
        let reply = server.get(path, &bearer(&signed(&request))).await;
        assert_eq!(reply.status, 200, "{path} {}", reply.body);
    }
}

#[tokio::test]
async fn a_handlers_own_401_is_no_challenge() {
    let server = Server::of(verifier()).await;

    let reply = server.get("/fails", &bearer(&signed(&user()))).await;

    assert_eq!((reply.status, &*reply.code()), (401, "elsewhere"));
    assert!(reply.challenges().is_empty(), "{reply:?}");
}

#[tokio::test]
async fn access_is_decided_before_the_body_and_a_preflight_before_access() {
    let server = Server::of(verifier()).await;
    let mut preflight = headers(&[""; 0]);
    preflight.insert("origin", HeaderValue::from_static("https://app.test"));
    preflight.insert("access-control-request-method", HeaderValue::from_static("POST"));

    let unread = server.send("POST", "/body", &HeaderMap::new(), "not JSON").await;
    let read = server.send("POST", "/body", &bearer(&signed(&user())), "not JSON").await;
    let preflight = server.send("OPTIONS", "/body", &preflight, "").await;

    assert_eq!((unread.status, &*unread.code()), (401, "missing_token"));
    assert!([415, 422].contains(&read.status), "{read:?}");
    assert_eq!(preflight.status, 200, "{preflight:?}");
    assert_eq!(preflight.headers["access-control-allow-origin"], "https://app.test");
}

#[tokio::test]
async fn a_token_in_the_query_or_a_form_is_not_looked_at() {
    let server = Server::of(verifier()).await;
    let token = signed(&user());
    let mut form = HeaderMap::new();
    form.insert("content-type", HeaderValue::from_static("application/x-www-form-urlencoded"));

    let query = server.get(&format!("/private?access_token={token}"), &HeaderMap::new()).await;
    let form = server.send("POST", "/body", &form, &format!("access_token={token}")).await;

    for reply in [query, form] {
        assert_eq!((reply.status, reply.challenges()), (401, vec![C0]), "{reply:?}");
    }
}

#[tokio::test]
async fn keys_that_do_not_fit_are_refused() {
    let key = &ISSUER.jwks()["keys"][0];
    let with = |name: &str, value: Value| {
        let mut key = key.clone();
        key[name] = value;
        key
    };
    let other = with("kid", json!("other"));
    let with_kid = signed(&user());
    let without_kid = signed(&user().without_header_member("kid"));

    for (name, keys, token) in [
        ("unknown kid", json!([other]), &with_kid),
        ("no kid, several keys", json!([key, other]), &without_kid),
        ("one kid, two keys", json!([key, key]), &with_kid),
        ("alg does not fit", json!([with("alg", json!("PS256"))]), &with_kid),
        ("for encryption", json!([with("use", json!("enc")), other]), &with_kid),
        ("key_ops do not fit", json!([with("key_ops", json!(["sign"])), other]), &with_kid),
    ] {
        let keys = KeySet::from_json(json!({"keys": keys}).to_string()).unwrap();
        let server = Server::of(verifier().keys(keys)).await;
        let reply = server.get("/private", &bearer(token)).await;

        assert_eq!((&*reply.code(), reply.challenges()), ("token_key", vec![CT]), "{name}");
    }
}

#[tokio::test]
async fn nothing_of_the_token_gets_into_the_refusal() {
    let token = signed(&user().claim("iss", "https://secret.test/\r\nx: y").claim("sub", "secret"));

    let error = guard().admit(&PRIVATE, &bearer(&token)).await.unwrap_err();

    assert!(!format!("{error:?} {error} {:?}", error.headers()).contains("secret"));
    assert!(error.source().is_none());
}

fn foreign_key_in_header() -> TokenRequest {
    user()
        .header_member("jku", "https://evil.test/jwks.json")
        .header_member("x5u", "https://evil.test/x.pem")
        .header_member("jwk", json!({"kty": "oct", "k": "AA"}))
        .header_member("x5c", json!(["AA"]))
}

fn no_token() -> Vec<Row> {
    let missing = |name, headers| Row(name, headers, 401, C0, "missing_token");
    vec![
        missing("no Authorization", HeaderMap::new()),
        missing("Basic", headers(&["Basic dXNlcjpwYXNz"])),
        missing("Digest", headers(&[r#"Digest username="a", realm="b""#])),
        missing("DPoP", headers(&[format!("DPoP {}", signed(&user()))])),
    ]
}

fn malformed_credentials() -> Vec<Row> {
    let token = signed(&user());
    let both = [format!("Bearer {token}"), format!("Bearer {token}")];
    let malformed = |name, headers| Row(name, headers, 400, CR, "malformed_authorization");
    vec![
        malformed("Bearer alone", headers(&["Bearer"])),
        malformed("tab", headers(&[format!("Bearer\t{token}")])),
        malformed("tab inside", headers(&[format!("Bearer {token}\tx")])),
        malformed("non-ASCII", headers(&["Bearer caf\u{e9}"])),
        malformed("not UTF-8", headers(&[b"Bearer \xff\xfe"])),
        malformed("two words", headers(&[format!("Bearer {token} x")])),
        malformed("joined", headers(&[format!("Bearer {token}, Bearer {token}")])),
        malformed("joined closely", headers(&[format!("Bearer {token},{token}")])),
        malformed("two headers", headers(&both)),
        malformed("two schemes", headers(&["Basic dXNlcjpwYXNz", &both[0]])),
    ]
}

fn malformed_tokens() -> Vec<Row> {
    let malformed = |name, token: &str| Row::refused(name, token, "token_malformed");
    let header = json!({"alg": "RS256", "kid": ISSUER.jwks()["keys"][0]["kid"]}).to_string();
    let payload = json!({"iss": ISSUER.issuer()}).to_string();
    let signed = |header: &str, payload: &str| ISSUER.sign(header, payload).unwrap();
    let deep = format!(r#"{{"a": {}1{}}}"#, "[".repeat(500), "]".repeat(500));
    let repeated = r#"{"sub": "ali", "sub": "root"}"#;
    let repeated_unknown = r#"{"x": 1, "\u0078": 2}"#;
    vec![
        malformed("over 8 KiB", &format!("a.b.{}", "c".repeat(8 * 1024))),
        malformed("one part", "abc"),
        malformed("two parts", "abc.abc"),
        malformed("four parts", &format!("{}.x", signed(&header, &payload))),
        malformed("five parts (JWE)", "a.b.c.d.e"),
        malformed("empty header", &signed(&header, &payload).replacen(&base64url(&header), "", 1)),
        malformed("empty payload", &signed(&header, "")),
        malformed("padding", &signed(&header, &payload).replacen('.', "=.", 1)),
        malformed("base64, not base64url", "a+b/.a.a"),
        malformed("header is not JSON", &signed("{", &payload)),
        malformed("header is a list", &signed(r#"[{"alg": "RS256"}]"#, &payload)),
        malformed("header is not UTF-8", "_w.e30.e30"),
        malformed("repeated alg", &signed(r#"{"alg": "RS256", "alg": "none"}"#, &payload)),
        malformed("header too deep", &signed(&deep, &payload)),
        malformed("payload is not JSON", &signed(&header, "text")),
        malformed("payload is a list", &signed(&header, "[]")),
        malformed("payload is null", &signed(&header, "null")),
        malformed("repeated claim", &signed(&header, repeated)),
        malformed("repeated claim, unknown and escaped", &signed(&header, repeated_unknown)),
        malformed("payload too deep", &signed(&header, &deep)),
    ]
}

fn wrong_headers() -> Vec<Row> {
    let header = |name, member: &str, value: Value, code| {
        Row::claims(name, &user().header_member(member, value), code)
    };
    let unsigned = format!("{}.{}.", base64url(r#"{"alg": "none"}"#), base64url("{}"));
    vec![
        Row::claims("no alg", &user().without_header_member("alg"), "token_algorithm"),
        header("alg unknown", "alg", json!("XS256"), "token_algorithm"),
        header("alg not a string", "alg", json!(["RS256"]), "token_algorithm"),
        header("alg none", "alg", json!("none"), "token_algorithm"),
        header("alg NoNe", "alg", json!("NoNe"), "token_algorithm"),
        Row::refused("alg none, unsigned", &unsigned, "token_algorithm"),
        header("alg not listed", "alg", json!("RS512"), "token_algorithm"),
        header("alg in small letters", "alg", json!("rs256"), "token_algorithm"),
        Row::refused("HS256 with the public key", &hs256_with_public_key(), "token_algorithm"),
        header("crit", "crit", json!(["exp"]), "token_malformed"),
        header("crit empty", "crit", json!([]), "token_malformed"),
        header("typ of a DPoP proof", "typ", json!("dpop+jwt"), "token_type"),
        header("typ of a logout token", "typ", json!("logout+jwt"), "token_type"),
        header("typ not a string", "typ", json!(1), "token_type"),
        header("kid unknown", "kid", json!("unknown"), "token_key"),
        header("kid empty", "kid", json!(""), "token_key"),
        header("kid is a path", "kid", json!("../../../dev/null"), "token_key"),
        header("kid is SQL", "kid", json!("x' UNION SELECT 'key"), "token_key"),
        header("kid has controls", "kid", json!("a\r\nb\0"), "token_key"),
        header("kid not a string", "kid", json!({"a": 1}), "token_malformed"),
        header("kid too long", "kid", json!("a".repeat(257)), "token_malformed"),
    ]
}

fn wrong_signatures() -> Vec<Row> {
    let wrong = |name, token: &str| Row::refused(name, token, "token_signature");
    let token = signed(&user());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let other_payload = signed(&user().claim("sub", "root"));
    let other_message = other_payload.rsplit_once('.').unwrap().0;
    let by_other = fastservice::dev_issuer::DevIssuer::new(ISSUER.issuer(), ISSUER.audience());
    let kid = ISSUER.jwks()["keys"][0]["kid"].clone();
    let by_other = by_other.unwrap().token(&user().header_member("kid", kid)).unwrap();
    vec![
        wrong("another payload", &format!("{other_message}.{signature}")),
        wrong("empty", &format!("{message}.")),
        wrong("cut by one character", &token[..token.len() - 1]),
        wrong("cut by two characters", &token[..token.len() - 2]),
        wrong("cut to one byte", &format!("{message}.AA")),
        wrong("zeros", &format!("{message}.{}", base64url([0; 256]))),
        wrong("longer", &format!("{message}.{signature}AAAA")),
        wrong("by another key", &by_other),
    ]
}

fn wrong_claims() -> Vec<Row> {
    let claim = |name, claim: &str, value: Value, code| {
        Row::claims(name, &user().claim(claim, value), code)
    };
    let without = |name, claim: &str, code| Row::claims(name, &user().without_claim(claim), code);
    vec![
        without("no iss", "iss", "token_issuer"),
        claim("iss of another", "iss", json!("https://evil.test/"), "token_issuer"),
        claim("iss without slash", "iss", json!("https://issuer.test"), "token_issuer"),
        claim("iss a list", "iss", json!([ISSUER.issuer()]), "token_issuer"),
        without("no aud", "aud", "token_audience"),
        claim("aud empty", "aud", json!(""), "token_audience"),
        claim("aud empty list", "aud", json!([]), "token_audience"),
        claim("aud of a wrong type", "aud", json!({"a": ISSUER.audience()}), "token_audience"),
        claim("aud mixed list", "aud", json!([ISSUER.audience(), 1]), "token_audience"),
        claim("aud without ours", "aud", json!(["a", "b"]), "token_audience"),
        without("no sub", "sub", "token_claims"),
        claim("sub empty", "sub", json!(""), "token_claims"),
        claim("sub not a string", "sub", json!(7), "token_claims"),
        claim("sub too long", "sub", json!("a".repeat(256)), "token_claims"),
        claim("scope of a wrong type", "scope", json!({"read": 1}), "token_claims"),
        claim("scope a mixed list", "scope", json!(["read", 1]), "token_claims"),
        claim("permissions a string", "permissions", json!("read"), "token_claims"),
        claim("permissions a mixed list", "permissions", json!(["read", 1]), "token_claims"),
    ]
}

fn wrong_times() -> Vec<Row> {
    let claim = |name, claim: &str, value: Value, code| {
        Row::claims(name, &user().claim(claim, value), code)
    };
    vec![
        Row::claims("no exp", &user().without_claim("exp"), "token_claims"),
        claim("exp a string", "exp", json!("4000000000"), "token_claims"),
        claim("exp null", "exp", json!(null), "token_claims"),
        claim("exp out of range", "exp", json!(u64::MAX), "token_claims"),
        claim("exp in milliseconds", "exp", json!(4_000_000_000_000_u64), "token_claims"),
        claim("exp negative", "exp", json!(-1), "token_claims"),
        claim("exp past", "exp", json!(1_000_000_000), "token_expired"),
        claim("exp zero", "exp", json!(0), "token_expired"),
        claim("nbf in the future", "nbf", json!(4_000_000_000_u64), "token_not_yet_valid"),
        claim("iat in the future", "iat", json!(4_000_000_000_u64), "token_not_yet_valid"),
        claim("nbf of a wrong type", "nbf", json!("0"), "token_claims"),
        claim("iat of a wrong type", "iat", json!([0]), "token_claims"),
    ]
}

fn wrong_kinds() -> Vec<Row> {
    let for_client = user().claim("aud", "client").claim("azp", "client");
    vec![
        Row::claims("ID token for its client", &for_client, "token_type"),
        Row::claims("ID token with nonce", &user().claim("nonce", "n"), "token_type"),
        Row::claims("ID token with at_hash", &user().claim("at_hash", "h"), "token_type"),
        Row::claims("ID token with c_hash", &user().claim("c_hash", "h"), "token_type"),
        Row::claims("bound", &user().claim("cnf", json!({"jkt": "x"})), "token_binding"),
    ]
}

fn hs256_with_public_key() -> String {
    use aws_lc_rs::hmac;
    let jwks = ISSUER.jwks();
    let public_key = jwks["keys"][0]["n"].as_str().unwrap();
    let token = signed(&user().header_member("alg", "HS256"));
    let (message, _) = token.rsplit_once('.').unwrap();
    let secret = hmac::Key::new(hmac::HMAC_SHA256, public_key.as_bytes());
    format!("{message}.{}", base64url(hmac::sign(&secret, message.as_bytes())))
}
