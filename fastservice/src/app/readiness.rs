//! What the service needs to do its work, asked by `/ready`.

use std::future::Future;

use super::App;
use crate::{
    error::{Error, Result},
    extract::FromRequest,
    health::{Check, Readiness},
    openapi::StateType,
    settings::HealthSettings,
};

impl App {
    /// Asks `check` whether something that the service needs is there, whenever
    /// `GET /ready` is asked. Its argument is whatever an endpoint could take: a
    /// `State<T>`, `Db`, a type of your own.
    ///
    /// Checks run at the same time, each as long as the setting `READY_TIMEOUT`
    /// allows, and not more often than once a second. An error, a panic or too long a
    /// time is a failure: `/ready` answers 503 with the check's name; its cause is
    /// logged.
    ///
    /// ```
    /// use fastservice::prelude::*;
    ///
    /// struct Queue;
    ///
    /// impl Queue {
    ///     async fn ping(&self) -> std::io::Result<()> {
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let app = App::new()
    ///     .state(Queue)
    ///     .readiness_check("queue", async |queue: State<Queue>| queue.ping().await);
    /// ```
    #[must_use]
    pub fn readiness_check<T, E, F>(
        mut self,
        name: &'static str,
        check: impl Fn(T) -> F + Send + Sync + 'static,
    ) -> Self
    where
        T: FromRequest,
        E: Into<Error>,
        F: Future<Output = Result<(), E>> + Send + 'static,
    {
        self.readiness_checks.push(Check::new(name, check));
        self
    }

    /// A check has its state, and knows no caller.
    pub(super) fn check_readiness(&self, faults: &mut Vec<String>) {
        for check in &self.readiness_checks {
            let (name, operation) = (check.name(), check.operation());
            if operation.needs_identity {
                faults.push(format!("the readiness check `{name}` asks who calls: nobody does"));
            }
            faults.extend(self.missing(&operation.states).map(
                |StateType { argument, given_by, .. }| {
                    format!(
                        "the readiness check `{name}` takes `{argument}`, which was not given; \
                         add `{given_by}` to the App"
                    )
                },
            ));
        }
    }

    /// The states that were not given.
    pub(super) fn missing<'s>(
        &self,
        states: &'s [StateType],
    ) -> impl Iterator<Item = &'s StateType> {
        let is_given = |state: &&StateType| self.states.iter().any(|given| given.id == state.id);
        states.iter().filter(move |state| !is_given(state))
    }
}

/// The checks of the App, and whether tokens can be verified where they are.
pub(super) fn readiness(
    mut checks: Vec<Check>,
    verifies_tokens: bool,
    settings: &HealthSettings,
) -> Readiness {
    if verifies_tokens {
        checks.push(Check::asking("key_set", |request| {
            Box::pin(async move { request.environment().guard.readiness() })
        }));
    }
    Readiness::new(checks, settings.ready_timeout)
}
