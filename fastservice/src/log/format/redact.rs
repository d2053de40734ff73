//! What must not be in a log: tokens, secrets, passwords.

use std::{borrow::Cow, ops::Range};

use percent_encoding::percent_decode_str;

/// Stands for a value that is not logged.
pub(crate) const MASK: &str = "[masked]";

/// A field, parameter or header with one of these in its name is masked.
const SENSITIVE: [&str; 17] = [
    "authorization",
    "token",
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "api_key",
    "api-key",
    "apikey",
    "cookie",
    "credential",
    "private_key",
    "signature",
    "jwt",
    "session_id",
    "sessionid",
];
/// Names of parameters in queries that only count as a whole.
const SENSITIVE_PARAMETERS: [&str; 13] = [
    "code",
    "state",
    "key",
    "sig",
    "nonce",
    "otp",
    "pin",
    "assertion",
    "code_verifier",
    "sid",
    "session",
    "pass",
    "auth",
];
/// What separates parameters, also of a URL that is one itself.
const SEPARATORS: [char; 3] = ['?', '&', '#'];
/// A URL in a query is encoded once, one in its query twice.
const DEEPEST_ENCODING: usize = 3;

/// Whether values of this name are masked.
pub(crate) fn is_sensitive(name: &str) -> bool {
    SENSITIVE.iter().any(|word| contains(name, word))
}

fn contains(name: &str, word: &str) -> bool {
    name.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

/// A query with the values of sensitive names masked.
pub(crate) fn query(query: &str) -> Cow<'_, str> {
    if !query.split(SEPARATORS).any(has_sensitive_name) && !is_encoded(query) {
        return text(query);
    }
    let parts = query.split('&').map(|part| match part.split_once('=') {
        Some((name, value)) if has_sensitive_name(part) || hides_secret(value) => {
            format!("{name}={MASK}")
        }
        None if hides_secret(part) => MASK.to_owned(),
        _ => text(part).into_owned(),
    });
    Cow::Owned(parts.collect::<Vec<_>>().join("&"))
}

/// A path with what looks like a secret masked.
pub(crate) fn path(path: &str) -> Cow<'_, str> {
    // Only with one of these there can be something to mask.
    if path.bytes().all(|byte| !matches!(byte, b'J' | b'=' | b'@' | b'%')) {
        return Cow::Borrowed(path);
    }
    if hides_secret(path) { Cow::Borrowed(MASK) } else { text(path) }
}

fn is_encoded(text: &str) -> bool {
    text.contains(['%', '+'])
}

/// Whether a part of a URL has a secret in it that shows once it is decoded.
fn hides_secret(encoded: &str) -> bool {
    if encoded.split(SEPARATORS).any(has_sensitive_name) {
        return true;
    }
    let mut decoded = Cow::Borrowed(encoded);
    for _ in 0..DEEPEST_ENCODING {
        if !is_encoded(&decoded) {
            return false;
        }
        let blanks = decoded.replace('+', " ");
        decoded = Cow::Owned(percent_decode_str(&blanks).decode_utf8_lossy().into_owned());
        let is_masked = matches!(text(&decoded), Cow::Owned(_));
        if is_masked || decoded.split(SEPARATORS).any(has_sensitive_name) {
            return true;
        }
    }
    false
}

fn has_sensitive_name(parameter: &str) -> bool {
    let name = parameter.split_once('=').map_or("", |(name, _)| name);
    let name = percent_decode_str(name).decode_utf8_lossy();
    is_sensitive(&name) || SENSITIVE_PARAMETERS.iter().any(|other| name.eq_ignore_ascii_case(other))
}

/// Text with what looks like a secret masked: tokens, bearer credentials,
/// passwords in URLs, and values behind sensitive names. A best effort: what a
/// service logs in words of its own is its own to keep clean.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    let mut masked = Cow::Borrowed(text);
    // What a mask leaves behind must not be found again, so each search goes on after it.
    for find in [find_jwt, find_bearer, find_basic, find_password_of_url, find_named] {
        let mut from = 0;
        while let Some(found) = find(&masked, from) {
            from = found.start + MASK.len();
            masked.to_mut().replace_range(found, MASK);
        }
    }
    masked
}

/// A JSON Web Token: `eyJ….….…`.
fn find_jwt(text: &str, from: usize) -> Option<Range<usize>> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    search(text, from, "eyJ", |start| {
        let (before, token) = text.split_at_checked(start)?;
        // Only at a word's start: text of nothing but `eyJ` is looked through once.
        if !token.starts_with("eyJ") || before.as_bytes().last().is_some_and(is_part) {
            return None;
        }
        let length = token.bytes().take_while(|byte| is_part(byte) || *byte == b'.').count();
        token.get(..length)?.contains('.').then_some(start..start + length)
    })
}

fn find_bearer(text: &str, from: usize) -> Option<Range<usize>> {
    find_credentials(text, from, "bearer ")
}

fn find_basic(text: &str, from: usize) -> Option<Range<usize>> {
    find_credentials(text, from, "basic ")
}

/// The credentials after their scheme. Shorter words are prose.
fn find_credentials(text: &str, from: usize, scheme: &str) -> Option<Range<usize>> {
    const SHORTEST: usize = 12;
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(byte);
    search(text, from, scheme, |start| {
        let start = start + scheme.len();
        let rest = text.as_bytes().get(start..)?;
        let length = rest.iter().take_while(|byte| is_part(byte)).count();
        (length >= SHORTEST).then_some(start..start + length)
    })
}

/// The password of `scheme://user:password@host`.
fn find_password_of_url(text: &str, from: usize) -> Option<Range<usize>> {
    search(text, from, "://", |start| {
        let start = start + "://".len();
        let rest = text.get(start..)?;
        let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'".contains(c));
        let authority = rest.get(..end.unwrap_or(rest.len()))?;
        let (user, _) = authority.rsplit_once('@')?;
        let colon = user.find(':')?;
        Some(start + colon + 1..start + user.len())
    })
}

/// The value of `password=…`, `"password": "…"` and `authorization: …`.
fn find_named(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let separators = bytes.iter().enumerate().skip(from);
    let mut separators = separators.filter(|(_, byte)| matches!(byte, b'=' | b':'));
    separators.find_map(|(at, separator)| {
        let before = text.get(..at)?.trim_end_matches(['"', '\\', '\'']);
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_-%".contains(c);
        let name = before.get(before.trim_end_matches(is_name).len()..)?;
        if !is_sensitive(name) {
            return None;
        }
        let rest = text.get(at + 1..)?;
        let value = rest.trim_start_matches([' ', '\\']);
        let value =
            value.strip_prefix("Some(").map_or(value, |inner| inner.trim_start_matches('\\'));
        // A quote inside of quotes ends at an escape, others go on after it.
        let is_nested = rest.get(..rest.len() - value.len()).is_some_and(|gap| gap.ends_with('\\'));
        let start = at + 1 + rest.len() - value.len();
        let is_quote = |c: char| matches!(c, '"' | '\'');
        let length = match value.chars().next()? {
            quote if is_quote(quote) => {
                let inner = value.get(1..)?;
                let length = if is_nested {
                    inner.find([quote, '\\']).unwrap_or(inner.len())
                } else {
                    quoted_length(inner, quote)
                };
                return found(start + 1, length, text);
            }
            // `token: expired` is prose, `authorization: …` is a header.
            _ if *separator == b':'
                && !contains(name, "authorization")
                && !contains(name, "cookie") =>
            {
                return None;
            }
            _ if *separator == b':' => value.find(['\r', '\n', '"']).unwrap_or(value.len()),
            _ => value
                .find(|c: char| c.is_whitespace() || "&,;)}]\"'".contains(c))
                .unwrap_or(value.len()),
        };
        found(start, length, text)
    })
}

/// How much comes before the quote that ends it; an escaped one does not.
fn quoted_length(inner: &str, quote: char) -> usize {
    let mut is_escaped = false;
    let end = inner.find(|c: char| {
        let is_end = c == quote && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    });
    end.unwrap_or(inner.len())
}

fn found(start: usize, length: usize, text: &str) -> Option<Range<usize>> {
    let end = start + length;
    // What was masked before stays; the mask's own bracket ends a value without quotes.
    let is_masked = [end, end + 1].iter().any(|end| text.get(start..*end) == Some(MASK));
    (length > 0 && !is_masked).then_some(start..end)
}

/// The first of a word's places at or after `from`, in any case, in which something is found.
fn search(
    text: &str,
    from: usize,
    word: &str,
    found: impl Fn(usize) -> Option<Range<usize>>,
) -> Option<Range<usize>> {
    let (bytes, word) = (text.as_bytes(), word.as_bytes());
    // One byte is compared; the others only where it fits.
    let (last, before) = word.split_last()?;
    let ends = bytes.iter().enumerate().skip(from + before.len());
    ends.filter(|(_, byte)| *byte == last).find_map(|(end, _)| {
        let start = end.checked_sub(before.len())?;
        let there = bytes.get(start..end)?;
        there.eq_ignore_ascii_case(before).then(|| found(start)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sensitive_names_are_known_in_any_case() {
        for name in ["Authorization", "access_token", "DB_PASSWORD", "X-API-Key", "set-cookie"] {
            assert!(is_sensitive(name), "{name}");
        }
        for name in ["name", "page", "to_ken", "items"] {
            assert!(!is_sensitive(name), "{name}");
        }
    }

    #[test]
    fn sensitive_values_of_a_query_are_masked() {
        assert_eq!(query("page=2&q=blue"), "page=2&q=blue");
        assert_eq!(
            query("code=abc&page=2&Access%5FToken=x&flag"),
            "code=[masked]&page=2&Access%5FToken=[masked]&flag"
        );
        assert_eq!(query("q=eyJhbGci.eyJzdWIi.c2ln"), "q=[masked]");
    }

    #[test]
    fn secrets_that_are_encoded_are_masked() {
        for (given, logged) in [
            ("next=https%3A%2F%2Fapp%2F%3Fid_token%3Dabc&page=2", "next=[masked]&page=2"),
            ("next=https%3A%2F%2Fapp%2F%3Fq%3DeyJhbGci.eyJzdWIi.c2ln", "next=[masked]"),
            ("q=Bearer%20abcdefghijkl1234", "q=[masked]"),
            ("q=Bearer+abcdefghijkl1234", "q=[masked]"),
            ("to=https%3A%2F%2Fme%3Ahunter2%40host%2Fx", "to=[masked]"),
            ("to=https%253A%252F%252Fme%253Ahunter2%2540host", "to=[masked]"),
            ("next=%2Flogin%3Fcode%3Dabc", "next=[masked]"),
            ("next=/login?code=abc&page=2", "next=[masked]&page=2"),
            ("next=/cb?sid=abc", "next=[masked]"),
            ("q=red%20apple+pie&page=2", "q=red%20apple+pie&page=2"),
            ("%ff=%00&%", "%ff=%00&%"),
        ] {
            assert_eq!(query(given), logged);
        }
        assert_eq!(path("/items/7"), "/items/7");
        assert_eq!(path("/fetch/https://me:secret@host/x"), "/fetch/https://me:[masked]@host/x");
        assert_eq!(path("/fetch/https%3A%2F%2Fme%3Asecret%40host"), "[masked]");
    }

    #[test]
    fn what_looks_like_a_secret_is_masked() {
        for (given, logged) in [
            ("no token in sight: expired", "no token in sight: expired"),
            ("got eyJhbGciOiJSUzI1NiJ9.eyJzdWIi.c2ln!", "got [masked]!"),
            ("`Authorization: Bearer abcdefgh1234` sent", "`Authorization: [masked]"),
            ("bearer abcdefghijkl1234 refused", "bearer [masked] refused"),
            ("send `Authorization: Bearer TOKEN`", "send `Authorization: [masked]"),
            ("postgres://me:hunter2@db/app is down", "postgres://me:[masked]@db/app is down"),
            ("host=db password=hunter2 user=me", "host=db password=[masked] user=me"),
            (
                "https://x/?page=1&access_token=abc&b=2",
                "https://x/?page=1&access_token=[masked]&b=2",
            ),
            (r#"Login { password: "a b", n: 1 }"#, r#"Login { password: "[masked]", n: 1 }"#),
            (r#"password: "hunter\\2rest", n: 1"#, r#"password: "[masked]", n: 1"#),
            (r#"password: "say \"hi\" 2", n: 1"#, r#"password: "[masked]", n: 1"#),
            (r#"token: Some("abc"), n: 1"#, r#"token: Some("[masked]"), n: 1"#),
            (
                r#"body: "Login { token: Some(\"abc\"), n: 1 }""#,
                r#"body: "Login { token: Some(\"[masked]\"), n: 1 }""#,
            ),
            (r#"token: Some(\\\"abc\\\"), n"#, r#"token: Some(\\\"[masked]\\\"), n"#),
            ("password=[masked] token=[masked], n", "password=[masked] token=[masked], n"),
            (r#"body: "{\"password\":\"abc\"}""#, r#"body: "{\"password\":\"[masked]\"}""#),
            (r#"{"client_secret":"abc"}"#, r#"{"client_secret":"[masked]"}"#),
            ("invalid token: it expired", "invalid token: it expired"),
        ] {
            assert_eq!(text(given), logged);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_looked_through(given in r#"(eyJ|[a-z]|[.:=@/?& "'\\é\n]|token|Bearer |://){0,40}"#) {
            let _ = text(&given);
            let _ = (query(&given), path(&given));
        }

        #[test]
        fn a_token_is_in_no_text(before: String, token in "[A-Za-z0-9_-]{20,40}", after in "[ ,\"].*") {
            let given = format!("{before} eyJ{token}.eyJ{token}.{token}{after}");

            prop_assert!(!text(&given).contains(&token));
        }
    }
}
