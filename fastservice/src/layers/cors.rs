use std::{
    task::{Context, Poll},
    time::Duration,
};

use futures_util::future::Either;
use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{self, AllowHeaders, AllowOrigin, CorsLayer};
use tower_layer::Layer;
use tower_service::Service;

use crate::settings::{CorsSettings, Origins};

/// How long a browser may keep the answer to a preflight.
const MAX_AGE: Duration = Duration::from_secs(600);
/// What scripts may read beside what they always may (Fetch, "CORS-safelisted
/// response-header name").
const EXPOSED: [HeaderName; 6] = [
    HeaderName::from_static("x-request-id"),
    header::ETAG,
    header::LINK,
    header::LOCATION,
    header::RETRY_AFTER,
    header::WWW_AUTHENTICATE,
];

/// Says to browsers which pages of other origins may call.
#[derive(Debug, Clone)]
pub(crate) struct Cors(CorsLayer);

impl Cors {
    /// For a service that answers to these methods; `None` when no other origin may call.
    pub(crate) fn new(
        settings: &CorsSettings,
        methods: impl IntoIterator<Item = Method>,
    ) -> Option<Self> {
        let layer = CorsLayer::new()
            .allow_methods(methods.into_iter().collect::<Vec<_>>())
            // `*` would leave out `Authorization` (Fetch, "CORS-preflight fetch").
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(EXPOSED)
            .max_age(MAX_AGE);
        match &settings.origins {
            Origins::Own => None,
            Origins::All => Some(Self(layer.allow_origin(cors::Any).vary(Vec::new()))),
            Origins::These(origins) => {
                let origins =
                    origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
                let layer = layer.allow_origin(AllowOrigin::list(origins));
                let layer = layer.allow_credentials(settings.credentials);
                // Also without an origin: a cache must not give that answer to a page.
                Some(Self(layer.vary([header::ORIGIN])))
            }
        }
    }
}

impl<S: Clone> Layer<S> for Cors {
    type Service = CorsService<S>;

    fn layer(&self, inner: S) -> CorsService<S> {
        CorsService { cors: self.0.layer(inner.clone()), inner }
    }
}

/// `tower-http` takes every OPTIONS request for a preflight. Those that are none
/// belong to the service.
#[derive(Debug, Clone)]
pub(crate) struct CorsService<S> {
    cors: cors::Cors<S>,
    inner: S,
}

impl<S, A, B> Service<http::Request<A>> for CorsService<S>
where
    S: Service<http::Request<A>, Response = http::Response<B>>,
    B: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Either<S::Future, cors::ResponseFuture<S::Future>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        match self.inner.poll_ready(context)? {
            Poll::Ready(()) => self.cors.poll_ready(context),
            Poll::Pending => Poll::Pending,
        }
    }

    fn call(&mut self, request: http::Request<A>) -> Self::Future {
        let has = |name| request.headers().contains_key(name);
        let is_preflight = has(header::ORIGIN) && has(header::ACCESS_CONTROL_REQUEST_METHOD);
        if request.method() == Method::OPTIONS && !is_preflight {
            return Either::Left(self.inner.call(request));
        }
        Either::Right(self.cors.call(request))
    }
}
