//! Why there is no token.

use std::{fmt, sync::Arc, time::Duration};

use http::{StatusCode, header};

use crate::{authority::Failure, error::Error};

/// How long a refusal is held: only somebody who changes a setting can end it.
const HELD: Duration = Duration::from_secs(30);
/// The first pause after an outage; it doubles up to the time of a refusal.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// What an authority that asks for patience is given at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);
/// The longest pause between the tries of one attempt, before it is drawn.
const FIRST_RETRY: Duration = Duration::from_millis(250);

/// Why there is no token. All who asked share it.
#[derive(Debug, Clone)]
pub(super) enum NoToken {
    /// The authority says no, in words of its own that are quoted and escaped.
    Refused { status: StatusCode, words: Arc<str> },
    /// It cannot be asked, or what it answers is no token.
    Unavailable(Arc<Failure>),
}

impl NoToken {
    pub(super) fn unavailable(failure: Failure) -> Self {
        Self::Unavailable(Arc::new(failure))
    }

    /// How long to wait before the same is tried once more, where that may help soon.
    pub(super) fn pause_before_retry(&self, tries: u32) -> Option<Duration> {
        let Self::Unavailable(failure) = self else { return None };
        let may_pass = match &**failure {
            Failure::Unreachable(_) | Failure::Timeout => true,
            Failure::Status { status, .. } => {
                *status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
            }
            _ => false,
        };
        // Drawn from the whole range, so that those who failed together do not return together.
        let drawn = FIRST_RETRY.saturating_mul(1 << tries.min(5)).mul_f64(fastrand::f64());
        may_pass.then(|| failure.retry_after().map_or(drawn, |wanted| wanted.max(drawn)))
    }

    /// How long the failure is held, after so many others in a row.
    pub(super) fn hold(&self, failures: u32) -> Duration {
        match self {
            Self::Refused { .. } => HELD,
            Self::Unavailable(failure) => {
                let pause = FIRST_PAUSE.saturating_mul(1 << failures.min(5)).min(HELD);
                let pause = pause.mul_f64(0.9 + 0.1 * fastrand::f64());
                failure.retry_after().map_or(pause, |wanted| wanted.clamp(pause, LONGEST_PAUSE))
            }
        }
    }

    /// What a request is answered that needs the token; the next attempt is `next` away.
    pub(super) fn to_error(&self, next: Duration) -> Error {
        let error = match self {
            Self::Refused { .. } => {
                let detail = "this service is refused the token that it needs for another one";
                Error::new(StatusCode::BAD_GATEWAY, "token_refused", detail)
            }
            Self::Unavailable(_) => {
                let seconds = next.as_secs() + u64::from(next.subsec_nanos() > 0);
                Error::unavailable("the token for another service cannot be got for now")
                    .with_code("token_unavailable")
                    .with_header(header::RETRY_AFTER, seconds.max(1).into())
            }
        };
        error.with_source(self.clone())
    }
}

impl fmt::Display for NoToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { status, words } => {
                write!(f, "the token endpoint refuses this service: {status}, {words}")
            }
            Self::Unavailable(failure) => write!(f, "the token endpoint: {failure}"),
        }
    }
}

impl std::error::Error for NoToken {}
