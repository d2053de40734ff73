use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use http::{HeaderMap, Method, StatusCode, Uri, Version, header, request::Parts};
use http_body::Body as _;
use http_body_util::BodyExt;
use tokio::time::Instant;

use super::{Argument, Environment, FromBody, FromRequest};
use crate::{
    body::RequestBody,
    context::Context,
    error::{Error, Result},
    routing::PathParams,
    validation::{Place, Report, Validate},
};

/// A request on its way to its handler.
// Boxed, because each step of the way moves it.
pub struct Request(Box<Inner>);

struct Inner {
    parts: Parts,
    body: Option<RequestBody>,
    params: PathParams,
    context: Context,
    environment: Arc<Environment>,
    body_limit: usize,
}

impl Request {
    pub(crate) fn new(
        http: http::Request<RequestBody>,
        context: Context,
        environment: Arc<Environment>,
    ) -> Self {
        let (parts, body) = http.into_parts();
        let (params, body_limit) = (PathParams::default(), environment.body_limit);
        let body = Some(body);
        Self(Box::new(Inner { parts, body, params, context, environment, body_limit }))
    }

    /// Remembers what its route says about it.
    pub(crate) fn enter(&mut self, params: PathParams, body_limit: Option<usize>) {
        self.0.params = params;
        self.0.body_limit = body_limit.unwrap_or(self.0.body_limit);
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.0.parts.method
    }

    /// The version of HTTP.
    #[must_use]
    pub fn version(&self) -> Version {
        self.0.parts.version
    }

    /// The URI, as it came.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.0.parts.uri
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.parts.headers
    }

    /// The query string, as it came; empty when there is none.
    #[must_use]
    pub fn query(&self) -> &str {
        self.0.parts.uri.query().unwrap_or_default()
    }

    /// The decoded value of a parameter of the path.
    #[must_use]
    pub fn path_param(&self, name: &str) -> Option<Cow<'_, str>> {
        self.0.params.get(self.0.parts.uri.path(), name)
    }

    /// The decoded segments of a parameter that takes the rest of the path.
    pub fn path_segments(&self, name: &str) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.params.segments(self.0.parts.uri.path(), name)
    }

    /// The request's context.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.0.context
    }

    pub(crate) fn environment(&self) -> &Arc<Environment> {
        &self.0.environment
    }

    /// Makes another extractor's value: how one dependency asks for others.
    ///
    /// Rules of its type are not checked here but where the value is an argument of a handler;
    /// [`extract_valid`](Self::extract_valid) checks them.
    ///
    /// # Errors
    /// Those of the extractor.
    pub async fn extract<T: FromRequest>(&mut self) -> Result<T> {
        self.argument(Argument::query("")).await
    }

    /// Makes another extractor's value, and checks its rules.
    ///
    /// # Errors
    /// Those of the extractor; 422 with every broken rule.
    pub async fn extract_valid<T: FromRequest + Validate>(&mut self) -> Result<T> {
        let value: T = self.extract().await?;
        let mut report = Report::new();
        value.check_argument(&Place::source("query"), &mut report);
        report.into_result().map(|()| value)
    }

    /// Makes the value of an argument, or takes its replacement in a test.
    ///
    /// # Errors
    /// Those of the extractor.
    #[inline]
    pub async fn argument<T: FromRequest>(&mut self, argument: Argument) -> Result<T> {
        T::make_or_replace(self, argument).await
    }

    /// Makes the value of an argument marked `#[body]`.
    ///
    /// # Errors
    /// 413, 415, and those of the type.
    pub async fn body<T: FromBody>(&mut self) -> Result<T> {
        T::from_body(self).await
    }

    /// Takes the body, for an extractor that reads it as it arrives. Its limit is
    /// the extractor's to keep.
    ///
    /// # Errors
    /// 500 when another argument has taken it.
    pub fn take_body(&mut self) -> Result<RequestBody> {
        self.0.body.take().ok_or_else(|| Error::internal("the body was read by two arguments"))
    }

    /// Reads the whole body.
    ///
    /// # Errors
    /// 413 `body_too_large` when it is over the endpoint's limit, before the rest
    /// is read; 408 `body_timeout` when it stops arriving; 400 `body_incomplete`
    /// when the connection breaks; 415 when it is compressed and no layer
    /// decompressed it.
    pub async fn bytes(&mut self) -> Result<Bytes> {
        self.check_encoding()?;
        let mut body = self.take_body()?;
        if body.size_hint().lower() > self.0.body_limit as u64 {
            return Err(self.too_large());
        }
        let begun = Instant::now();
        let Some(first) = self.next_data(&mut body, begun, 0).await? else {
            return Ok(Bytes::new());
        };
        if body.is_end_stream() && first.len() <= self.0.body_limit {
            return Ok(first);
        }
        let mut whole = BytesMut::from(first);
        loop {
            if whole.len() > self.0.body_limit {
                return Err(self.too_large());
            }
            match self.next_data(&mut body, begun, whole.len()).await? {
                Some(data) => whole.extend_from_slice(&data),
                None => return Ok(whole.freeze()),
            }
        }
    }

    /// Reads a body that must have the right media type; `None` when there is none.
    pub(super) async fn body_of(
        &mut self,
        has_type: bool,
        advice: &'static str,
    ) -> Result<Option<Bytes>> {
        if !has_type && !self.0.body.as_ref().is_none_or(RequestBody::is_end_stream) {
            return Err(Error::unsupported_media_type(advice));
        }
        let bytes = self.bytes().await?;
        Ok((!bytes.is_empty()).then_some(bytes))
    }

    /// The next bytes of the body; `None` at its end. A body may take the time
    /// limit, and a second more for each KiB that has arrived: a large one is let
    /// come, one in drips is not.
    async fn next_data(
        &self,
        body: &mut RequestBody,
        begun: Instant,
        arrived: usize,
    ) -> Result<Option<Bytes>> {
        let limit = self.0.environment.body_timeout + Duration::from_secs(arrived as u64 / 1024);
        loop {
            // A timer is made only when the bytes are not there yet.
            let frame = match body.frame().now_or_never() {
                Some(frame) => frame,
                None => tokio::time::timeout_at(begun + limit, body.frame())
                    .await
                    .map_err(|_| stalled())?,
            };
            match frame.transpose().map_err(incomplete)?.map(http_body::Frame::into_data) {
                None => return Ok(None),
                Some(Ok(data)) => return Ok(Some(data)),
                Some(Err(_trailers)) => {}
            }
        }
    }

    fn check_encoding(&self) -> Result<()> {
        let mut encodings = self.0.parts.headers.get_all(header::CONTENT_ENCODING).iter();
        if encodings.all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Ok(());
        }
        Err(Error::unsupported_media_type(
            "send the body without `Content-Encoding`: this endpoint takes no compressed one",
        ))
    }

    fn too_large(&self) -> Error {
        Error::payload_too_large(format!("the body may have {} bytes at most", self.0.body_limit))
    }

    /// The essence of `Content-Type`, such as `application/json`.
    pub(crate) fn media_type(&self) -> Option<&str> {
        let value = self.0.parts.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        // By bytes, which is faster for a text as short as this one.
        let end = value.bytes().position(|byte| byte == b';');
        Some(end.and_then(|end| value.get(..end)).unwrap_or(value).trim())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("context", &self.0.context).finish_non_exhaustive()
    }
}

fn stalled() -> Error {
    let detail = "the body stopped arriving before its end";
    Error::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", detail)
}

fn incomplete(source: crate::error::BoxError) -> Error {
    Error::bad_request("the body ended before its end")
        .with_code("body_incomplete")
        .with_source(source)
}
