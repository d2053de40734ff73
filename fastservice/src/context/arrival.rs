use std::net::SocketAddr;

use http::{HeaderValue, Method, Uri, header};

use super::trace::TraceHeaders;

/// What is known of a request when it arrives.
#[derive(Debug, Default)]
pub(crate) struct Arrival {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) user_agent: Option<HeaderValue>,
    pub(crate) remote_address: Option<SocketAddr>,
    pub(super) trace: TraceHeaders,
}

impl Arrival {
    pub(crate) fn of<B>(http: &http::Request<B>, remote_address: Option<SocketAddr>) -> Self {
        Self {
            method: http.method().clone(),
            uri: http.uri().clone(),
            user_agent: http.headers().get(header::USER_AGENT).cloned(),
            remote_address,
            trace: TraceHeaders::of(http.headers()),
        }
    }
}
