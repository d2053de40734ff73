use std::{
    convert::Infallible,
    fmt,
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll},
};

use bytes::Bytes;
use futures_util::{FutureExt, future::Either};
use http::{HeaderValue, Method, StatusCode, header};
use http_body::Body as _;

use super::{
    core::Core,
    departure::Departure,
    layered::{AnyLayer, Inner, answered},
    operations, pipeline,
};
use crate::{
    body::{Body, RequestBody},
    context::{Arrival, Context, X_REQUEST_ID},
    error::BoxError,
    extract::Request,
    health::Readiness,
    response::Response,
    server::{Answer, Peer},
};

/// A service that has started: it answers requests, from sockets or without.
///
/// It is a `tower` service too.
#[derive(Clone)]
pub struct Service {
    core: Arc<Core>,
    layered: Option<Inner>,
}

impl Service {
    /// `cors` is the outermost layer, so that what others answer, or fail at, is inside.
    pub(super) fn new(core: Core, layers: Vec<AnyLayer>, cors: Option<AnyLayer>) -> Self {
        let core = Arc::new(core);
        if layers.is_empty() && cors.is_none() {
            return Self::of(core);
        }
        let (has_layers, error_form) = (!layers.is_empty(), core.error_form);
        let innermost = core.clone();
        let inner = Inner::new(move |http| {
            let core = innermost.clone();
            async move {
                let context = http.extensions().get::<Context>().cloned();
                // `answer` puts the context there; a layer may have made a new request.
                let context = context.or_else(Context::current).unwrap_or_else(|| departed(&http));
                let request = Request::new(http, context.clone(), core.environment.clone());
                // Also where a layer has moved it to a task of its own.
                Ok(context.scope(pipeline::respond(core, request)).await)
            }
        });
        let layered = layers.into_iter().fold(inner, |inner, layer| layer(inner));
        let layered = match cors {
            None => layered,
            Some(cors) if !has_layers => cors(layered),
            Some(cors) => {
                cors(Inner::new(move |http| answered(layered.clone(), http, error_form).map(Ok)))
            }
        };
        Self { core, layered: Some(layered) }
    }

    /// One without layers.
    pub(super) fn of(core: Arc<Core>) -> Self {
        Self { core, layered: None }
    }

    /// What answers on the port of the metrics: they, and the heartbeat. These
    /// requests are neither counted nor logged.
    #[must_use]
    pub fn operations(&self) -> Self {
        Self::of(Arc::new(operations::core(&self.core)))
    }

    /// Answers one request, whose connection came from `remote_address`.
    // What is large is put in its box before the first future, because a future
    // is moved with all that it holds.
    pub fn answer(
        &self,
        http: http::Request<RequestBody>,
        remote_address: Option<SocketAddr>,
    ) -> impl Future<Output = Response> + Send + use<> {
        let mut arrival = Arrival::of(&http, remote_address);
        if let Some(proxies) = &self.core.proxies {
            proxies.complete(&mut arrival, http.headers());
        }
        let context = Context::open(arrival);
        let request_id = context.request_id().to_header_value();
        let is_head = http.method() == Method::HEAD;
        let answered = match &self.layered {
            None => Either::Left(self.respond(http, context.clone())),
            Some(layered) => Either::Right(self.through(layered, http, context.clone())),
        };
        let departure = Departure::begin(self.core.clone(), &context);
        let answered = context.scope(answered);
        async move {
            let mut response = answered.await;
            if is_head {
                remove_body(&mut response);
            }
            response.headers_mut().insert(X_REQUEST_ID, request_id);
            departure.with(response)
        }
    }

    fn respond(
        &self,
        http: http::Request<RequestBody>,
        context: Context,
    ) -> impl Future<Output = Response> + Send + use<> {
        let request = Request::new(http, context, self.core.environment.clone());
        pipeline::respond(self.core.clone(), request)
    }

    fn through(
        &self,
        layered: &Inner,
        mut http: http::Request<RequestBody>,
        context: Context,
    ) -> impl Future<Output = Response> + Send + use<> {
        http.extensions_mut().insert(context);
        answered(layered.clone(), http, self.core.error_form)
    }
}

/// The context of a request whose own was lost in a layer. Nobody sees it depart.
fn departed(http: &http::Request<RequestBody>) -> Context {
    let context = Context::open(Arrival::of(http, None));
    context.depart();
    context
}

/// The answer to HEAD: what GET would answer, without its body (RFC 9110 section 9.3.2).
fn remove_body(response: &mut Response) {
    let status = response.status();
    let has_length = status != StatusCode::NO_CONTENT
        && status != StatusCode::NOT_MODIFIED
        && !status.is_informational();
    if let Some(length) = response.body().size_hint().exact().filter(|_| has_length) {
        let length = HeaderValue::from(length);
        response.headers_mut().entry(header::CONTENT_LENGTH).or_insert(length);
    }
    *response.body_mut() = Body::empty();
}

impl Answer for Service {
    fn answer(
        &self,
        request: http::Request<RequestBody>,
        peer: Peer,
    ) -> impl Future<Output = Response> + Send + 'static + use<> {
        self.answer(request, Some(peer.address))
    }

    fn stopping(&self) {
        if let Some(readiness) = self.core.environment.state::<Readiness>() {
            readiness.stop();
        }
    }

    async fn finish(&self) {
        self.core.tasks.finished().await;
    }
}

impl<B> tower_service::Service<http::Request<B>> for Service
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let request = request.map(|body| RequestBody::from(Body::wrap(body)));
        Box::pin(self.answer(request, None).map(Ok))
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("router", &self.core.router).finish_non_exhaustive()
    }
}
