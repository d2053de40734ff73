//! Names that generated code uses. Not public API.

pub use std::{
    boxed::Box,
    result::Result::{self, Err, Ok},
    time::Duration,
};

pub use http::Method;
pub use inventory;

pub use crate::{
    auth::Rule,
    error::InputErrors as Faults,
    extract::{Argument, FromBody, FromRequest, Param, ParamError},
    registry::{LinkedCrate, Route, Source, bare_method, check_bodies},
    response::IntoResponse,
};
