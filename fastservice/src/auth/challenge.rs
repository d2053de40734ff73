//! The values of `WWW-Authenticate` (RFC 6750 section 3, RFC 9110 section 11.6.1).

use std::sync::Arc;

use http::HeaderValue;

use super::access::{Lack, Rule};
use crate::claims::is_scope_token;

/// The challenges of one realm, built once; a clone of a value copies no bytes.
#[derive(Debug)]
pub(super) struct Challenges {
    plain: HeaderValue,
    invalid_request: HeaderValue,
    invalid_token: HeaderValue,
    insufficient_scope: Arc<str>,
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
            insufficient_scope: format!(
                r#"{plain}, error="insufficient_scope", error_description="the access token lacks a right""#
            )
            .into(),
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

    /// For a right that the token lacks, as far as it is the same for all endpoints.
    pub(super) fn insufficient_scope(&self) -> &Arc<str> {
        &self.insufficient_scope
    }

    /// Names the scopes with which the endpoint would let the client in. A machine's right
    /// comes with no scope, so that none is named where it lacks.
    pub(super) fn insufficient(&self, rule: &Rule, lack: &Lack) -> HeaderValue {
        let named = rule.any_scopes.iter().filter(|scope| !rule.scopes.contains(scope));
        let named = rule.scopes.iter().chain(named).copied().filter(|scope| is_scope_token(scope));
        let scopes = named.collect::<Vec<_>>().join(" ");
        let base = &self.insufficient_scope;
        let value = if lack.machine || scopes.is_empty() {
            HeaderValue::from_str(base)
        } else {
            HeaderValue::try_from(format!(r#"{base}, scope="{scopes}""#))
        };
        // Both are printable ASCII.
        value.unwrap_or_else(|_| self.plain.clone())
    }
}

/// RFC 9110 section 5.6.4: in a quoted string `"` and `\` take a backslash before them.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', "\\\"")
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
