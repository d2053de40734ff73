use http::{HeaderValue, StatusCode, header};

use super::{IntoResponse, Response};
use crate::{error::Result, openapi::Operation};

/// 201: something new, and where it is.
///
/// ```
/// use fastservice::prelude::*;
///
/// #[public_api(post = "/boxes")]
/// async fn add_box(context: Context) -> Created<&'static str> {
///     Created::at(format!("{}/boxes/1", context.prefix()), "a box")
/// }
/// ```
///
/// # Errors
/// 500 when the place is not a valid header value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created<T> {
    location: String,
    value: T,
}

impl<T> Created<T> {
    /// What was made, and its address, which is sent as it is.
    #[must_use]
    pub fn at(location: impl Into<String>, value: T) -> Self {
        Self { location: location.into(), value }
    }
}

impl<T: IntoResponse> IntoResponse for Created<T> {
    fn into_response(self) -> Result<Response> {
        let location = HeaderValue::try_from(self.location)?;
        (StatusCode::CREATED, [(header::LOCATION, location)], self.value).into_response()
    }

    fn describe(operation: &mut Operation) {
        T::describe(operation);
        operation.status = Some(StatusCode::CREATED);
        operation.headers.push("Location");
    }
}
