//! 5. The handler's arguments, made from the request.

mod bytes;
mod cookie;
mod environment;
mod form;
mod header;
mod identity;
mod json;
#[cfg(feature = "multipart")]
mod multipart;
mod pairs;
mod param;
mod query;
mod request;
mod serde_error;
mod state;
mod whole_numbers;

use std::future::Future;

#[cfg(feature = "multipart")]
pub use self::multipart::{Multipart, Upload};
pub use self::{
    bytes::FromBody,
    cookie::Cookie,
    environment::Environment,
    form::Form,
    header::Header,
    param::{Param, ParamError},
    query::Query,
    request::Request,
    state::State,
};
pub use crate::json::Json;
use crate::{
    error::{Loc, Result},
    openapi::{Location, Operation},
};

/// A value that a handler can take as an argument.
///
/// Implement it for a type of your own to inject a dependency; it may ask for
/// others with [`Request::extract`].
///
/// ```
/// use fastservice::prelude::*;
///
/// struct Tenant(String);
///
/// impl FromRequest for Tenant {
///     async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
///         let user: UserId = request.extract().await?;
///         let (tenant, _) = user.as_str().split_once('|').ok_or_else(|| {
///             Error::forbidden("this user belongs to no tenant")
///         })?;
///         Ok(Self(tenant.to_owned()))
///     }
/// }
///
/// #[private_api(get = "/tenant")]
/// async fn tenant(tenant: Tenant) -> String {
///     tenant.0
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of an endpoint",
    label = "cannot be made from a request",
    note = "a body is `Json<T>` or `Form<T>`, all query parameters together are `Query<T>`; `T` has `#[derive(serde::Deserialize, JsonSchema)]`",
    note = "one path or query parameter, header or cookie has `#[derive(Param)]`, also inside `Option`, `Vec`, `Header` and `Cookie`",
    note = "state of the application is `State<T>`, and `T` is `Send` and `Sync`",
    note = "anything else implements `FromRequest`"
)]
pub trait FromRequest: Sized + Send + 'static {
    /// Whether it reads the body. An endpoint has one such argument at most.
    const TAKES_BODY: bool = false;

    /// Makes the value, for the argument of this name.
    ///
    /// # Errors
    /// What answers the request instead of the handler.
    fn from_request(
        request: &mut Request,
        argument: Argument,
    ) -> impl Future<Output = Result<Self>> + Send;

    /// Adds to the endpoint's description what this argument takes.
    fn describe(operation: &mut Operation, argument: Argument) {
        let _ = (operation, argument);
    }

    // Not public API. A part of the trait, and not a function with a bound, so
    // that the compiler reports a type that is no argument once.
    #[doc(hidden)]
    #[inline]
    fn make_or_replace(
        request: &mut Request,
        argument: Argument,
    ) -> impl Future<Output = Result<Self>> + Send {
        async move {
            match request.environment().replacement() {
                Some(value) => Ok(value),
                None => Self::from_request(request, argument).await,
            }
        }
    }
}

/// A value that a handler can take as an `Option`: `None` when the request has none.
///
/// A wrong value is an error, not `None`.
#[diagnostic::on_unimplemented(
    message = "`Option<{Self}>` cannot be an argument of an endpoint",
    label = "`{Self}` cannot be left out of a request",
    note = "take `{Self}` itself, or implement `OptionalFromRequest` for it"
)]
pub trait OptionalFromRequest: Sized + Send + 'static {
    /// Whether it reads the body.
    const TAKES_BODY: bool = false;

    /// Makes the value, if the request has it.
    ///
    /// # Errors
    /// What answers the request instead of the handler.
    fn from_request(
        request: &mut Request,
        argument: Argument,
    ) -> impl Future<Output = Result<Option<Self>>> + Send;

    /// Adds to the endpoint's description what this argument takes.
    fn describe(operation: &mut Operation, argument: Argument) {
        let _ = (operation, argument);
    }
}

impl<T: OptionalFromRequest> FromRequest for Option<T> {
    const TAKES_BODY: bool = T::TAKES_BODY;

    async fn from_request(request: &mut Request, argument: Argument) -> Result<Self> {
        T::from_request(request, argument).await
    }

    fn describe(operation: &mut Operation, argument: Argument) {
        T::describe(operation, argument);
    }
}

impl Operation {
    /// Adds what an argument of this type takes.
    pub fn argument<T: FromRequest>(&mut self, argument: Argument) {
        T::describe(self, argument);
    }

    /// Adds what an argument of this type marked `#[body]` takes.
    pub fn body<T: FromBody>(&mut self) {
        T::describe(self);
    }
}

/// Which argument of the handler a value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument {
    name: &'static str,
    location: Location,
}

impl Argument {
    /// An argument that the path template names.
    #[must_use]
    pub const fn path(name: &'static str) -> Self {
        Self { name, location: Location::Path }
    }

    /// An argument that the path template does not name.
    #[must_use]
    pub const fn query(name: &'static str) -> Self {
        Self { name, location: Location::Query }
    }

    /// The argument's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Where a plain value of this argument is: the path or the query.
    #[must_use]
    pub const fn location(self) -> Location {
        self.location
    }

    /// The place of this argument, for an input error.
    fn loc(self) -> [Loc; 2] {
        [self.location.as_str().into(), self.name.into()]
    }
}
