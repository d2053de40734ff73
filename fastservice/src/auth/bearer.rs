//! The bearer token in the `Authorization` header (RFC 6750 section 2.1).
//!
//! Query and form are never read: what is in a URL gets into logs.

use http::{HeaderMap, header::AUTHORIZATION};

use crate::error::Error;

const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Why the header holds no token that could be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Malformed,
    TooLong,
}

impl Fault {
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Malformed => {
                Error::bad_request("the request must have one header `Authorization: Bearer TOKEN`")
                    .with_code("malformed_authorization")
            }
            Self::TooLong => {
                Error::unauthorized("the token is longer than 8 KiB").with_code("token_malformed")
            }
        }
    }
}

/// The bearer token; `None` when there is no credential, or one of another scheme.
pub(super) fn token(headers: &HeaderMap) -> Result<Option<&str>, Fault> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Fault::Malformed);
    }
    let value = value.as_bytes();
    let scheme_end = value.iter().position(|byte| matches!(byte, b' ' | b'\t'));
    let (scheme, rest) = value.split_at(scheme_end.unwrap_or(value.len()));
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Ok(None);
    }
    let token = trim_spaces(rest);
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Fault::TooLong);
    }
    // A comma is where proxies join two headers.
    let is_fit = |byte: u8| byte.is_ascii_graphic() && byte != b',';
    // To the end, not to the first unfit byte, so that the compiler takes many at a time.
    if token.is_empty() || !token.iter().fold(true, |fit, byte| fit & is_fit(*byte)) {
        return Err(Fault::Malformed);
    }
    std::str::from_utf8(token).map(Some).map_err(|_| Fault::Malformed)
}

/// Without the blanks around it; a tab is none (RFC 9110 section 11.4: `1*SP`).
fn trim_spaces(mut text: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] | [rest @ .., b' '] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(values: &[&[u8]]) -> HeaderMap {
        let values = values.iter().map(|value| HeaderValue::from_bytes(value).unwrap());
        values.map(|value| (AUTHORIZATION, value)).collect()
    }

    #[test]
    fn bearer_in_any_case_and_with_several_blanks_is_read() {
        for value in ["Bearer a.b.c", "bearer a.b.c", "BEARER    a.b.c", "Bearer a.b.c "] {
            assert_eq!(token(&headers(&[value.as_bytes()])), Ok(Some("a.b.c")), "{value}");
        }
    }

    #[test]
    fn other_schemes_are_no_bearer_token() {
        for value in
            ["", "Basic dXNlcg==", "Digest a=b, c=d", "DPoP a.b.c", "Bearerx a", "Basic a\tb"]
        {
            assert_eq!(token(&headers(&[value.as_bytes()])), Ok(None), "{value}");
        }
    }

    #[test]
    fn what_is_not_one_word_of_visible_ascii_is_malformed() {
        let values: [&[u8]; 9] = [
            b"Bearer",
            b"Bearer ",
            b"Bearer\ta.b.c",
            b"Bearer \ta.b.c",
            b"Bearer a.b.c\t",
            b"Bearer a b",
            b"Bearer a.b.c, Bearer d.e.f",
            b"Bearer a.b.c,d.e.f",
            b"Bearer \xc3\xa4",
        ];
        for value in values {
            assert_eq!(token(&headers(&[value])), Err(Fault::Malformed), "{value:?}");
        }
    }

    #[test]
    fn two_headers_are_malformed_whatever_they_hold() {
        for second in ["Bearer a.b.c", "Basic dXNlcg=="] {
            let both = headers(&[b"Bearer a.b.c", second.as_bytes()]);
            assert_eq!(token(&both), Err(Fault::Malformed), "{second}");
        }
    }

    #[test]
    fn a_token_over_8_kib_is_too_long() {
        let longest = format!("Bearer {}", "a".repeat(MAX_TOKEN_BYTES));
        assert!(matches!(token(&headers(&[longest.as_bytes()])), Ok(Some(_))));

        let longer = format!("{longest}a");
        assert_eq!(token(&headers(&[longer.as_bytes()])), Err(Fault::TooLong));
    }
}
