//! Records of `tracing`, and those of requests at their end, as log records of
//! OpenTelemetry. They are masked here, as an exporter gets them for reading only.

use std::{borrow::Cow, error::Error as StdError, fmt, net::SocketAddr, time::SystemTime};

use opentelemetry::{
    Context as OtelContext, Key, SpanId, TraceFlags, TraceId,
    logs::{AnyValue, LogRecord, Logger, Severity},
    trace::TraceContextExt,
};
use opentelemetry_sdk::logs::{SdkLogRecord, SdkLogger};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer::Context as LayerContext};

use crate::{
    claims::UserId,
    context::{Context, Ending},
    error::chain,
    log::{self, redact},
};

/// Gives the records of `tracing` to the exporter.
pub(super) struct Records(SdkLogger);

impl Records {
    pub(super) fn new(logger: SdkLogger) -> Self {
        Self(logger)
    }

    /// The record of a request at its end.
    pub(super) fn end(&self, ending: &Ending<'_>) {
        let mut record = self.begin(Level::INFO, log::END_TARGET);
        record.set_body(log::END_MESSAGE.into());
        log::describe_end(ending, &mut Attributes(&mut record));
        about(&mut record, ending.context);
        self.0.emit(record);
    }

    fn begin(&self, level: Level, target: impl Into<Cow<'static, str>>) -> SdkLogRecord {
        let mut record = self.0.create_log_record();
        record.set_timestamp(SystemTime::now());
        record.set_severity_number(severity(level));
        record.set_severity_text(level.as_str());
        record.set_target(target);
        record
    }
}

impl<S: Subscriber> Layer<S> for Records {
    fn on_event(&self, event: &Event<'_>, _: LayerContext<'_, S>) {
        let mut record = match log::metadata(event) {
            Some(bridged) => self.begin(*bridged.level(), bridged.target().to_owned()),
            None => self.begin(*event.metadata().level(), event.metadata().target()),
        };
        event.record(&mut Attributes(&mut record));
        if let Some(context) = Context::current() {
            about(&mut record, &context);
        }
        self.0.emit(record);
    }
}

/// Which request a record is about. The SDK adds the span in which it is written.
fn about(record: &mut SdkLogRecord, context: &Context) {
    record.add_attribute("request_id", context.request_id().to_string());
    if let Some(user_id) = context.user_id().map(UserId::as_str) {
        record.add_attribute("user_id", user_id.to_owned());
    }
    record.add_attribute("method", context.method().as_str().to_owned());
    if let Some(route) = context.route() {
        record.add_attribute("route", route.to_owned());
    }
    if OtelContext::map_current(TraceContextExt::has_active_span) {
        return;
    }
    if let Some(trace) = context.known_trace() {
        let flags = if trace.is_sampled() { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED };
        record.set_trace_context(
            TraceId::from_bytes(trace.trace_id().to_bytes()),
            SpanId::from_bytes(trace.span_id().to_bytes()),
            Some(flags),
        );
    }
}

fn severity(level: Level) -> Severity {
    match level {
        Level::ERROR => Severity::Error,
        Level::WARN => Severity::Warn,
        Level::INFO => Severity::Info,
        Level::DEBUG => Severity::Debug,
        Level::TRACE => Severity::Trace,
    }
}

/// Adds fields to a record: the message as its body, others as attributes.
struct Attributes<'a>(&'a mut SdkLogRecord);

impl Attributes<'_> {
    fn text(&mut self, field: &Field, value: impl fmt::Display) {
        let text = redact::text(&log::cut(value)).into_owned();
        if field.name() == "message" {
            self.0.set_body(text.into());
        } else {
            self.add(field, text);
        }
    }

    fn integer<T: TryInto<i64> + fmt::Display + Copy>(&mut self, field: &Field, value: T) {
        match value.try_into() {
            Ok(value) => self.add(field, value),
            Err(_) => self.add(field, value.to_string()),
        }
    }

    fn add(&mut self, field: &Field, value: impl Into<AnyValue>) {
        let name = field.name();
        if log::is_of_bridge(name) {
            return;
        }
        let key = if log::is_reserved(name) { Key::new(format!("{name}_")) } else { name.into() };
        if redact::is_sensitive(name) {
            self.0.add_attribute(key, redact::MASK);
        } else {
            self.0.add_attribute(key, value);
        }
    }
}

impl Visit for Attributes<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn StdError + 'static)) {
        self.text(field, chain(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.integer(field, value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.integer(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.integer(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value);
    }
}

impl log::CleanFields for Attributes<'_> {
    fn clean(&mut self, name: &'static str, value: &str) {
        self.0.add_attribute(name, value.to_owned());
    }

    fn count(&mut self, name: &'static str, value: u64) {
        self.0.add_attribute(name, i64::try_from(value).unwrap_or(i64::MAX));
    }

    fn flag(&mut self, name: &'static str, value: bool) {
        self.0.add_attribute(name, value);
    }

    fn address(&mut self, name: &'static str, address: SocketAddr) {
        self.0.add_attribute(name, address.to_string());
    }

    #[allow(clippy::cast_precision_loss, reason = "no request takes centuries")]
    fn millis(&mut self, name: &'static str, micros: u64) {
        self.0.add_attribute(name, micros as f64 / 1000.0);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, Mutex},
        time::Duration,
    };

    use http::StatusCode;
    use opentelemetry::logs::LoggerProvider;
    use opentelemetry_sdk::{
        error::OTelSdkResult,
        logs::{LogBatch, LogExporter, SdkLoggerProvider},
    };

    use super::*;
    use crate::context::Arrival;

    /// Keeps what is exported.
    #[derive(Debug, Clone, Default)]
    struct Kept(Arc<Mutex<Vec<SdkLogRecord>>>);

    impl LogExporter for Kept {
        async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
            let records = batch.iter().map(|(record, _)| record.clone());
            self.0.lock().unwrap().extend(records);
            Ok(())
        }
    }

    #[test]
    fn a_request_ends_with_the_fields_of_the_log() {
        let kept = Kept::default();
        let provider = SdkLoggerProvider::builder().with_simple_exporter(kept.clone()).build();
        let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let request = http::Request::get("/items/7?token=abc").header("traceparent", traceparent);
        let context = Context::open(Arrival::of(&request.body(()).unwrap(), None));

        Records::new(provider.logger("test")).end(&Ending {
            context: &context,
            status: Some(StatusCode::OK),
            bytes: 23,
            is_complete: true,
            elapsed: Duration::from_micros(1250),
        });

        let records = kept.0.lock().unwrap();
        let record = &records[0];
        assert_eq!(record.body(), Some(&log::END_MESSAGE.into()));
        assert_eq!(record.target().unwrap(), log::END_TARGET);
        let trace_id = record.trace_context().unwrap().trace_id;
        assert_eq!(trace_id.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        let attribute = |name| record.attributes_iter().find(|(key, _)| key.as_str() == name);
        for (name, value) in [
            ("status", AnyValue::Int(200)),
            ("bytes", AnyValue::Int(23)),
            ("elapsed_ms", AnyValue::Double(1.25)),
            ("path", "/items/7?token=[masked]".into()),
            ("request_id", context.request_id().to_string().into()),
            ("method", "GET".into()),
        ] {
            assert_eq!(attribute(name).map(|(_, value)| value), Some(&value), "{name}");
        }
    }
}
