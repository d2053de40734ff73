//! 6. The answer.

mod created;
#[cfg(any(feature = "dev-issuer", feature = "docs"))]
mod escaped;
mod json;
mod problem;
mod redirect;
mod tagged;
mod text;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

#[cfg(any(feature = "dev-issuer", feature = "docs"))]
pub(crate) use self::escaped::Escaped;
pub(crate) use self::problem::ErrorForm;
pub use self::{created::Created, redirect::Redirect, tagged::Tagged, text::Html};
pub use crate::json::Json;
use crate::{
    body::Body,
    error::{Error, Result},
    openapi::Operation,
};

/// An answer on its way to the client.
pub type Response = http::Response<Body>;

/// A value that a handler can return.
///
/// An error type of your own says how it answers by implementing it too:
///
/// ```
/// use fastservice::prelude::*;
///
/// enum StoreError { Full }
///
/// impl IntoResponse for StoreError {
///     fn into_response(self) -> Result<Response> {
///         Err(Error::conflict("the store is full").with_code("store_full"))
///     }
/// }
///
/// #[public_api(post = "/boxes")]
/// async fn add_box() -> Result<&'static str, StoreError> {
///     Err(StoreError::Full)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the result of an endpoint",
    label = "cannot be made into a response",
    note = "return `Json<{Self}>` (with `#[derive(serde::Serialize, JsonSchema)]`), text, bytes, a status, or a `Result` of one",
    note = "your own error type implements `IntoResponse`; in place of `None`, return `Err(Error::not_found(\"..\"))`"
)]
pub trait IntoResponse {
    /// Makes the answer.
    ///
    /// # Errors
    /// An error answers as a problem document, in the form that the setting
    /// `ERROR_FORMAT` asks for.
    fn into_response(self) -> Result<Response>;

    /// Adds to the endpoint's description what the answer is. Default: nothing, as of a
    /// [`Response`], which may be anything.
    fn describe(operation: &mut Operation)
    where
        Self: Sized,
    {
        let _ = operation;
    }
}

impl IntoResponse for Response {
    fn into_response(self) -> Result<Response> {
        Ok(self)
    }
}

/// 200 without a body.
impl IntoResponse for () {
    fn into_response(self) -> Result<Response> {
        Ok(Response::default())
    }
}

/// A status without a body.
impl IntoResponse for StatusCode {
    fn into_response(self) -> Result<Response> {
        let mut response = Response::default();
        *response.status_mut() = self;
        Ok(response)
    }
}

impl IntoResponse for Body {
    fn into_response(self) -> Result<Response> {
        Ok(Response::new(self))
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Result<Response> {
        Err(self)
    }
}

impl IntoResponse for std::convert::Infallible {
    fn into_response(self) -> Result<Response> {
        match self {}
    }
}

impl<T: IntoResponse, E: IntoResponse> IntoResponse for Result<T, E> {
    fn into_response(self) -> Result<Response> {
        match self {
            Ok(value) => value.into_response(),
            Err(error) => error.into_response(),
        }
    }

    fn describe(operation: &mut Operation) {
        T::describe(operation);
        E::describe(operation);
    }
}

/// Another status.
impl<T: IntoResponse> IntoResponse for (StatusCode, T) {
    fn into_response(self) -> Result<Response> {
        let mut response = self.1.into_response()?;
        *response.status_mut() = self.0;
        Ok(response)
    }

    fn describe(operation: &mut Operation) {
        T::describe(operation);
    }
}

/// Headers, each in place of the one that the value itself would send.
impl<T: IntoResponse, const N: usize> IntoResponse for ([(HeaderName, HeaderValue); N], T) {
    fn into_response(self) -> Result<Response> {
        let mut response = self.1.into_response()?;
        // A whole map replaces what is there; pairs would stand beside it.
        response.headers_mut().extend(HeaderMap::from_iter(self.0));
        Ok(response)
    }

    fn describe(operation: &mut Operation) {
        T::describe(operation);
    }
}

/// Another status, and headers.
impl<T: IntoResponse, const N: usize> IntoResponse
    for (StatusCode, [(HeaderName, HeaderValue); N], T)
{
    fn into_response(self) -> Result<Response> {
        let (status, headers, value) = self;
        (status, (headers, value)).into_response()
    }

    fn describe(operation: &mut Operation) {
        T::describe(operation);
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The media type is a constant, which is checked while compiling.
fn of_type(media_type: HeaderValue, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}
