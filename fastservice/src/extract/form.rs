use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{Argument, FromRequest, OptionalFromRequest, Request, pairs, serde_error};
use crate::{
    error::{Error, InputError, Result},
    openapi::{Content, Operation},
    validation::{Place, around_argument},
};

const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// A body of `application/x-www-form-urlencoded`, as browsers send forms.
///
/// ```
/// use fastservice::prelude::*;
///
/// #[derive(serde::Deserialize, JsonSchema)]
/// struct Login { name: String, password: Secret<String> }
///
/// #[public_api(post = "/login")]
/// async fn login(Form(login): Form<Login>) -> String {
///     format!("hello {}", login.name)
/// }
/// ```
///
/// # Errors
/// 415 for another `Content-Type`, 413 over the limit, 422 with `loc` `["body", name]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static> FromRequest for Form<T> {
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

impl<T: DeserializeOwned + JsonSchema + Send + 'static> OptionalFromRequest for Form<T> {
    const TAKES_BODY: bool = true;

    async fn from_request(request: &mut Request, _: Argument) -> Result<Option<Self>> {
        let is_form = request.media_type().is_some_and(|m| m.eq_ignore_ascii_case(MEDIA_TYPE));
        let bytes =
            request.body_of(is_form, "send the body as `application/x-www-form-urlencoded`");
        let Some(bytes) = bytes.await? else { return Ok(None) };
        pairs::check(&bytes, "form")?;
        serde_error::from_form(&bytes, "body").map(Self).map(Some)
    }

    fn describe(operation: &mut Operation, argument: Argument) {
        <Self as FromRequest>::describe(operation, argument);
        operation.is_body_optional = true;
    }
}

around_argument!(Form, _place => &Place::source("body"));
