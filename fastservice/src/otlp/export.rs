use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use opentelemetry::{Array, KeyValue, StringValue, Value, trace::Status};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    logs::{LogBatch, LogExporter},
    trace::{SpanData, SpanExporter},
};

use crate::log::redact;

/// An exporter that says once when it does not get through, and once when it does again.
#[derive(Debug)]
pub(super) struct Reported<E> {
    signal: &'static str,
    exporter: E,
    is_failing: AtomicBool,
}

impl<E: fmt::Debug> Reported<E> {
    pub(super) fn new(signal: &'static str, exporter: E) -> Self {
        Self { signal, exporter, is_failing: AtomicBool::new(false) }
    }

    fn report(&self, result: OTelSdkResult) -> OTelSdkResult {
        let signal = self.signal;
        let was_failing = self.is_failing.swap(result.is_err(), Ordering::Relaxed);
        match &result {
            Err(error) if !was_failing => {
                tracing::warn!(signal, %error, "the collector does not take what is exported; it is lost until it does");
            }
            Ok(()) if was_failing => {
                tracing::info!(signal, "the collector takes what is exported again");
            }
            _ => {}
        }
        result
    }
}

impl<E: SpanExporter> SpanExporter for Reported<E> {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        batch.iter_mut().for_each(mask_span);
        self.report(self.exporter.export(batch).await)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl<E: LogExporter> LogExporter for Reported<E> {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        self.report(self.exporter.export(batch).await)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

/// Here and not where a span is made: this is off the request's path.
fn mask_span(span: &mut SpanData) {
    span.name = redact::text(&span.name).into_owned().into();
    if let Status::Error { description } = &mut span.status {
        *description = redact::text(description).into_owned().into();
    }
    span.attributes.iter_mut().for_each(mask);
    for event in &mut span.events.events {
        event.name = redact::text(&event.name).into_owned().into();
        event.attributes.iter_mut().for_each(mask);
    }
    for link in &mut span.links.links {
        link.attributes.iter_mut().for_each(mask);
    }
}

fn mask(attribute: &mut KeyValue) {
    if redact::is_sensitive(attribute.key.as_str()) {
        attribute.value = Value::from(redact::MASK);
        return;
    }
    match &mut attribute.value {
        Value::String(text) => mask_text(text),
        // Such as an error and its causes.
        Value::Array(Array::String(texts)) => texts.iter_mut().for_each(mask_text),
        _ => {}
    }
}

fn mask_text(text: &mut StringValue) {
    *text = redact::text(text.as_str()).into_owned().into();
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use opentelemetry_sdk::error::OTelSdkError;
    use tracing::{Event, Level, Subscriber};
    use tracing_subscriber::{
        Layer,
        layer::{Context, SubscriberExt},
    };

    use super::*;

    /// Keeps the levels of what is logged.
    #[derive(Clone, Default)]
    struct Levels(Arc<Mutex<Vec<Level>>>);

    impl<S: Subscriber> Layer<S> for Levels {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            self.0.lock().unwrap().push(*event.metadata().level());
        }
    }

    #[test]
    fn secrets_in_attributes_are_masked() {
        let masked = |name: &'static str, value: &'static str| {
            let mut attribute = KeyValue::new(name, value);
            mask(&mut attribute);
            attribute.value.to_string()
        };

        assert_eq!(masked("access_token", "hunter2"), "[masked]");
        assert_eq!(masked("call", "db password=hunter2"), "db password=[masked]");
        assert_eq!(masked("page", "2"), "2");
    }

    #[test]
    fn an_outage_is_logged_at_its_begin_and_at_its_end() {
        let levels = Levels::default();
        let subscriber = tracing_subscriber::registry().with(levels.clone());
        let exporter = Reported::new("traces", ());
        let away = || Err(OTelSdkError::InternalFailure("away".into()));

        tracing::subscriber::with_default(subscriber, || {
            for result in [Ok(()), away(), away(), away(), Ok(()), Ok(()), away()] {
                let _ = exporter.report(result);
            }
        });

        assert_eq!(*levels.0.lock().unwrap(), [Level::WARN, Level::INFO, Level::WARN]);
    }
}
