//! The ids of spans and the choice of traces.

use std::cell::Cell;

use opentelemetry::{
    Context as OtelContext, KeyValue, SpanId, TraceFlags, TraceId,
    trace::{Link, SpanContext, SpanKind, TraceContextExt, TraceState},
};
use opentelemetry_sdk::trace::{
    IdGenerator, RandomIdGenerator, SamplingDecision, SamplingResult, ShouldSample,
};

use crate::context::TraceContext;

thread_local! {
    static NEXT: Cell<Option<(TraceId, SpanId)>> = const { Cell::new(None) };
}

/// Gives a request's span the ids that the request has in logs and in the headers of
/// outgoing calls, and all others random ones.
#[derive(Debug, Default)]
pub(super) struct Ids(RandomIdGenerator);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        NEXT.get().map_or_else(|| self.0.new_trace_id(), |(trace_id, _)| trace_id)
    }

    fn new_span_id(&self) -> SpanId {
        NEXT.get().map_or_else(|| self.0.new_span_id(), |(_, span_id)| span_id)
    }
}

/// Runs `make` so that the span it makes has the ids of `trace`.
pub(super) fn with_ids_of<T>(trace: &TraceContext, make: impl FnOnce() -> T) -> T {
    let trace_id = TraceId::from_bytes(trace.trace_id().to_bytes());
    NEXT.set(Some((trace_id, SpanId::from_bytes(trace.span_id().to_bytes()))));
    let made = make();
    NEXT.set(None);
    made
}

/// The caller's span; none where the trace begins here.
pub(super) fn parent(trace: &TraceContext) -> OtelContext {
    let Some(parent_id) = trace.parent_id() else { return OtelContext::new() };
    let flags = if trace.is_sampled() { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED };
    let state = trace.state().and_then(|state| state.parse::<TraceState>().ok());
    OtelContext::new().with_remote_span_context(SpanContext::new(
        TraceId::from_bytes(trace.trace_id().to_bytes()),
        SpanId::from_bytes(parent_id.to_bytes()),
        flags,
        true,
        state.unwrap_or_default(),
    ))
}

/// Chooses a share of the traces by the last seven bytes of their ids, which W3C Trace
/// Context says are random. The SDK's own sampler looks at the eighth too, and in a
/// request id that is not.
#[derive(Debug, Clone)]
pub(super) struct Share(f64);

impl Share {
    pub(super) fn new(share: f64) -> Self {
        Self(share)
    }

    #[allow(clippy::cast_precision_loss, reason = "a share needs no exact number")]
    fn has(&self, trace_id: TraceId) -> bool {
        const RANDOM: u128 = (1 << 56) - 1;
        let random = u128::from_be_bytes(trace_id.to_bytes()) & RANDOM;
        (random as f64) < self.0 * RANDOM as f64 || self.0 >= 1.0
    }
}

impl ShouldSample for Share {
    fn should_sample(
        &self,
        parent: Option<&OtelContext>,
        trace_id: TraceId,
        _: &str,
        _: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        let state = parent.map(|parent| parent.span().span_context().trace_state().clone());
        let chosen = self.has(trace_id);
        SamplingResult {
            decision: if chosen {
                SamplingDecision::RecordAndSample
            } else {
                SamplingDecision::Drop
            },
            attributes: Vec::new(),
            trace_state: state.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;

    #[test]
    fn a_share_of_request_ids_is_chosen() {
        let chosen = |share| {
            let ids = (0..1_000).map(|_| Context::new().trace().trace_id().to_bytes());
            ids.filter(|id| Share::new(share).has(TraceId::from_bytes(*id))).count()
        };

        assert_eq!((chosen(0.0), chosen(1.0)), (0, 1_000));
        // Further off than this is less likely than once in a billion.
        assert!((200..=400).contains(&chosen(0.3)));
        assert!((700..=900).contains(&chosen(0.8)));
    }

    #[test]
    fn ids_are_given_to_one_span_only() {
        let ids = Ids::default();
        let context = Context::new();
        let trace_id = TraceId::from_bytes(context.trace().trace_id().to_bytes());

        let given = with_ids_of(context.trace(), || ids.new_trace_id());

        assert_eq!(given, trace_id);
        assert_ne!(ids.new_trace_id(), trace_id);
    }
}
