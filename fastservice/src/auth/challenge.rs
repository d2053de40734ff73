//! The values of `WWW-Authenticate` (RFC 6750 section 3, RFC 9110 section 11.6.1).

use http::HeaderValue;

use super::access::{Lack, Rule};

/// The challenges of one realm, built once; a clone of a value copies no bytes.
#[derive(Debug)]
pub(super) struct Challenges {
    plain: HeaderValue,
    invalid_request: HeaderValue,
    invalid_token: HeaderValue,
    insufficient_scope: HeaderValue,
}

impl Challenges {
    /// `None` when no quoted string can hold the realm.
    pub(super) fn new(realm: &str) -> Option<Self> {
        let is_printable = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        if realm.is_empty() || !realm.bytes().all(is_printable) {
            return None;
        }
        let plain = format!(r#"Bearer realm="{}""#, escaped(realm));
        let value = |rest: &str| HeaderValue::from_str(&format!("{plain}{rest}")).ok();
        Some(Self {
            plain: value("")?,
            invalid_request: value(
                r#", error="invalid_request", error_description="send one header: Authorization: Bearer TOKEN""#,
            )?,
            invalid_token: value(
                r#", error="invalid_token", error_description="the access token is refused""#,
            )?,
            insufficient_scope: value(
                r#", error="insufficient_scope", error_description="the access token lacks a right""#,
            )?,
        })
    }

    /// Asks for a token: no error, as none was sent (RFC 6750 section 3.1).
    pub(super) fn plain(&self) -> HeaderValue {
        self.plain.clone()
    }

    pub(super) fn invalid_request(&self) -> HeaderValue {
        self.invalid_request.clone()
    }

    pub(super) fn invalid_token(&self) -> HeaderValue {
        self.invalid_token.clone()
    }

    /// Names the scopes with which the endpoint would let the client in. A machine's right
    /// comes with no scope, so that none is named where it lacks.
    pub(super) fn insufficient(&self, rule: &Rule, lack: &Lack) -> HeaderValue {
        let named = rule.any_scopes.iter().filter(|scope| !rule.scopes.contains(scope));
        let named = rule.scopes.iter().chain(named).copied().filter(|scope| is_scope_token(scope));
        let scopes = named.collect::<Vec<_>>().join(" ");
        if lack.machine || scopes.is_empty() {
            return self.insufficient_scope.clone();
        }
        let mut value = self.insufficient_scope.as_bytes().to_vec();
        value.extend_from_slice(format!(r#", scope="{scopes}""#).as_bytes());
        HeaderValue::from_bytes(&value).unwrap_or_else(|_| self.insufficient_scope.clone())
    }
}

/// RFC 9110 section 5.6.4: in a quoted string `"` and `\` take a backslash before them.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', "\\\"")
}

/// RFC 6749 section 3.3: visible ASCII without `"` and `\`.
fn is_scope_token(scope: &str) -> bool {
    !scope.is_empty()
        && scope.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_realm_is_escaped() {
        let challenges = Challenges::new(r#"a "b" \c"#).unwrap();

        assert_eq!(challenges.plain(), r#"Bearer realm="a \"b\" \\c""#);
    }

    #[test]
    fn a_realm_that_no_quoted_string_holds_is_refused() {
        for realm in ["", "a\nb", "a\tb", "caf\u{e9}", "\u{7f}"] {
            assert!(Challenges::new(realm).is_none(), "{realm:?}");
        }
    }
}
