//! What a file of handlers imports: `use fastservice::prelude::*;`.

pub use bytes::Bytes;
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
// The derive names its crate, so that a service need not depend on it.
pub use schemars::{self, JsonSchema};

#[cfg(feature = "client")]
pub use crate::client::{AccessTokens, Client};
#[cfg(feature = "db")]
pub use crate::db::{ConstraintExt, Db};
#[cfg(feature = "multipart")]
pub use crate::extract::{Multipart, Upload};
pub use crate::{
    app::App,
    background::BackgroundTasks,
    body::Body,
    claims::{Claims, UserId},
    context::{Context, RequestId},
    error::{Error, Result},
    extract::{
        Argument, Cookie, Form, FromRequest, Header, Json, OptionalFromRequest, Param, ParamError,
        Query, Request, State,
    },
    response::{Created, Html, IntoResponse, Redirect, Response, Tagged},
    secret::Secret,
    validation::Validate,
};
#[cfg(all(feature = "macros", feature = "validation"))]
pub use fastservice_macros::Validate;
#[cfg(feature = "macros")]
pub use fastservice_macros::{Param, private_api, public_api};
