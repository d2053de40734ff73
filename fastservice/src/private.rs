//! Names that generated code uses. Not public API.

pub use std::{
    boxed::Box,
    fmt::Display,
    option::Option::{self, Some},
    result::Result::{self, Err, Ok},
    sync::LazyLock,
    time::Duration,
};

pub use http::Method;
pub use inventory;
pub use schemars::Schema;

pub use crate::{
    auth::Rule,
    error::InputErrors as Faults,
    extract::{Argument, FromBody, FromRequest, Param, ParamError},
    openapi::{InnerSchema, Newtype, Operation, OwnSchema, Schemas, one_of_names},
    registry::{LinkedCrate, Route, Source, bare_method, check_bodies},
    response::IntoResponse,
    validation::{self, probe},
};
