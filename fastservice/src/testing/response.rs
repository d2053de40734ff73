use bytes::Bytes;
use http::{HeaderMap, StatusCode, response::Parts};
use serde::de::DeserializeOwned;

/// The answer to a test's request, whole.
#[derive(Debug, Clone)]
pub struct TestResponse {
    parts: Parts,
    body: Bytes,
}

impl TestResponse {
    pub(super) fn new(parts: Parts, body: Bytes) -> Self {
        Self { parts, body }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The text of a header; `None` when it is absent or not text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// The body as bytes.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text.
    ///
    /// # Panics
    /// When it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> &str {
        match std::str::from_utf8(&self.body) {
            Ok(text) => text,
            Err(error) => panic!("the body is not text: {error}"),
        }
    }

    /// The body parsed as JSON.
    ///
    /// # Panics
    /// When it is not JSON of this type; the text shows the body.
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("{error} in {}: {:?}", self.parts.status, self.body),
        }
    }

    /// The stable code of an error answer in the form `problem`.
    ///
    /// # Panics
    /// When the answer has none.
    #[must_use]
    pub fn error_code(&self) -> String {
        let problem: serde_json::Value = self.json();
        match problem.get("error").and_then(serde_json::Value::as_str) {
            Some(code) => code.to_owned(),
            None => panic!("{} has no error code: {problem}", self.parts.status),
        }
    }
}
