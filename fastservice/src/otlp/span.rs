use std::any::Any;

use http::Method;
use opentelemetry::{
    Context as OtelContext, KeyValue,
    trace::{Span as _, SpanBuilder, SpanKind, Status, TraceContextExt, Tracer},
};
use opentelemetry_sdk::trace::SdkTracer;

use super::ids::{parent, with_ids_of};
use crate::{
    context::{Companion, Context, Ending, Observer},
    log::redact,
};

/// Longer paths and user agents are cut.
const LONGEST: usize = 1024;

/// Makes a span of each request, named by the conventions of OpenTelemetry.
pub(super) struct Requests(Option<SdkTracer>);

/// The span of a request, which is the current one wherever the request is.
struct RequestSpan(OtelContext);

impl Requests {
    pub(super) fn new(tracer: Option<SdkTracer>) -> Self {
        Self(tracer)
    }
}

impl Observer for Requests {
    fn began(&self, context: &Context) {
        let Some(tracer) = &self.0 else { return };
        let trace = context.trace();
        let parent = parent(trace);
        let (method, _) = method(context.method());
        let span = SpanBuilder::from_name(method).with_kind(SpanKind::Server);
        let span = with_ids_of(trace, || tracer.build_with_context(span, &parent));
        trace.decide(span.span_context().is_sampled());
        context.accompany(RequestSpan(parent.with_span(span)));
    }

    fn ended(&self, ending: &Ending<'_>) {
        let companion = ending.context.companion().map(|companion| companion as &dyn Any);
        let Some(RequestSpan(entered)) = companion.and_then(<dyn Any>::downcast_ref) else {
            return;
        };
        let span = entered.span();
        if span.is_recording() {
            let (method, _) = method(ending.context.method());
            if let Some(route) = ending.context.route() {
                span.update_name(format!("{method} {route}"));
            }
            span.set_attributes(attributes(ending));
            if ending.status.is_some_and(|status| status.is_server_error()) {
                span.set_status(Status::error(""));
            }
        }
        span.end();
    }
}

impl Companion for RequestSpan {
    fn around(&self, run: &mut dyn FnMut()) {
        let _entered = self.0.clone().attach();
        run();
    }
}

fn attributes(ending: &Ending<'_>) -> Vec<KeyValue> {
    let context = ending.context;
    let (_, name) = method(context.method());
    let text = |name: &'static str, text: &str| KeyValue::new(name, text.to_owned());
    let mut attributes = vec![
        KeyValue::new("http.request.method", name),
        KeyValue::new("url.scheme", context.scheme()),
        // Without the query, which may hold what only the service should know.
        text("url.path", cut(&redact::path(context.uri().path()))),
        text("fastservice.request_id", &context.request_id().to_string()),
        KeyValue::new("http.response.body.size", i64::try_from(ending.bytes).unwrap_or(i64::MAX)),
    ];
    if let Some(route) = context.route() {
        attributes.push(text("http.route", route));
    }
    match ending.status {
        Some(status) => {
            let number = i64::from(status.as_u16());
            attributes.push(KeyValue::new("http.response.status_code", number));
            if status.is_server_error() {
                attributes.push(text("error.type", status.as_str()));
            }
        }
        None => attributes.push(KeyValue::new("error.type", "client_left")),
    }
    if let Some(address) = context.client_address() {
        attributes.push(text("client.address", &address.to_string()));
    }
    if let Some(agent) = context.user_agent() {
        attributes.push(text("user_agent.original", cut(agent)));
    }
    attributes
}

/// What a method is called in the name of a span and in its attribute. Clients may
/// send any other, so that those are one.
fn method(method: &Method) -> (&'static str, &'static str) {
    const KNOWN: [&str; 9] =
        ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];
    let known = KNOWN.iter().find(|known| **known == method.as_str());
    known.map_or(("HTTP", "_OTHER"), |known| (known, known))
}

fn cut(text: &str) -> &str {
    let end = (0..=LONGEST.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}
