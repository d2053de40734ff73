//! What went wrong: a status, a stable code, a text for the client, a cause for the log.

mod input;

use std::{borrow::Cow, error::Error as StdError, fmt};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

pub use self::input::{InputError, InputErrors, Loc};

/// The result of a handler, an extractor or a response.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Any error of another crate.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// An error that answers a request.
///
/// It has a status, a stable [`code`](Error::code) for programs and a
/// [`detail`](Error::detail) for people. Its [`source`](Error::source) is
/// logged and never sent. With `?` any [`std::error::Error`] becomes a 500 that
/// tells the client nothing but the request id.
///
/// ```
/// use fastservice::Error;
///
/// let error = Error::not_found("no item has id 7").with_code("item_not_found");
/// assert_eq!(error.status(), 404);
/// assert_eq!(error.code(), "item_not_found");
/// ```
///
/// `Error` itself is not a [`std::error::Error`]: that is what lets `?` take
/// every type that is one.
pub struct Error(Box<Inner>);

struct Inner {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Cow<'static, str>,
    headers: HeaderMap,
    inputs: Vec<InputError>,
    source: Option<BoxError>,
}

/// One constructor for each usual status.
macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $status:ident, $code:literal;)*) => {
        impl Error {
            $(
                $(#[$doc])*
                #[doc = concat!("\n\nIts code is `", $code, "` unless [`with_code`](Error::with_code) changes it.")]
                #[must_use]
                pub fn $name(detail: impl Into<Cow<'static, str>>) -> Self {
                    Self::new(StatusCode::$status, $code, detail)
                }
            )*
        }
    };
}

constructors! {
    /// 400: the request cannot be understood.
    bad_request => BAD_REQUEST, "bad_request";
    /// 401: the client must prove who it is.
    unauthorized => UNAUTHORIZED, "unauthorized";
    /// 403: the client is known and may not do this.
    forbidden => FORBIDDEN, "forbidden";
    /// 404: there is nothing here.
    not_found => NOT_FOUND, "not_found";
    /// 405: the path exists, this method does not.
    method_not_allowed => METHOD_NOT_ALLOWED, "method_not_allowed";
    /// 409: the request contradicts the present state.
    conflict => CONFLICT, "conflict";
    /// 410: it was here and will not come back.
    gone => GONE, "gone";
    /// 412: a precondition of the request does not hold.
    precondition_failed => PRECONDITION_FAILED, "precondition_failed";
    /// 413: the body is larger than the endpoint takes.
    payload_too_large => PAYLOAD_TOO_LARGE, "body_too_large";
    /// 415: the body's `Content-Type` is not one that the endpoint takes.
    unsupported_media_type => UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type";
    /// 422: the request is well formed and its meaning is wrong.
    unprocessable => UNPROCESSABLE_ENTITY, "unprocessable";
    /// 429: too many requests; add `Retry-After` by [`with_header`](Error::with_header).
    too_many_requests => TOO_MANY_REQUESTS, "too_many_requests";
    /// 503: the service cannot answer for now; add `Retry-After` by [`with_header`](Error::with_header).
    unavailable => SERVICE_UNAVAILABLE, "unavailable";
}

impl Error {
    /// An error of any status, with its stable code and the text for the client.
    #[must_use]
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Inner {
            status,
            code: code.into(),
            detail: detail.into(),
            headers: HeaderMap::new(),
            inputs: Vec::new(),
            source: None,
        }))
    }

    /// 500: a fault of the service. The source is logged; the client reads
    /// only that it happened, and the request id to report.
    #[must_use]
    pub fn internal(source: impl Into<BoxError>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            "the service failed to answer; its log has the reason under this request id",
        )
        .with_source(source)
    }

    /// 422 with the list of what is wrong in the request's input.
    #[must_use]
    pub fn input(inputs: Vec<InputError>) -> Self {
        let detail = match inputs.len() {
            1 => Cow::Borrowed("1 input is wrong"),
            count => Cow::Owned(format!("{count} inputs are wrong")),
        };
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_input", detail).with_inputs(inputs)
    }

    /// Replaces the stable code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<Cow<'static, str>>) -> Self {
        self.0.code = code.into();
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.append(name, value);
        self
    }

    /// Keeps the cause, for the log only.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds the list of what is wrong in the request's input.
    #[must_use]
    pub fn with_inputs(mut self, inputs: Vec<InputError>) -> Self {
        self.0.inputs = inputs;
        self
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable code, for programs.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The text for the client.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Headers that the answer carries.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// What is wrong in the request's input; empty for other errors.
    #[must_use]
    pub fn inputs(&self) -> &[InputError] {
        &self.0.inputs
    }

    /// The cause, which is logged and never sent.
    #[must_use]
    pub fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }

    /// The cause itself, without what the client would have read.
    #[must_use]
    pub fn into_source(self) -> Option<BoxError> {
        self.0.source
    }

    /// The causes, outermost first, joined for a log record.
    pub(crate) fn chain(&self) -> String {
        self.source().map(chain).unwrap_or_default()
    }
}

/// An error and its causes, outermost first.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.0.status.as_u16(), self.0.code, self.0.detail)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("status", &self.0.status)
            .field("code", &self.0.code)
            .field("detail", &self.0.detail)
            .field("inputs", &self.0.inputs)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    fn from(source: E) -> Self {
        Self::internal(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_error_becomes_a_500_that_tells_nothing() {
        fn fails() -> Result<()> {
            Err(std::io::Error::other("password is hunter2"))?
        }

        let error = fails().unwrap_err();

        assert_eq!(error.status(), 500);
        assert!(!error.to_string().contains("hunter2"));
        assert_eq!(error.chain(), "password is hunter2");
    }

    #[test]
    fn an_error_is_one_pointer_wide() {
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
    }
}
