use std::{
    borrow::Borrow,
    fmt,
    future::{Future, IntoFuture},
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use http_body_util::BodyExt;
use serde::Serialize;

use super::{TestResponse, TestToken};
use crate::{
    app::Service,
    body::{Body, RequestBody},
    dev_issuer::DevIssuer,
    server::Answer,
};

/// A request being written; awaiting it sends it.
#[must_use = "a request is sent by awaiting it"]
pub struct TestRequest {
    service: Service,
    issuer: Arc<DevIssuer>,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Body,
    remote_address: Option<SocketAddr>,
}

impl TestRequest {
    pub(super) fn new(
        service: Service,
        issuer: Arc<DevIssuer>,
        method: Method,
        path: &str,
    ) -> Self {
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("test"))]);
        let (path, body, remote_address) = (path.to_owned(), Body::empty(), None);
        Self { service, issuer, method, path, headers, body, remote_address }
    }

    /// Adds a header.
    ///
    /// # Panics
    /// When it is not a valid one.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let name = HeaderName::try_from(name);
        let value = HeaderValue::from_bytes(value.as_ref());
        let (Ok(name), Ok(value)) = (name, value) else { panic!("not a header") };
        self.headers.append(name, value);
        self
    }

    /// Takes a header away, such as `host`.
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Sends it from this address, for example that of a trusted proxy; without, from none.
    pub fn remote_address(mut self, address: impl Into<SocketAddr>) -> Self {
        self.remote_address = Some(address.into());
        self
    }

    /// Sends a token that the client's issuer signs.
    ///
    /// # Panics
    /// When signing fails.
    pub fn token(self, token: impl Borrow<TestToken>) -> Self {
        match self.issuer.token(token.borrow()) {
            Ok(token) => self.bearer(&token),
            Err(error) => panic!("the token cannot be signed: {error}"),
        }
    }

    /// Sends any text as a bearer token.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// Sends a value as JSON.
    ///
    /// # Panics
    /// When it cannot be JSON.
    pub fn json(self, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => self.header("content-type", "application/json").body(json),
            Err(error) => panic!("this cannot be JSON: {error}"),
        }
    }

    /// Sends pairs as a form.
    ///
    /// # Panics
    /// When they cannot be a form.
    pub fn form(self, value: &impl Serialize) -> Self {
        match serde_html_form::to_string(value) {
            Ok(form) => self.header("content-type", "application/x-www-form-urlencoded").body(form),
            Err(error) => panic!("this cannot be a form: {error}"),
        }
    }

    /// Sends any body.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    async fn send(self) -> TestResponse {
        let uri: Uri = match self.path.parse() {
            Ok(uri) => uri,
            Err(error) => panic!("{} is no path: {error}", self.path),
        };
        let mut request = http::Request::new(RequestBody::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers;
        let (parts, body) = self.service.answer(request, self.remote_address).await.into_parts();
        let body: Bytes = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => panic!("the body of the answer broke: {error}"),
        };
        self.service.finish().await;
        TestResponse::new(parts, body)
    }
}

impl IntoFuture for TestRequest {
    type Output = TestResponse;
    type IntoFuture = Pin<Box<dyn Future<Output = TestResponse> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for TestRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
