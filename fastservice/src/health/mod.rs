//! Whether the service can do its work: the checks behind `/ready`.

mod check;

use std::{
    collections::BTreeMap,
    fmt,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use futures_util::{
    FutureExt,
    future::{Shared, join_all},
};
use http::{HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::Instant;

pub(crate) use self::check::Check;
use self::check::Outcome;
use crate::{
    error::Result,
    extract::{Environment, Request, State},
    json::Json,
    openapi::{Operation, OtherAnswer},
    response::{IntoResponse, Response},
};

/// How long a report is given to others who ask, so that no number of probes
/// costs more than one.
const REPORT_AGE: Duration = Duration::from_secs(1);

/// Knows whether requests may come.
pub(crate) struct Readiness {
    checks: Arc<[Check]>,
    time_limit: Duration,
    is_stopping: AtomicBool,
    latest: Mutex<Option<Run>>,
}

/// A run of all checks. It goes on when who asked for it has left.
type Run = Shared<Pin<Box<dyn Future<Output = Report> + Send>>>;

/// What a run has found.
#[derive(Clone)]
struct Report {
    made: Instant,
    outcomes: Outcomes,
}

type Outcomes = BTreeMap<&'static str, Outcome>;

/// Whether the service can do its work, and what it needs for that.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Readiness")]
struct Answer {
    status: &'static str,
    checks: Outcomes,
}

/// The answer to `GET /ready`.
pub(crate) async fn ready(mut request: Request) -> Result<Response> {
    let readiness: State<Readiness> = request.extract().await?;
    let (status, answer) = readiness.answer(request.environment()).await;
    let headers = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (status, headers, Json(answer)).into_response()
}

/// What that answer is.
pub(crate) fn describe(operation: &mut Operation) {
    <Json<Answer> as IntoResponse>::describe(operation);
    let description = "A check fails, or a stop has begun.";
    operation.others.push(OtherAnswer::new(StatusCode::SERVICE_UNAVAILABLE, description));
}

impl Readiness {
    pub(crate) fn new(checks: Vec<Check>, time_limit: Duration) -> Self {
        let (is_stopping, latest) = (AtomicBool::new(false), Mutex::new(None));
        Self { checks: checks.into(), time_limit, is_stopping, latest }
    }

    /// No more requests should come.
    pub(crate) fn stop(&self) {
        self.is_stopping.store(true, Relaxed);
    }

    async fn answer(&self, environment: &Arc<Environment>) -> (StatusCode, Answer) {
        let stopping = || {
            let answer = Answer { status: "stopping", checks: Outcomes::default() };
            (StatusCode::SERVICE_UNAVAILABLE, answer)
        };
        if self.is_stopping.load(Relaxed) {
            return stopping();
        }
        let checks = self.run(environment).await.outcomes;
        // It may have begun meanwhile.
        if self.is_stopping.load(Relaxed) {
            return stopping();
        }
        if checks.values().all(|outcome| *outcome == Outcome::Passed) {
            return (StatusCode::OK, Answer { status: "ready", checks });
        }
        (StatusCode::SERVICE_UNAVAILABLE, Answer { status: "not ready", checks })
    }

    /// The run that others wait for too, or that has just ended; else a new one.
    fn run(&self, environment: &Arc<Environment>) -> Run {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent =
            |run: &&Run| run.peek().is_none_or(|report| report.made.elapsed() < REPORT_AGE);
        if let Some(run) = latest.as_ref().filter(is_recent) {
            return run.clone();
        }
        let run = self.start(environment.clone());
        *latest = Some(run.clone());
        run
    }

    fn start(&self, environment: Arc<Environment>) -> Run {
        let (checks, time_limit) = (self.checks.clone(), self.time_limit);
        let names: Vec<_> = checks.iter().map(Check::name).collect();
        let run = tokio::spawn(async move {
            let outcomes = checks.iter().map(|check| check.run(&environment, time_limit));
            join_all(outcomes).await
        });
        let report = run.map(move |outcomes| {
            // It fails when the runtime ends.
            let outcomes = outcomes.unwrap_or_else(|_| vec![Outcome::Failed; names.len()]);
            Report { made: Instant::now(), outcomes: names.into_iter().zip(outcomes).collect() }
        });
        let run = report.boxed().shared();
        // So that its age counts from its end, whoever waits for it.
        tokio::spawn(run.clone());
        run
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readiness").field("checks", &self.checks).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
