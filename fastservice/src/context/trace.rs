//! W3C Trace Context: where a request stands in a trace across services.

use std::{fmt, sync::OnceLock};

use http::{HeaderMap, HeaderName, HeaderValue};

use super::RequestId;

pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub(super) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The caller may have recorded its part of the trace.
const SAMPLED: u8 = 0b01;
/// The end of the trace id is random (level 2).
const RANDOM: u8 = 0b10;
/// The specification's limits; what is over them is dropped.
const LONGEST_STATE: usize = 512;
const MOST_STATE_MEMBERS: usize = 32;

/// Where a request stands in a trace across services
/// ([W3C Trace Context](https://www.w3.org/TR/trace-context/)).
///
/// It continues the header `traceparent` that came with the request. Where none
/// came, or one that is not valid, a trace begins here: its id is the request id,
/// written without hyphens, and it is sampled unless this service's own sampler (feature
/// `otlp`) says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: TraceId,
    parent_id: Option<SpanId>,
    span_id: SpanId,
    flags: u8,
    /// What the service's own sampler says.
    decision: OnceLock<bool>,
    state: Option<HeaderValue>,
}

/// The id of a trace: 16 bytes, not all zero, written in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId([u8; 16]);

/// The id of one step of a trace: 8 bytes, not all zero, written in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpanId([u8; 8]);

impl TraceContext {
    /// The whole trace's id.
    #[must_use]
    pub fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    /// The caller's step, which this one is part of; `None` where the trace begins here.
    #[must_use]
    pub fn parent_id(&self) -> Option<SpanId> {
        self.parent_id
    }

    /// This request's step: the parent of the calls that it makes.
    #[must_use]
    pub fn span_id(&self) -> SpanId {
        self.span_id
    }

    /// Whether this part of the trace is recorded, as the calls that it makes are told: by
    /// the decision of the service's own sampler, else by that of the caller.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        self.decision.get().copied().unwrap_or(self.flags & SAMPLED != 0)
    }

    /// Remembers what the service's own sampler says. The first decision stays.
    #[cfg(feature = "otlp")]
    pub(crate) fn decide(&self, is_sampled: bool) {
        let _ = self.decision.set(is_sampled);
    }

    /// What tracing systems say to each other: the header `tracestate`, passed on as it came.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_ref()?.to_str().ok()
    }

    /// The header `traceparent` of the calls that this request makes.
    pub(super) fn to_traceparent(&self) -> HeaderValue {
        let Self { trace_id, span_id, .. } = self;
        let flags = self.flags & !SAMPLED | if self.is_sampled() { SAMPLED } else { 0 };
        let text = format!("00-{trace_id}-{span_id}-{flags:02x}");
        // Hexadecimal digits and hyphens are always a valid header value.
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }

    pub(super) fn tracestate(&self) -> Option<&HeaderValue> {
        self.state.as_ref()
    }

    fn begin(request_id: RequestId) -> Self {
        Self {
            trace_id: TraceId(request_id.as_uuid().into_bytes()),
            parent_id: None,
            span_id: SpanId::new(),
            flags: SAMPLED,
            decision: OnceLock::new(),
            state: None,
        }
    }
}

impl TraceId {
    /// Its bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl SpanId {
    fn new() -> Self {
        Self(fastrand::u64(1..).to_be_bytes())
    }

    /// Its bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 8] {
        self.0
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

/// The headers of a trace as they came. They are read only when somebody asks.
#[derive(Debug, Default)]
pub(super) struct TraceHeaders {
    parent: Option<HeaderValue>,
    state: Option<HeaderValue>,
}

impl TraceHeaders {
    /// Whether the request came with a trace, valid or not.
    #[cfg(feature = "log")]
    pub(super) fn are_there(&self) -> bool {
        self.parent.is_some()
    }

    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut parents = headers.get_all(TRACEPARENT).iter();
        match (parents.next(), parents.next()) {
            (Some(parent), None) => {
                Self { parent: Some(parent.clone()), state: whole_state(headers) }
            }
            _ => Self::default(),
        }
    }

    /// The trace that they continue, else one that begins with this request.
    pub(super) fn open(&self, request_id: RequestId) -> TraceContext {
        let parent = self.parent.as_ref().and_then(|value| parse(value.as_bytes()));
        let Some((trace_id, parent_id, flags)) = parent else {
            return TraceContext::begin(request_id);
        };
        let state = self.state.clone().filter(is_within_limits);
        let (parent_id, span_id) = (Some(parent_id), SpanId::new());
        let decision = OnceLock::new();
        TraceContext { trace_id, parent_id, span_id, flags, decision, state }
    }
}

/// Several headers `tracestate` are one list, in their order.
fn whole_state(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut states = headers.get_all(TRACESTATE).iter().peekable();
    let first = states.next()?;
    if states.peek().is_none() {
        return Some(first.clone());
    }
    let mut list = first.as_bytes().to_vec();
    for state in states {
        list.push(b',');
        list.extend_from_slice(state.as_bytes());
    }
    HeaderValue::from_bytes(&list).ok()
}

fn is_within_limits(state: &HeaderValue) -> bool {
    let members = state.to_str().map(|text| text.split(',').filter(|m| !m.trim().is_empty()));
    let count = members.map_or(0, Iterator::count);
    state.len() <= LONGEST_STATE && (1..=MOST_STATE_MEMBERS).contains(&count)
}

/// `version-traceid-parentid-flags`. Of a later version what this one knows is read.
fn parse(header: &[u8]) -> Option<(TraceId, SpanId, u8)> {
    const LENGTH: usize = "00-ffffffffffffffffffffffffffffffff-ffffffffffffffff-00".len();
    let (known, more) = header.split_at_checked(LENGTH)?;
    let mut fields = known.split(|byte| *byte == b'-');
    let [version] = hexadecimal(fields.next()?)?;
    let trace_id = hexadecimal(fields.next()?)?;
    let parent_id = hexadecimal(fields.next()?)?;
    let [flags] = hexadecimal(fields.next()?)?;
    let is_whole = more.is_empty() || (version > 0 && more.starts_with(b"-"));
    if version == 0xff || !is_whole || trace_id == [0; 16] || parent_id == [0; 8] {
        return None;
    }
    Some((TraceId(trace_id), SpanId(parent_id), flags & (SAMPLED | RANDOM)))
}

/// Exactly `N` bytes in small hexadecimal digits.
fn hexadecimal<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let pairs = digits.chunks_exact(2);
    if digits.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        for digit in pair {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return None,
            };
            *byte = *byte << 4 | value;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests;
