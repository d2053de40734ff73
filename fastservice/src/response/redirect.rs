use http::{HeaderValue, StatusCode, header};

use super::{IntoResponse, Response};
use crate::{error::Result, openapi::Operation};

/// Sends the client to another place.
///
/// ```
/// use fastservice::prelude::*;
///
/// #[public_api(get = "/old")]
/// async fn old() -> Redirect {
///     Redirect::permanent("/new")
/// }
/// ```
///
/// The place is sent as it is. Behind a proxy that takes a prefix off the path,
/// [`Context::prefix`](crate::context::Context::prefix) belongs in front of it.
///
/// # Errors
/// 500 when the place is not a valid header value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    status: StatusCode,
    location: String,
}

impl Redirect {
    /// 303: look there with GET, as after a form.
    #[must_use]
    pub fn see_other(location: impl Into<String>) -> Self {
        Self { status: StatusCode::SEE_OTHER, location: location.into() }
    }

    /// 307: for now there, with the same method and body.
    #[must_use]
    pub fn temporary(location: impl Into<String>) -> Self {
        Self { status: StatusCode::TEMPORARY_REDIRECT, location: location.into() }
    }

    /// 308: from now on there, with the same method and body.
    #[must_use]
    pub fn permanent(location: impl Into<String>) -> Self {
        Self { status: StatusCode::PERMANENT_REDIRECT, location: location.into() }
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Result<Response> {
        let location = HeaderValue::try_from(self.location)?;
        (self.status, ([(header::LOCATION, location)], ())).into_response()
    }

    fn describe(operation: &mut Operation) {
        operation.status = Some(StatusCode::TEMPORARY_REDIRECT);
        operation.headers.push("Location");
    }
}
