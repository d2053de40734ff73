//! How a client proves who it is by HTTP Basic.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a form leaves as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

/// Both parts are encoded as in a form first (RFC 6749 section 2.3.1), so that a colon in
/// the id ends nothing.
pub(crate) fn basic(id: &str, secret: &str) -> Option<HeaderValue> {
    let [id, secret] = [id, secret].map(|part| utf8_percent_encode(part, ENCODED));
    let credentials = STANDARD.encode(format!("{id}:{secret}"));
    let mut value = HeaderValue::try_from(format!("Basic {credentials}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_are_encoded_as_in_a_form() {
        let value = basic("a:b-c", "p\u{e9} +%").unwrap();

        let credentials = value.to_str().unwrap().strip_prefix("Basic ").unwrap();
        let decoded = String::from_utf8(STANDARD.decode(credentials).unwrap()).unwrap();
        assert_eq!(decoded, "a%3Ab-c:p%C3%A9%20%2B%25");
        assert!(value.is_sensitive());
    }
}
