//! Forms with files.

mod members;
mod parts;
mod upload;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

pub use self::upload::Upload;
use super::{Argument, FromRequest, OptionalFromRequest, Request};
use crate::{
    error::{Error, InputError, Result},
    openapi::{Content, Operation},
    validation::{Place, around_argument},
};

const MEDIA_TYPE: &str = "multipart/form-data";

/// A body of `multipart/form-data`, as browsers send forms with files (RFC 7578).
///
/// A member that is an [`Upload`] is a file, `Option<Upload>` one that may be left out, and
/// `Vec<Upload>` several. All others are read as those of a [`Form`](super::Form); a member
/// that is an object is a part with JSON.
///
/// ```
/// use fastservice::prelude::*;
///
/// #[derive(serde::Deserialize, JsonSchema)]
/// struct Album {
///     title: String,
///     year: Option<u16>,
///     #[serde(default)]
///     pictures: Vec<Upload>,
/// }
///
/// #[public_api(post = "/albums", body_limit = "20MiB")]
/// async fn add_album(Multipart(album): Multipart<Album>) -> String {
///     format!("{} with {} pictures", album.title, album.pictures.len())
/// }
/// ```
///
/// The body is held in memory as a whole: raise `body_limit` no further than that is fine.
///
/// # Errors
/// 415 for another `Content-Type`; 413 over the body's limit, for more than 1000 parts, or for
/// a part with more than 8 KiB of headers; 400 `malformed_multipart`; 422 with `loc`
/// `["body", name]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Multipart<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static> FromRequest for Multipart<T> {
    const TAKES_BODY: bool = true;

    async fn from_request(request: &mut Request, argument: Argument) -> Result<Self> {
        let form = <Self as OptionalFromRequest>::from_request(request, argument).await?;
        form.ok_or_else(|| Error::input(vec![InputError::missing(["body"])]))
    }

    fn describe(operation: &mut Operation, _: Argument) {
        let schema = operation.schemas.taken::<T>();
        operation.bodies.push(Content::with_schema(MEDIA_TYPE, schema));
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> OptionalFromRequest for Multipart<T> {
    const TAKES_BODY: bool = true;

    async fn from_request(request: &mut Request, _: Argument) -> Result<Option<Self>> {
        let is_multipart = request.media_type().is_some_and(|m| m.eq_ignore_ascii_case(MEDIA_TYPE));
        let bytes = request.body_of(is_multipart, "send the body as `multipart/form-data`").await?;
        let Some(bytes) = bytes else { return Ok(None) };
        let members = parts::read(bytes, &parts::boundary(request.headers())?).await?;
        members::deserialize(&members).map(Self).map(Some)
    }

    fn describe(operation: &mut Operation, argument: Argument) {
        <Self as FromRequest>::describe(operation, argument);
        operation.is_body_optional = true;
    }
}

around_argument!(Multipart, _place => &Place::source("body"));
