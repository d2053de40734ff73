use std::future::{Future, ready};

use super::Peer;
use crate::body::{Body, RequestBody};

/// What answers the requests of a server.
pub trait Answer: Clone + Send + 'static {
    /// Answers one request.
    fn answer(
        &self,
        request: http::Request<RequestBody>,
        peer: Peer,
    ) -> impl Future<Output = http::Response<Body>> + Send + 'static + use<Self>;

    /// A stop was asked for. Requests may still come, and are answered.
    fn stopping(&self) {}

    /// Waits for what runs on after its requests; the server ends after that.
    fn finish(&self) -> impl Future<Output = ()> + Send {
        ready(())
    }
}

impl<S, F> Answer for S
where
    S: Fn(http::Request<RequestBody>, Peer) -> F + Clone + Send + 'static,
    F: Future<Output = http::Response<Body>> + Send + 'static,
{
    fn answer(
        &self,
        request: http::Request<RequestBody>,
        peer: Peer,
    ) -> impl Future<Output = http::Response<Body>> + Send + 'static + use<S, F> {
        self(request, peer)
    }
}
