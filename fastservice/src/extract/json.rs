use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{Argument, FromRequest, OptionalFromRequest, Request, serde_error};
use crate::{
    error::{Error, InputError, Result},
    json::Json,
    openapi::{Content, Operation},
};

impl<T: DeserializeOwned + JsonSchema + Send + 'static> FromRequest for Json<T> {
    const TAKES_BODY: bool = true;

    async fn from_request(request: &mut Request, argument: Argument) -> Result<Self> {
        let json = <Self as OptionalFromRequest>::from_request(request, argument).await?;
        json.ok_or_else(|| Error::input(vec![InputError::missing(["body"])]))
    }

    fn describe(operation: &mut Operation, _: Argument) {
        let schema = operation.schemas.taken::<T>();
        operation.bodies.push(Content::with_schema("application/json", schema));
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> OptionalFromRequest for Json<T> {
    const TAKES_BODY: bool = true;

    async fn from_request(request: &mut Request, _: Argument) -> Result<Option<Self>> {
        let is_json = request.media_type().is_some_and(is_json);
        let Some(bytes) = request.body_of(is_json, "send the body as `application/json`").await?
        else {
            return Ok(None);
        };
        serde_error::from_json(&bytes).map(Self).map(Some)
    }

    fn describe(operation: &mut Operation, _: Argument) {
        let schema = operation.schemas.taken::<T>();
        operation.bodies.push(Content::with_schema("application/json", schema));
        operation.is_body_optional = true;
    }
}

/// `application/json`, or a type with the suffix `+json` (RFC 6839 section 3.1).
fn is_json(media_type: &str) -> bool {
    if media_type == "application/json" {
        return true;
    }
    let Some((kind, subtype)) = media_type.split_once('/') else { return false };
    let suffix = subtype.rsplit_once('+').map_or(subtype, |(_, suffix)| suffix);
    kind.eq_ignore_ascii_case("application") && suffix.eq_ignore_ascii_case("json")
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn json_is_known_by_its_media_type() {
        for json in ["application/json", "Application/JSON", "application/problem+json"] {
            assert!(is_json(json), "{json}");
        }
        for other in ["", "text/json", "application/jsonl", "application/x-json", "json"] {
            assert!(!is_json(other), "{other}");
        }
    }
}
