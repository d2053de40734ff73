//! What an endpoint takes, as plain values that the extractors fill in.

use std::{
    any::{TypeId, type_name},
    borrow::Cow,
};

use serde::Serialize;

/// What an endpoint takes. Each argument's type adds its part, so that the
/// description cannot drift from the code.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct Operation {
    /// Values from the path, the query, headers and cookies.
    pub parameters: Vec<Parameter>,
    /// Media types of the body; empty when none is read.
    #[serde(rename = "body")]
    pub bodies: Vec<&'static str>,
    /// Whether the endpoint must know who calls, though its attribute does not say so.
    #[serde(skip)]
    pub needs_identity: bool,
    /// Whether the endpoint calls other services.
    #[serde(skip)]
    pub needs_client: bool,
    /// Whether the endpoint asks for tokens to call them.
    #[serde(skip)]
    pub needs_access_tokens: bool,
    /// State without which the endpoint cannot run; checked at start-up.
    #[serde(skip)]
    pub states: Vec<StateType>,
}

/// One value from the path, the query, a header or a cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name, as the client writes it.
    pub name: String,
    /// Where it is.
    #[serde(rename = "in")]
    pub location: Location,
    /// Whether the request is refused without it.
    pub required: bool,
}

impl Parameter {
    /// A required parameter.
    #[must_use]
    pub fn required(location: Location, name: impl Into<String>) -> Self {
        Self { name: name.into(), location, required: true }
    }

    /// A parameter that may be left out.
    #[must_use]
    pub fn optional(location: Location, name: impl Into<String>) -> Self {
        Self { name: name.into(), location, required: false }
    }
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
