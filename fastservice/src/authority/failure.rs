//! Why an authority gave no usable answer.

use std::{error::Error, fmt, time::Duration};

use http::StatusCode;

use crate::error::{BoxError, chain};

/// Why an authority gave no answer that could be used. Nothing of what was sent is in it.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The call could not be made at all.
    Unable(BoxError),
    /// No connection, or one that broke.
    Unreachable(String),
    /// No whole answer in time.
    Timeout,
    /// The answer has more bytes than are read.
    TooLarge { limit: usize },
    /// Another status than the one that carries an answer, and how long the authority wants
    /// not to be asked; redirects are not followed.
    Status { status: StatusCode, retry_after: Option<Duration> },
    /// The answer is not what it should be.
    Unfit(String),
}

impl Failure {
    /// How long the authority wants not to be asked.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    pub(super) fn unable(source: impl Into<BoxError>) -> Self {
        Self::Unable(source.into())
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Timeout;
        }
        // The URL is ours and may be logged by who knows that it holds no secret.
        Self::Unreachable(chain(&error.without_url()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unable(source) => write!(f, "the call cannot be made: {}", chain(&**source)),
            Self::Unreachable(cause) => write!(f, "no answer: {cause}"),
            Self::Timeout => f.write_str("no whole answer in time"),
            Self::TooLarge { limit } => write!(f, "the answer is larger than {limit} bytes"),
            Self::Status { status, .. } if status.is_redirection() => {
                write!(f, "the answer is {status}; redirects are not followed")
            }
            Self::Status { status, .. } => write!(f, "the answer is {status}"),
            Self::Unfit(fault) => f.write_str(fault),
        }
    }
}

impl Error for Failure {}
