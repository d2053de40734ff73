use std::net::SocketAddr;

use http::{HeaderValue, Method, Uri, header};

use super::{RequestId, proxies::Forwarded, trace::TraceHeaders};

/// What is known of a request when it arrives.
#[derive(Debug, Default)]
pub(crate) struct Arrival {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) user_agent: Option<HeaderValue>,
    pub(crate) host: Option<HeaderValue>,
    pub(crate) remote_address: Option<SocketAddr>,
    /// What trusted proxies say.
    pub(super) forwarded: Option<Box<Forwarded>>,
    /// The id that a trusted proxy gave it.
    pub(super) request_id: Option<RequestId>,
    pub(super) trace: TraceHeaders,
}

impl Arrival {
    pub(crate) fn of<B>(http: &http::Request<B>, remote_address: Option<SocketAddr>) -> Self {
        Self {
            method: http.method().clone(),
            uri: http.uri().clone(),
            user_agent: http.headers().get(header::USER_AGENT).cloned(),
            host: http.headers().get(header::HOST).cloned(),
            remote_address,
            forwarded: None,
            request_id: None,
            trace: TraceHeaders::of(http.headers()),
        }
    }
}
