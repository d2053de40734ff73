use http::HeaderValue;
use opentelemetry::{
    Context as OtelContext,
    propagation::{Extractor, TextMapPropagator},
};
use opentelemetry_sdk::propagation::TraceContextPropagator;

/// The headers of W3C Trace Context.
struct Headers<'h> {
    parent: &'h str,
    state: Option<&'h str>,
}

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            "traceparent" => Some(self.parent),
            "tracestate" => self.state,
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent", "tracestate"]
    }
}

/// The caller's span; none when the headers are not what they should be.
pub(super) fn parent(parent: Option<&HeaderValue>, state: Option<&HeaderValue>) -> OtelContext {
    let empty = OtelContext::new();
    let Some(parent) = parent.and_then(|value| value.to_str().ok()) else { return empty };
    let state = state.and_then(|value| value.to_str().ok());
    TraceContextPropagator::new().extract_with_context(&empty, &Headers { parent, state })
}
