//! Layers of `tower` around the way of a request.

use std::{
    fmt,
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::FutureExt;
use tower_layer::Layer;
use tower_service::Service;

use super::pipeline::logged;
use crate::{
    background::panic_text,
    body::{Body, RequestBody},
    context,
    error::{BoxError, Error},
    response::{ErrorForm, Response},
};

type AnyFuture = Pin<Box<dyn Future<Output = Result<Response, BoxError>> + Send>>;

/// The service that a layer wraps.
#[derive(Clone)]
pub struct Inner(Arc<dyn Fn(http::Request<RequestBody>) -> AnyFuture + Send + Sync>);

impl Inner {
    pub(super) fn new<F>(
        call: impl Fn(http::Request<RequestBody>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Response, BoxError>> + Send + 'static,
    {
        Self(Arc::new(move |request| Box::pin(call(request))))
    }
}

impl Service<http::Request<RequestBody>> for Inner {
    type Response = Response;
    type Error = BoxError;
    type Future = AnyFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<RequestBody>) -> AnyFuture {
        (self.0)(request)
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inner")
    }
}

/// Calls layers. When one of them fails, or panics, that is an answer too.
pub(super) async fn answered(
    mut layers: Inner,
    http: http::Request<RequestBody>,
    error_form: ErrorForm,
) -> Response {
    let called = AssertUnwindSafe(async move { layers.call(http).await }).catch_unwind().await;
    let error = match called {
        Ok(Ok(response)) => return response,
        Ok(Err(source)) => Error::internal(source),
        Err(panic) => Error::internal(format!("a layer panicked: {}", panic_text(&*panic))),
    };
    let context = context::Context::current().unwrap_or_else(context::Context::new);
    error_form.response(&logged(error), context.request_id())
}

/// A layer whose types are forgotten.
pub(super) type AnyLayer = Box<dyn FnOnce(Inner) -> Inner + Send + Sync>;

pub(super) fn any_layer<L, S, B>(layer: L) -> AnyLayer
where
    L: Layer<Inner, Service = S> + Send + Sync + 'static,
    S: Service<http::Request<RequestBody>, Response = http::Response<B>>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    Box::new(move |inner| {
        let service = layer.layer(inner);
        Inner::new(move |request| {
            let mut service = service.clone();
            async move {
                std::future::poll_fn(|cx| service.poll_ready(cx)).await.map_err(Into::into)?;
                let response = service.call(request).await.map_err(Into::into)?;
                Ok(response.map(Body::wrap))
            }
        })
    })
}
