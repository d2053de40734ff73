use std::{error::Error as StdError, fmt};

use http::{Method, StatusCode};
use reqwest::Url;

use crate::error::{BoxError, Error};

/// Whom a call asks, for the log: without the path and the query, which may hold secrets.
#[derive(Debug, Clone)]
pub(super) struct Target(String);

impl Target {
    pub(super) fn new(method: &Method, url: &Url) -> Self {
        Self(format!("{method} {}", url.origin().ascii_serialization()))
    }

    /// What a call that failed answers.
    pub(super) fn failure(&self, error: reqwest::Error) -> Error {
        let (is_timeout, is_mistake) = (error.is_timeout(), error.is_builder());
        let failure = self.because(error.without_url());
        if is_mistake {
            return Error::internal(failure);
        }
        if is_timeout { late(failure) } else { failed(failure) }
    }

    /// What a call answers whose time was over before it was sent.
    pub(super) fn late(&self, why: impl Into<BoxError>) -> Error {
        late(self.because(why))
    }

    /// What an answer that cannot be used answers.
    pub(super) fn unusable(&self, why: impl Into<BoxError>) -> Error {
        failed(self.because(why))
    }

    fn because(&self, source: impl Into<BoxError>) -> CallFailure {
        CallFailure { target: self.clone(), source: source.into() }
    }
}

fn late(failure: CallFailure) -> Error {
    let detail = "a service that this one needs did not answer in time";
    Error::new(StatusCode::GATEWAY_TIMEOUT, "upstream_timeout", detail).with_source(failure)
}

fn failed(failure: CallFailure) -> Error {
    let detail = "a service that this one needs failed";
    Error::new(StatusCode::BAD_GATEWAY, "upstream_failed", detail).with_source(failure)
}

/// Why a call failed.
#[derive(Debug)]
struct CallFailure {
    target: Target,
    source: BoxError,
}

impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the call {} failed", self.target.0)
    }
}

impl StdError for CallFailure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}
