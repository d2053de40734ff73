use std::{fmt, ops::Deref, sync::Arc};

use super::{Argument, FromRequest, Request};
use crate::{
    error::{Error, Result},
    openapi::{Operation, StateType},
};

/// A value that the application was given with `App::state`, or settings that it reads by
/// `App::config`, shared by all requests.
///
/// A service whose endpoint takes a state that it was not given does not start.
///
/// ```
/// use fastservice::prelude::*;
///
/// struct Greeting(String);
///
/// #[public_api(get = "/greet/{name}")]
/// async fn greet(name: String, greeting: State<Greeting>) -> String {
///     format!("{} {name}", greeting.0)
/// }
///
/// let app = App::new().state(Greeting("Hello".into()));
/// ```
pub struct State<T>(Arc<T>);

impl<T> State<T> {
    /// A state made in place, to call a handler in a test.
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: fmt::Debug> fmt::Debug for State<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Send + Sync + 'static> FromRequest for State<T> {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        request.environment().state().map(Self).ok_or_else(|| {
            Error::internal(format!("no state {} was given", std::any::type_name::<T>()))
        })
    }

    fn describe(operation: &mut Operation, _: Argument) {
        operation.states.push(StateType::of::<T>());
    }
}
