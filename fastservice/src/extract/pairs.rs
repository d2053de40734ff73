//! The pairs of a query, one key at a time: nothing is kept that nobody asks for.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use crate::error::{Error, Result};

/// Refuses a `query` or a `form` that is not percent-encoded UTF-8.
pub(super) fn check(text: &[u8], what: &'static str) -> Result<()> {
    percent_decode(text).decode_utf8().map(|_| ()).map_err(|_| malformed(what))
}

/// The last value of a key, decoded.
pub(super) fn last<'q>(query: &'q str, name: &str) -> Result<Option<Cow<'q, str>>> {
    all(query, name).last().transpose()
}

/// Every value of a key, decoded.
pub(super) fn all<'q>(query: &'q str, name: &str) -> impl Iterator<Item = Result<Cow<'q, str>>> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let values = pairs.filter(move |(key, _)| is_key(key, name)).map(|(_, value)| value);
    values.map(|value| decode(value).ok_or_else(|| malformed("query")))
}

fn is_key(key: &str, name: &str) -> bool {
    key == name || (key.contains(['%', '+']) && decode(key).is_some_and(|key| key == name))
}

/// Decodes `application/x-www-form-urlencoded` text; `None` when it is not UTF-8.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains(['%', '+']) {
        return Some(Cow::Borrowed(text));
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_decode(spaced.as_bytes()).decode_utf8().ok()?;
    Some(Cow::Owned(decoded.into_owned()))
}

fn malformed(what: &'static str) -> Error {
    Error::bad_request(format!("the {what} must be percent-encoded UTF-8"))
        .with_code(if what == "form" { "malformed_form" } else { "malformed_query" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(query: &str) -> Option<String> {
        last(query, "q").unwrap().map(Cow::into_owned)
    }

    #[test]
    fn the_last_of_repeated_keys_counts() {
        assert_eq!(value("q=1&x=2&q=3").as_deref(), Some("3"));
        assert_eq!(value("q").as_deref(), Some(""));
        assert_eq!(value("qq=1&=2").as_deref(), None);
        assert_eq!(value(""), None);
    }

    #[test]
    fn keys_and_values_are_decoded() {
        assert_eq!(value("%71=a+b%26%C3%A9").as_deref(), Some("a b&é"));
        assert_eq!(value("q=100%").as_deref(), Some("100%"));
        assert_eq!(last("q=%ff", "q").unwrap_err().code(), "malformed_query");
    }
}
