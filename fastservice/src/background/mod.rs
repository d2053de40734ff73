//! What runs on after its request.

mod queue;
mod tasks;
mod work;

use std::{fmt, future::Future};

use tokio::sync::mpsc::{self, UnboundedSender};

pub use self::work::Outcome;
use self::work::Work;
pub(crate) use self::{
    queue::{depart, discard, release},
    tasks::{Tasks, panic_text},
};
use crate::{
    context::Context,
    error::Result,
    extract::{Argument, FromRequest, Request},
};

/// Work for after the answer, as an argument of a handler.
///
/// The tasks run one after the other, in the order in which they were added, from
/// the moment the answer is handed to the connection; a stream is, once it has ended.
/// They run when the handler has succeeded, also when its client has left by then. The
/// tasks of a handler that fails, panics or is dropped are dropped too.
///
/// They have the context of their request. A panic or an error in one is logged, and
/// the next one runs. A stop of the service waits for them, no longer than the setting
/// `SHUTDOWN_TIMEOUT`. They are lost with the process: work that must not be lost
/// belongs into a database.
///
/// ```
/// use fastservice::prelude::*;
///
/// async fn send_welcome(name: String) -> Result<()> {
///     Ok(())
/// }
///
/// #[public_api(post = "/guests/{name}")]
/// async fn add_guest(name: String, tasks: BackgroundTasks) -> StatusCode {
///     tasks.add(send_welcome(name));
///     StatusCode::ACCEPTED
/// }
/// ```
///
/// `TestClient` gives an answer to its test once the tasks have ended.
#[derive(Clone)]
pub struct BackgroundTasks(UnboundedSender<Work>);

impl BackgroundTasks {
    /// Tasks outside of a request, and the future that runs them until the last clone
    /// is dropped: to call a handler in a test.
    ///
    /// ```
    /// use fastservice::background::BackgroundTasks;
    ///
    /// # async fn add_guest(name: String, tasks: BackgroundTasks) {}
    /// async fn a_guest_is_welcomed() {
    ///     let (tasks, run) = BackgroundTasks::detached();
    ///     add_guest("Ada".into(), tasks).await;
    ///     run.await;
    /// }
    /// ```
    pub fn detached() -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (sender, waiting) = mpsc::unbounded_channel();
        (Self(sender), work::run(waiting))
    }

    /// Adds a task: a future of nothing, or of a `Result` whose error is logged.
    pub fn add<T: Outcome>(&self, work: impl Future<Output = T> + Send + 'static) {
        // Without a receiver the handler has failed, and its tasks are not wanted.
        let _ = self.0.send(Box::pin(async move { work.await.into_result() }));
    }

    /// Adds a task that may block; it runs on a thread that is there for it.
    pub fn add_blocking<T: Outcome>(&self, work: impl FnOnce() -> T + Send + 'static) {
        self.add(async move {
            match Context::spawn_blocking(work).await {
                Ok(outcome) => outcome.into_result(),
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(error) => Err(error.into()),
                },
            }
        });
    }
}

impl fmt::Debug for BackgroundTasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BackgroundTasks")
    }
}

impl FromRequest for BackgroundTasks {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        Ok(queue::tasks_of(request.context()))
    }
}

#[cfg(test)]
mod tests;
