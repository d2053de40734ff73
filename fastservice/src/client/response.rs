use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::failure::Target;
use crate::{body::Body, error::Result};

/// The answer of another service. Its body may still be on its way.
pub struct ClientResponse {
    http: http::Response<reqwest::Body>,
    target: Target,
    body_limit: usize,
}

impl ClientResponse {
    pub(super) fn new(
        http: http::Response<reqwest::Body>,
        target: Target,
        body_limit: usize,
    ) -> Self {
        Self { http, target, body_limit }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.http.status()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.http.headers()
    }

    /// The answer itself, when its status is one of success.
    ///
    /// # Errors
    /// 502 `upstream_failed` for every other status, also a redirect.
    pub fn error_for_status(self) -> Result<Self> {
        if self.status().is_success() {
            return Ok(self);
        }
        Err(self.target.unusable(format!("it answered {}", self.status())))
    }

    /// The whole body.
    ///
    /// # Errors
    /// 502 `upstream_failed` when the connection breaks, or when the body is over the
    /// setting `CLIENT_BODY_LIMIT`; 504 `upstream_timeout` when it is not there in time.
    pub async fn bytes(self) -> Result<Bytes> {
        let (target, limit) = (self.target, self.body_limit);
        let read = Limited::new(self.http.into_body(), limit).collect().await;
        let body = read.map_err(|error| match error.downcast::<reqwest::Error>() {
            Ok(error) => target.failure(*error),
            Err(error) if error.is::<LengthLimitError>() => {
                target.unusable(format!("its answer is over CLIENT_BODY_LIMIT, {limit} bytes"))
            }
            Err(error) => target.unusable(error),
        })?;
        Ok(body.to_bytes())
    }

    /// The whole body as text. What is not UTF-8 becomes U+FFFD.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes).
    pub async fn text(self) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.bytes().await?).into_owned())
    }

    /// The whole body, parsed as JSON.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes); also 502 `upstream_failed` when it is not JSON of
    /// this type. The log says where, and not what was there.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T> {
        let target = self.target.clone();
        let bytes = self.bytes().await?;
        serde_json::from_slice(&bytes).map_err(|error| {
            let (kind, line, column) = (error.classify(), error.line(), error.column());
            target.unusable(format!(
                "its answer is not the expected JSON: {kind:?} error at line {line} column {column}"
            ))
        })
    }

    /// The body as it arrives, of any length, for example to pass it on.
    #[must_use]
    pub fn into_body(self) -> Body {
        Body::wrap(self.http.into_body().map_err(reqwest::Error::without_url))
    }
}

impl fmt::Debug for ClientResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientResponse").field("status", &self.status()).finish_non_exhaustive()
    }
}
