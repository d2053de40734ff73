use std::{
    fmt,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use futures_util::FutureExt;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    background::panic_text,
    body::{Body, RequestBody},
    context::Context,
    error::{Error, Result},
    extract::{Argument, Environment, FromRequest, Request},
    openapi::Operation,
};

/// Asks whether something that the service needs is there.
pub(crate) struct Check {
    name: &'static str,
    ask: Box<dyn Fn(Request) -> Asked + Send + Sync>,
    describe: fn(&mut Operation),
    /// So that a failure is logged once, and not for each probe.
    is_failing: AtomicBool,
}

type Asked = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// How a check went, as the answer of `/ready` says it. Why is in the log only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) enum Outcome {
    #[serde(rename = "ok")]
    Passed,
    #[serde(rename = "failed")]
    Failed,
    #[serde(rename = "timed out")]
    TimedOut,
}

impl Check {
    /// Asks a function of one argument, which is made as that of an endpoint.
    pub(crate) fn new<T, E, F>(
        name: &'static str,
        check: impl Fn(T) -> F + Send + Sync + 'static,
    ) -> Self
    where
        T: FromRequest,
        E: Into<Error>,
        F: Future<Output = Result<(), E>> + Send + 'static,
    {
        let check = Arc::new(check);
        let ask = move |mut request: Request| -> Asked {
            let check = check.clone();
            Box::pin(async move { check(request.extract().await?).await.map_err(Into::into) })
        };
        let describe = |operation: &mut Operation| T::describe(operation, Argument::query(""));
        Self { describe, ..Self::asking(name, ask) }
    }

    /// Asks a function of the request itself.
    pub(crate) fn asking(
        name: &'static str,
        ask: impl Fn(Request) -> Asked + Send + Sync + 'static,
    ) -> Self {
        Self { name, ask: Box::new(ask), describe: |_| {}, is_failing: AtomicBool::new(false) }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// What its argument takes.
    pub(crate) fn operation(&self) -> Operation {
        let mut operation = Operation::default();
        (self.describe)(&mut operation);
        operation
    }

    pub(super) async fn run(&self, environment: &Arc<Environment>, limit: Duration) -> Outcome {
        let context = Context::new();
        let http = http::Request::new(RequestBody::from(Body::empty()));
        let request = Request::new(http, context.clone(), environment.clone());
        let asked = AssertUnwindSafe(context.scope(async { (self.ask)(request).await }));
        let (outcome, cause) = match tokio::time::timeout(limit, asked.catch_unwind()).await {
            Ok(Ok(Ok(()))) => (Outcome::Passed, String::new()),
            Ok(Ok(Err(error))) => (Outcome::Failed, format!("{error}: {}", error.chain())),
            Ok(Err(panic)) => (Outcome::Failed, format!("it panicked: {}", panic_text(&*panic))),
            Err(_) => (Outcome::TimedOut, format!("it took longer than {limit:?}")),
        };
        let check = self.name;
        match outcome {
            _ if !self.is_news(outcome) => {}
            Outcome::Passed => tracing::info!(check, "a readiness check passes again"),
            _ => tracing::warn!(check, cause, "a readiness check fails"),
        }
        outcome
    }

    /// Whether it was not so the last time.
    pub(super) fn is_news(&self, outcome: Outcome) -> bool {
        let is_failing = outcome != Outcome::Passed;
        self.is_failing.swap(is_failing, Relaxed) != is_failing
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
