//! Who asks: arguments that need no parsing.

use http::{HeaderMap, Method, Uri};
use serde::de::DeserializeOwned;

use super::{Argument, FromRequest, OptionalFromRequest, Request};
use crate::{
    claims::{Claims, UserId},
    context::{Context, RequestId},
    error::Result,
    openapi::Operation,
};

impl FromRequest for Context {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        Ok(request.context().clone())
    }
}

impl FromRequest for RequestId {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        Ok(request.context().request_id())
    }
}

impl FromRequest for Method {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        Ok(request.method().clone())
    }
}

impl FromRequest for Uri {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        Ok(request.uri().clone())
    }
}

impl FromRequest for HeaderMap {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        Ok(request.headers().clone())
    }
}

/// On a private endpoint what the access check verified. On a public one the
/// token is verified here; without one the answer is 401.
impl<T: DeserializeOwned + Send + 'static> FromRequest for Claims<T> {
    async fn from_request(request: &mut Request, argument: Argument) -> Result<Self> {
        let claims = <Self as OptionalFromRequest>::from_request(request, argument).await?;
        claims.ok_or_else(|| request.environment().guard.missing_token())
    }

    fn describe(operation: &mut Operation, _: Argument) {
        operation.needs_identity = true;
        operation.takes_identity = true;
    }
}

/// On a public endpoint: `None` without a token; a bad token is refused.
impl<T: DeserializeOwned + Send + 'static> OptionalFromRequest for Claims<T> {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Option<Self>> {
        if let Some(claims) = request.context().claims() {
            return claims.with().map(Some);
        }
        let claims = request.environment().guard.identify(request.headers()).await?;
        let Some(claims) = claims else { return Ok(None) };
        request.context().identify(claims.clone());
        claims.with().map(Some)
    }

    fn describe(operation: &mut Operation, _: Argument) {
        operation.takes_identity = true;
    }
}

/// As [`Claims`].
impl FromRequest for UserId {
    async fn from_request(request: &mut Request, argument: Argument) -> Result<Self> {
        let claims = <Claims as FromRequest>::from_request(request, argument).await?;
        Ok(claims.subject().clone())
    }

    fn describe(operation: &mut Operation, _: Argument) {
        operation.needs_identity = true;
        operation.takes_identity = true;
    }
}

/// As `Option<Claims>`.
impl OptionalFromRequest for UserId {
    async fn from_request(request: &mut Request, argument: Argument) -> Result<Option<Self>> {
        let claims = <Claims as OptionalFromRequest>::from_request(request, argument).await?;
        Ok(claims.map(|claims| claims.subject().clone()))
    }

    fn describe(operation: &mut Operation, _: Argument) {
        operation.takes_identity = true;
    }
}
