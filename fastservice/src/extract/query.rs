use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{Argument, FromRequest, Request, pairs, serde_error};
use crate::{
    error::Result,
    openapi::{Location, Member, Operation, Parameter},
    validation::{Place, around_argument},
};

/// All query parameters as one struct.
///
/// ```
/// use fastservice::prelude::*;
///
/// #[derive(serde::Deserialize, JsonSchema)]
/// struct Page {
///     #[serde(default)]
///     offset: u64,
///     tag: Vec<String>,
/// }
///
/// #[public_api(get = "/items")]
/// async fn list(Query(page): Query<Page>) -> String {
///     format!("from {} with {:?}", page.offset, page.tag)
/// }
/// ```
///
/// # Errors
/// 422 with `loc` `["query", name]`; 400 `malformed_query` when the query is not UTF-8.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static> FromRequest for Query<T> {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        let query = request.query();
        pairs::check(query.as_bytes(), "query")?;
        serde_error::from_form(query.as_bytes(), "query").map(Self)
    }

    fn describe(operation: &mut Operation, _: Argument) {
        for Member { name, schema, is_required, is_nullable } in operation.schemas.members::<T>() {
            let mut parameter = Parameter::optional(Location::Query, name).with_schema(schema);
            parameter.required = is_required;
            // Of these alone `serde_html_form` takes no text for `None`.
            let kind = parameter.schema.get("type").and_then(|kind| kind.as_str());
            let is_plain = matches!(kind, Some("boolean" | "integer" | "number"));
            parameter.allows_empty = is_nullable && is_plain;
            operation.parameters.push(parameter);
        }
    }
}

around_argument!(Query, _place => &Place::source("query"));
