use http::{HeaderValue, StatusCode, header};

use super::{IntoResponse, Response};
use crate::{
    error::Result,
    openapi::{Operation, OtherAnswer},
};

/// An answer with its `ETag` (RFC 9110 section 8.8.3), which a client that has it already
/// gets as 304 without a body.
///
/// ```
/// use fastservice::prelude::*;
///
/// #[public_api(get = "/rules")]
/// async fn rules(if_none_match: Option<Header<String>>) -> Tagged<&'static str> {
///     Tagged::new("\"7\"", "Be kind.").unless(if_none_match)
/// }
/// ```
///
/// # Errors
/// 500 when the tag is not a valid header value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged<T> {
    etag: String,
    value: T,
    is_known: bool,
}

impl<T> Tagged<T> {
    /// An answer, and its tag in quotes.
    #[must_use]
    pub fn new(etag: impl Into<String>, value: T) -> Self {
        Self { etag: etag.into(), value, is_known: false }
    }

    /// Answers 304 if `If-None-Match` names the tag (RFC 9110 section 13.1.2).
    #[must_use]
    pub fn unless(mut self, if_none_match: Option<crate::extract::Header<String>>) -> Self {
        self.is_known = if_none_match.is_some_and(|known| is_named(&self.etag, &known.0));
        self
    }
}

/// Whether a list of tags, or `*`, names this one. The weak comparison: `W/` does not count.
fn is_named(etag: &str, list: &str) -> bool {
    let strong = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    list.split(',').map(str::trim).any(|named| named == "*" || strong(named) == strong(etag))
}

impl<T: IntoResponse> IntoResponse for Tagged<T> {
    fn into_response(self) -> Result<Response> {
        let etag = [(header::ETAG, HeaderValue::try_from(self.etag)?)];
        if self.is_known {
            return (StatusCode::NOT_MODIFIED, etag, ()).into_response();
        }
        (etag, self.value).into_response()
    }

    fn describe(operation: &mut Operation) {
        T::describe(operation);
        operation.headers.push("ETag");
        let is_conditional =
            operation.parameters.iter().any(|parameter| parameter.name == "if-none-match");
        if is_conditional {
            let description = "The client has it already.";
            operation.others.push(OtherAnswer::new(StatusCode::NOT_MODIFIED, description));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_tags_is_compared_weakly() {
        for known in ["\"1\"", "W/\"1\"", "\"0\", \"1\"", "*"] {
            assert!(is_named("\"1\"", known) && is_named("W/\"1\"", known), "{known}");
        }
        for unknown in ["", "1", "\"2\"", "\"11\"", "w/\"1\""] {
            assert!(!is_named("\"1\"", unknown), "{unknown}");
        }
    }
}
