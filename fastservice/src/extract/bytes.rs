use std::future::Future;

use bytes::Bytes;

use super::{Argument, FromRequest, Request};
use crate::{
    error::{Error, Result},
    openapi::{Content, Operation},
};

/// A value that the whole body becomes, for an argument marked `#[body]`.
///
/// ```
/// use fastservice::prelude::*;
///
/// #[public_api(post = "/shout")]
/// async fn shout(#[body] text: String) -> String {
///     text.to_uppercase()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument marked `#[body]`",
    label = "cannot be made from a body's bytes",
    note = "take `String` or `Bytes`, or remove `#[body]` and take `Json<{Self}>`"
)]
pub trait FromBody: Sized + Send + 'static {
    /// Reads the body.
    ///
    /// # Errors
    /// 413, 415, and those of the type.
    fn from_body(request: &mut Request) -> impl Future<Output = Result<Self>> + Send;

    /// Adds the media types that it takes to the endpoint's description.
    fn describe(operation: &mut Operation);
}

impl FromBody for Bytes {
    async fn from_body(request: &mut Request) -> Result<Self> {
        request.bytes().await
    }

    fn describe(operation: &mut Operation) {
        operation.bodies.push(Content::of("application/octet-stream"));
    }
}

/// Takes `text/…` in UTF-8.
impl FromBody for String {
    async fn from_body(request: &mut Request) -> Result<Self> {
        if !request.media_type().is_some_and(|media_type| media_type.starts_with("text/")) {
            return Err(Error::unsupported_media_type("send the body as `text/plain`"));
        }
        let bytes = request.bytes().await?;
        Self::from_utf8(bytes.into()).map_err(|_| {
            Error::bad_request("the body must be text in UTF-8").with_code("malformed_text")
        })
    }

    fn describe(operation: &mut Operation) {
        operation.bodies.push(Content::of("text/plain"));
    }
}

/// The whole body, of any type.
impl FromRequest for Bytes {
    const TAKES_BODY: bool = true;

    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        request.bytes().await
    }

    fn describe(operation: &mut Operation, _: Argument) {
        <Self as FromBody>::describe(operation);
    }
}
