//! Traces and logs for a collector of OpenTelemetry, by OTLP over HTTP.
//!
//! [`App::run`](crate::App::run) starts it when an endpoint is set
//! ([`OtlpSettings`]). A service with a `main` of its own does it so:
//!
//! ```no_run
//! use fastservice::{log, otlp::Telemetry, prelude::*, settings::Settings};
//!
//! # async fn start() -> std::result::Result<(), Box<dyn std::error::Error>> {
//! let settings = Settings::from_environment()?;
//! let telemetry = Telemetry::open(&settings)?;
//! let log = log::start_with(&settings, telemetry.layer())?;
//! let app = App::new().observer(telemetry.access(&log)).observer(telemetry.observer());
//! let service = app.settings(settings).start().await?;
//! // … serve; then, not on a thread that answers requests:
//! telemetry.finish();
//! # Ok(())
//! # }
//! ```
//!
//! Each request that is sampled is a span of kind server, a child of the caller's
//! when it has sent a `traceparent`. Spans of `tracing` that a handler makes are
//! its children, and log records carry its trace id. What is masked in the log is
//! masked here too. Threads of their own export
//! in batches, out of a queue with an end: a collector that is slow or away costs
//! spans and records, never a request.

mod export;
mod ids;
mod records;
mod span;

use std::{fmt, time::Duration};

use opentelemetry::{KeyValue, logs::LoggerProvider, trace::TracerProvider};
use opentelemetry_otlp::{
    ExporterBuildError, LogExporter, Protocol, SpanExporter, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::{
    Resource,
    logs::SdkLoggerProvider,
    trace::{Sampler, SdkTracerProvider, ShouldSample},
};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use self::{
    export::Reported,
    ids::{Ids, Share},
    records::Records,
    span::Requests,
};
use crate::{
    context::Observer,
    log::{AccessLog, Log},
    settings::{OtlpSettings, SamplingKind, Settings},
};

/// How long the end of the process waits for the last exports, for each signal.
const FLUSH_PATIENCE: Duration = Duration::from_secs(5);
/// What carries the exports must not be exported.
const CARRIERS: [&str; 7] =
    ["h2", "hyper", "hyper_util", "opentelemetry", "reqwest", "rustls", "tower"];
const SCOPE: &str = "fastservice";

/// Exports what the process does, as far as the settings say.
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
    logs: Option<SdkLoggerProvider>,
}

/// Why the export cannot be set up.
#[derive(Debug)]
pub struct TelemetryError(ExporterBuildError);

impl fmt::Display for TelemetryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "traces and logs cannot be exported: {}; look at the OTEL_ settings", self.0)
    }
}

impl std::error::Error for TelemetryError {}

impl From<ExporterBuildError> for TelemetryError {
    fn from(error: ExporterBuildError) -> Self {
        Self(error)
    }
}

impl Telemetry {
    /// Starts the export; nothing is connected to yet. Without an endpoint it is
    /// off, and costs nothing.
    ///
    /// # Errors
    /// When a variable that the SDK reads itself is wrong.
    pub fn open(settings: &Settings) -> Result<Self, TelemetryError> {
        let otlp = &settings.otlp;
        let resource = resource(settings);
        let traces = match otlp.traces_address() {
            Some(address) => Some(traces(otlp, address, resource.clone())?),
            None => None,
        };
        let logs = match otlp.logs_address() {
            Some(address) => Some(logs(otlp, address, resource)?),
            None => None,
        };
        Ok(Self { traces, logs })
    }

    /// Makes a span of each request: give it to [`App::observer`](crate::App::observer).
    #[must_use]
    pub fn observer(&self) -> impl Observer + use<> {
        Requests::new(self.traces.as_ref().map(|traces| traces.tracer(SCOPE)))
    }

    /// Writes a record for each request at its end, and exports it too: give it to
    /// [`App::observer`](crate::App::observer) in place of [`Log::access`].
    #[must_use]
    pub fn access(&self, log: &Log) -> AccessLog {
        let Some(logs) = &self.logs else { return log.access() };
        let records = Records::new(logs.logger(SCOPE));
        log.access().exported(move |ending| records.end(ending))
    }

    /// Exports the spans and the records of `tracing`: add it to the subscriber.
    #[must_use]
    pub fn layer<S>(&self) -> Box<dyn Layer<S> + Send + Sync>
    where
        S: tracing::Subscriber + for<'s> LookupSpan<'s> + Send + Sync,
    {
        let spans = self.traces.as_ref().map(|traces| {
            let layer = tracing_opentelemetry::layer().with_tracer(traces.tracer(SCOPE));
            layer.with_location(false).with_threads(false).with_tracked_inactivity(false)
        });
        let records = self.logs.as_ref().map(|logs| Records::new(logs.logger(SCOPE)));
        let is_ours = filter_fn(|metadata| !is_of_carrier(metadata.target()));
        Box::new(Layer::<S>::and_then(spans, records).with_filter(is_ours))
    }

    /// Ends without waiting for what is left.
    pub fn abandon(self) {
        // Dropping it waits, as finishing does; the process does not wait for the thread.
        let _ = std::thread::Builder::new().spawn(move || drop(self));
    }

    /// Exports what is left, for five seconds at most for each signal. It blocks.
    pub fn finish(self) {
        let traces = self.traces.map(|traces| traces.shutdown_with_timeout(FLUSH_PATIENCE));
        let logs = self.logs.map(|logs| logs.shutdown_with_timeout(FLUSH_PATIENCE));
        for error in [traces, logs].into_iter().flatten().filter_map(Result::err) {
            tracing::warn!(%error, "the last traces or logs were not exported");
        }
    }
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telemetry")
            .field("exports_traces", &self.traces.is_some())
            .field("exports_logs", &self.logs.is_some())
            .finish()
    }
}

fn traces(
    otlp: &OtlpSettings,
    address: String,
    resource: Resource,
) -> Result<SdkTracerProvider, TelemetryError> {
    let exporter = addressed(SpanExporter::builder().with_http(), otlp, address).build()?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(Reported::new("traces", exporter))
        .with_sampler(sampler(otlp))
        .with_id_generator(Ids::default())
        .with_resource(resource);
    Ok(provider.build())
}

fn logs(
    otlp: &OtlpSettings,
    address: String,
    resource: Resource,
) -> Result<SdkLoggerProvider, TelemetryError> {
    let exporter = addressed(LogExporter::builder().with_http(), otlp, address).build()?;
    let provider = SdkLoggerProvider::builder()
        .with_batch_exporter(Reported::new("logs", exporter))
        .with_resource(resource);
    Ok(provider.build())
}

/// An exporter to this address, as the settings say.
fn addressed<B: WithExportConfig + WithHttpConfig>(
    builder: B,
    otlp: &OtlpSettings,
    address: String,
) -> B {
    builder
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(address)
        .with_timeout(otlp.timeout)
        .with_headers(otlp.headers.expose().iter().cloned().collect())
}

/// Who exports.
fn resource(settings: &Settings) -> Resource {
    let otlp = &settings.otlp;
    let attributes = otlp.resource_attributes.iter();
    let attributes = attributes.map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    let named = Resource::builder()
        .with_service_name(settings.service_name.clone())
        .with_attributes(attributes);
    match &otlp.service_name {
        Some(name) => named.with_service_name(name.clone()).build(),
        None => named.build(),
    }
}

fn sampler(otlp: &OtlpSettings) -> Box<dyn ShouldSample> {
    let own: Box<dyn ShouldSample> = match otlp.sampler.kind {
        SamplingKind::AlwaysOn => Box::new(Sampler::AlwaysOn),
        SamplingKind::AlwaysOff => Box::new(Sampler::AlwaysOff),
        SamplingKind::Ratio => Box::new(Share::new(otlp.sampler_arg)),
    };
    if otlp.sampler.asks_parent { Box::new(Sampler::ParentBased(own)) } else { own }
}

fn is_of_carrier(target: &str) -> bool {
    let first = target.split("::").next().unwrap_or(target);
    CARRIERS.contains(&first) || first.starts_with("opentelemetry_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_carries_exports_is_not_exported() {
        assert!(is_of_carrier("hyper::proto::h1") && is_of_carrier("opentelemetry_sdk"));
        assert!(!is_of_carrier("hyperspace") && !is_of_carrier("fastservice::app"));
    }
}
