use std::net::SocketAddr;

use http::{HeaderValue, Method, Uri, header};

use super::{
    RequestId,
    proxies::Forwarded,
    trace::{TRACEPARENT, TraceHeaders},
};

/// What is known of a request when it arrives.
#[derive(Debug, Default)]
pub(crate) struct Arrival {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) user_agent: Option<HeaderValue>,
    pub(crate) host: Option<HeaderValue>,
    /// How many headers `Host` came.
    pub(crate) hosts: usize,
    pub(crate) remote_address: Option<SocketAddr>,
    /// What trusted proxies say.
    pub(super) forwarded: Option<Box<Forwarded>>,
    /// The id that a trusted proxy gave it.
    pub(super) request_id: Option<RequestId>,
    pub(super) trace: TraceHeaders,
}

impl Arrival {
    pub(crate) fn of<B>(http: &http::Request<B>, remote_address: Option<SocketAddr>) -> Self {
        let (method, uri) = (http.method().clone(), http.uri().clone());
        let mut arrival = Self { method, uri, remote_address, ..Self::default() };
        let mut has_trace = false;
        // One pass costs less than a look-up for each.
        for (name, value) in http.headers() {
            if *name == header::HOST {
                arrival.hosts += 1;
                arrival.host.get_or_insert_with(|| value.clone());
            } else if *name == header::USER_AGENT {
                arrival.user_agent.get_or_insert_with(|| value.clone());
            } else if *name == TRACEPARENT {
                has_trace = true;
            }
        }
        if has_trace {
            arrival.trace = TraceHeaders::of(http.headers());
        }
        arrival
    }
}
