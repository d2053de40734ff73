//! Steps before a service starts, such as opening a database.

use std::{future::Future, pin::Pin};

use crate::{error::BoxError, extract::Environment, settings::Settings};

/// One step. It may give a state to the endpoints; its failure stops the start.
pub(super) type Preparation =
    Box<dyn for<'a> FnOnce(&'a Settings, &'a mut Environment) -> Prepared<'a> + Send>;

type Prepared<'a> = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send + 'a>>;

/// A step of the command `migrate`: the names of the migrations that are
/// pending, after they were run if that is asked for.
pub(super) type Migrate = Box<
    dyn FnOnce(
            Settings,
            Pending,
        ) -> Pin<Box<dyn Future<Output = Result<Vec<String>, BoxError>> + Send>>
        + Send,
>;

/// What to do about migrations that are pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "for the command line"))]
pub(crate) enum Pending {
    /// Run them.
    Run,
    /// Only say which they are.
    List,
}

/// A step that neither waits nor fails.
pub(super) fn preparation(
    step: impl FnOnce(&Settings, &mut Environment) + Send + 'static,
) -> Preparation {
    Box::new(|settings, environment| {
        step(settings, environment);
        Box::pin(async { Ok(()) })
    })
}

/// A step that makes a state.
pub(super) fn making_state<T, E, F>(
    make: impl FnOnce(Settings) -> F + Send + 'static,
) -> Preparation
where
    T: Send + Sync + 'static,
    E: Into<BoxError>,
    F: Future<Output = Result<T, E>> + Send + 'static,
{
    Box::new(|settings, environment| {
        let made = make(settings.clone());
        Box::pin(async {
            environment.set_state(made.await.map_err(Into::into)?);
            Ok(())
        })
    })
}
