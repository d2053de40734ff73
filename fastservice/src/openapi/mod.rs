//! What an endpoint takes and answers, as plain values that arguments and results fill in.

mod schemas;

use std::{
    any::{TypeId, type_name},
    borrow::Cow,
};

use http::StatusCode;
use schemars::{Schema, json_schema};
use serde::Serialize;

pub(crate) use self::schemas::Member;
pub use self::schemas::{Described, Schemas};
#[doc(hidden)]
pub use self::schemas::{InnerSchema, Newtype, OwnSchema};

/// What an endpoint takes and answers. Each argument's type and the result's add their part,
/// so that the description cannot drift from the code.
#[derive(Debug, Default, Serialize)]
#[non_exhaustive]
#[allow(clippy::struct_excessive_bools, reason = "each is a plain fact about the endpoint")]
pub struct Operation {
    /// Values from the path, the query, headers and cookies.
    pub parameters: Vec<Parameter>,
    /// The forms of the body; empty when none is read.
    #[serde(rename = "body")]
    pub bodies: Vec<Content>,
    /// What the body is, in words; empty where its type says it.
    #[serde(skip)]
    pub body_description: &'static str,
    /// Whether a request without a body is taken too.
    #[serde(skip)]
    pub is_body_optional: bool,
    /// The status of the answer when all went well, where it is not 200.
    #[serde(skip)]
    pub status: Option<StatusCode>,
    /// What the body of the answer may be, when all went well; empty when there is none.
    #[serde(skip)]
    pub answers: Vec<Content>,
    /// The answers with another status than the usual one.
    #[serde(skip)]
    pub others: Vec<OtherAnswer>,
    /// Headers of the answer.
    #[serde(skip)]
    pub headers: Vec<&'static str>,
    /// Whether the endpoint must know who calls, though its attribute does not say so.
    #[serde(skip)]
    pub needs_identity: bool,
    /// Whether the endpoint looks at who calls, if anybody says so.
    #[serde(skip)]
    pub takes_identity: bool,
    /// Whether the endpoint calls other services.
    #[serde(skip)]
    pub needs_client: bool,
    /// Whether the endpoint asks for tokens to call them.
    #[serde(skip)]
    pub needs_access_tokens: bool,
    /// State without which the endpoint cannot run; checked at start-up.
    #[serde(skip)]
    pub states: Vec<StateType>,
    /// Makes the schemas of all these.
    #[serde(skip)]
    pub schemas: Schemas,
}

impl Operation {
    /// An operation of which the schemas are of no interest.
    pub(crate) fn without_schemas() -> Self {
        let schemas = Schemas::none();
        Self { schemas, ..Self::default() }
    }

    // What a handler's argument adds, in the words of its doc comment. Not public API.
    #[doc(hidden)]
    pub fn described(&mut self, text: &'static str, describe: impl FnOnce(&mut Self)) {
        let [parameters, bodies] = [self.parameters.len(), self.bodies.len()];
        describe(self);
        // Several, as those of `Query`, have words of their own.
        if let Some([parameter]) = self.parameters.get_mut(parameters..) {
            parameter.schema.insert("description".to_owned(), text.into());
        }
        if self.bodies.len() > bodies {
            self.body_description = text;
        }
    }
}

/// A body: its media type, and the schema of what is in it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Content {
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it; none for bytes and text.
    pub schema: Option<Schema>,
}

impl Content {
    /// Bytes or text of this media type.
    #[must_use]
    pub const fn of(media_type: &'static str) -> Self {
        Self { media_type, schema: None }
    }

    /// A value in the form of this media type.
    #[must_use]
    pub const fn with_schema(media_type: &'static str, schema: Schema) -> Self {
        Self { media_type, schema: Some(schema) }
    }
}

/// In short: its media type.
impl Serialize for Content {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.media_type)
    }
}

/// An answer that is neither the usual one nor an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherAnswer {
    /// Its status.
    pub status: StatusCode,
    /// What it means, in a sentence.
    pub description: &'static str,
}

impl OtherAnswer {
    /// An answer without a body.
    #[must_use]
    pub const fn new(status: StatusCode, description: &'static str) -> Self {
        Self { status, description }
    }
}

/// One value from the path, the query, a header or a cookie.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name, as the client writes it.
    pub name: String,
    /// Where it is.
    #[serde(rename = "in")]
    pub location: Location,
    /// Whether the request is refused without it.
    pub required: bool,
    /// Whether no text, as in `?limit=`, counts as left out.
    #[serde(skip)]
    pub allows_empty: bool,
    /// What it may be.
    #[serde(skip)]
    pub schema: Schema,
}

impl Parameter {
    /// A required parameter of any text.
    #[must_use]
    pub fn required(location: Location, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            location,
            required: true,
            allows_empty: false,
            schema: json_schema!({"type": "string"}),
        }
    }

    /// A parameter of any text that may be left out.
    #[must_use]
    pub fn optional(location: Location, name: impl Into<String>) -> Self {
        Self { required: false, ..Self::required(location, name) }
    }

    /// Says what it may be.
    #[must_use]
    pub fn with_schema(self, schema: Schema) -> Self {
        Self { schema, ..self }
    }
}

/// The schema of a text that is one of these. Not public API.
#[doc(hidden)]
#[must_use]
pub fn one_of_names(names: &[&str]) -> Schema {
    json_schema!({"type": "string", "enum": names})
}

/// Where a parameter is, in `OpenAPI`'s words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Location {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
}

impl Location {
    /// The word itself, also the first part of an input error's `loc`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// A type that the `App` must be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateType {
    pub(crate) id: TypeId,
    pub(crate) argument: Cow<'static, str>,
    pub(crate) given_by: &'static str,
}

impl StateType {
    /// The type `T`, given with `App::state` or `App::config`.
    #[must_use]
    pub fn of<T: 'static>() -> Self {
        let argument = format!("State<{}>", type_name::<T>()).into();
        Self { id: TypeId::of::<T>(), argument, given_by: ".state(..)` or `.config::<..>()" }
    }

    /// The type `T` of an argument with a name of its own, given by another method.
    #[must_use]
    pub fn given_by<T: 'static>(argument: &'static str, given_by: &'static str) -> Self {
        Self { id: TypeId::of::<T>(), argument: argument.into(), given_by }
    }
}
