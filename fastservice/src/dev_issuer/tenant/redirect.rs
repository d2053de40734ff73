//! Where a browser is sent with a code.

use std::fmt::Write as _;

use http::Uri;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::host;
use crate::settings::is_host_and_port;

/// The addresses that a client may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RedirectUris {
    /// Any of this machine.
    OnLoopback,
    /// These, of which those of this machine have any port (RFC 8252 section 7.3).
    These(Vec<RedirectUri>),
}

impl RedirectUris {
    /// The address, if the client may name it.
    pub(super) fn admit(&self, text: &str) -> Option<RedirectUri> {
        let asked = RedirectUri::parse(text)?;
        let is_admitted = match self {
            Self::OnLoopback => asked.port_free.is_some(),
            Self::These(uris) => uris.iter().any(|uri| uri.covers(&asked)),
        };
        is_admitted.then_some(asked)
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::These(uris) if uris.is_empty())
    }
}

/// An absolute address without a fragment (RFC 6749 section 3.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RedirectUri {
    text: String,
    /// Without its port, where it is of this machine.
    port_free: Option<String>,
}

impl RedirectUri {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"#\\\"<>".contains(&byte);
        let (scheme, rest) = text.split_once(':')?;
        if !text.bytes().all(is_plain) || !is_scheme(scheme) {
            return None;
        }
        if !matches!(scheme, "http" | "https") {
            // An app's own scheme is its domain in reverse (RFC 8252 section 7.1), and none
            // that a browser runs, such as `javascript:`.
            let is_domain = scheme.contains('.');
            return is_domain.then(|| Self { text: text.to_owned(), port_free: None });
        }
        let uri: Uri = text.parse().ok()?;
        let authority = uri.authority()?.as_str();
        if !rest.starts_with("//") || !is_host_and_port(authority) {
            return None;
        }
        let name = uri.host()?;
        let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let is_local = host::is_loopback(name);
        let port_free = is_local.then(|| format!("{scheme}://{name}{path}"));
        Some(Self { text: text.to_owned(), port_free })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    fn covers(&self, asked: &Self) -> bool {
        self.text == asked.text || (self.port_free.is_some() && self.port_free == asked.port_free)
    }

    /// The address with these in its query.
    pub(super) fn with(&self, pairs: &[(&str, &str)]) -> String {
        let mut text = self.text.clone();
        for (name, value) in pairs {
            let separator = if text.contains('?') { '&' } else { '?' };
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
            // Writing to a text does not fail.
            let _ = write!(text, "{separator}{name}={value}");
        }
        text
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn these(texts: &[&str]) -> RedirectUris {
        RedirectUris::These(texts.iter().map(|text| RedirectUri::parse(text).unwrap()).collect())
    }

    #[test]
    fn an_address_is_matched_letter_by_letter() {
        let uris = these(&["https://app.test/cb", "com.example.app:/cb"]);

        assert!(uris.admit("https://app.test/cb").is_some());
        assert!(uris.admit("com.example.app:/cb").is_some());
        for other in [
            "https://app.test/cb/",
            "https://app.test/cb?x=1",
            "https://app.test/CB",
            "https://app.test:8443/cb",
            "http://app.test/cb",
            "https://app.test.evil.test/cb",
            "https://app.test@evil.test/cb",
            "https://app.test/cb#x",
            "https://app.test/../cb",
            "com.example.app:/cb2",
            "/cb",
            "",
        ] {
            assert!(uris.admit(other).is_none(), "{other}");
        }
    }

    #[test]
    fn one_of_this_machine_may_have_any_port_and_nothing_else() {
        let uris = these(&["http://127.0.0.1/cb", "http://[::1]:1/cb", "http://localhost:3000/cb"]);

        for port in ["", ":80", ":51234"] {
            for host in ["127.0.0.1", "[::1]", "localhost"] {
                assert!(uris.admit(&format!("http://{host}{port}/cb")).is_some(), "{host}{port}");
            }
        }
        for other in [
            "http://127.0.0.1/other",
            "https://127.0.0.1/cb",
            "http://127.0.0.1.evil.test/cb",
            "http://127.0.0.1@evil.test/cb",
            "http://localhost:99999/cb",
            "http://127.0.0.2/cb",
        ] {
            assert!(uris.admit(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_client_without_addresses_may_name_any_of_this_machine() {
        assert!(RedirectUris::OnLoopback.admit("http://localhost:8000/docs/back").is_some());
        assert!(RedirectUris::OnLoopback.admit("https://127.0.0.1/").is_some());
        assert!(RedirectUris::OnLoopback.admit("http://127.0.0.2:1/").is_some());
        assert!(RedirectUris::OnLoopback.admit("http://128.0.0.2/").is_none());
        assert!(RedirectUris::OnLoopback.admit("http://evil.test/").is_none());
        assert!(RedirectUris::OnLoopback.admit("com.example:/").is_none());
    }

    #[test]
    fn what_a_browser_would_run_or_misread_is_no_address() {
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "http:localhost/cb",
            "http:///cb",
            "http://a b/",
            "http://localhost/\r\nx: y",
            "http://localhost;evil.test/",
            "http://localhost/\\evil",
            "https://é.test/",
        ] {
            assert!(RedirectUri::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn parameters_join_a_query_that_is_there() {
        let with = |text: &str| RedirectUri::parse(text).unwrap().with(&[("a", "x&y"), ("b", "é")]);

        assert_eq!(with("https://app.test/cb"), "https://app.test/cb?a=x%26y&b=%C3%A9");
        assert_eq!(with("https://app.test/cb?x=1"), "https://app.test/cb?x=1&a=x%26y&b=%C3%A9");
    }
}
