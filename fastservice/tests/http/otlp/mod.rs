//! What a collector of OpenTelemetry gets.

mod exporter;
mod records;
mod spans;
mod trace;

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use fastservice::{
    log,
    otlp::Telemetry,
    prelude::*,
    settings::Settings,
    testing::{TestClient, TestToken},
};
use http_body_util::{BodyExt, Empty};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::{
    collector::{logs::v1::ExportLogsServiceRequest, trace::v1::ExportTraceServiceRequest},
    common::v1::{KeyValue, any_value::Value},
    logs::v1::LogRecord,
    trace::v1::{Span, span::SpanKind, status::StatusCode as SpanStatus},
};
use prost::Message;
use tokio::{net::TcpListener, sync::mpsc};
use tracing_subscriber::layer::SubscriberExt;

/// Where the handlers are.
const HANDLERS: &str = module_path!();
const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT_ID: &str = "00f067aa0ba902b7";
const SECRET: &str = "hunter2hunter2";

#[public_api(get = "/spans/{id}")]
async fn spans(id: u32) -> String {
    let span = tracing::info_span!("look up", id);
    let _entered = span.enter();
    tracing::info!(id, "looked up");
    id.to_string()
}

#[public_api(get = "/trace")]
async fn trace(context: Context) -> String {
    format!("{} {}", context.trace().trace_id(), context.trace().span_id())
}

#[public_api(get = "/fails")]
async fn fails() -> Result<()> {
    Err(Error::unavailable("on purpose"))
}

#[public_api(post = "/task")]
async fn task() {
    let task = Context::spawn(async { tracing::info_span!("in a task").in_scope(|| ()) });
    task.await.unwrap();
}

#[public_api(get = "/carried")]
async fn carried(context: Context) -> String {
    let mut headers = HeaderMap::new();
    context.carry_into(&mut headers);
    headers["traceparent"].to_str().unwrap().to_owned()
}

#[private_api(get = "/mine/{id}")]
async fn mine(id: u32) {
    tracing::info!(id, request_id = "of my own", "mine");
}

#[derive(Debug)]
struct Failure(std::io::Error);

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "failed with password={SECRET}")
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Says a secret wherever it can be said.
#[public_api(get = "/secrets/{path}")]
async fn secrets(path: String) -> Result<()> {
    let cause = std::io::Error::other(format!("postgres://me:{SECRET}@db is down"));
    let failure = Failure(cause);
    let error: &dyn std::error::Error = &failure;
    let span = tracing::info_span!(
        "work",
        password = SECRET,
        note = format!("token={SECRET}"),
        error,
        otel.status_description = format!("api_key={SECRET}"),
        late = tracing::field::Empty,
    );
    let _entered = span.enter();
    span.record("late", format!("Bearer {SECRET}"));
    tracing::error!(api_key = SECRET, detail = ?(format!("secret={SECRET}"), 1), error, "password={SECRET} {path}");
    tracing::error!(token = 7_312_911, error, "numbers are masked too");
    Err(Error::unavailable("on purpose").with_source(failure))
}

/// Takes exports as a collector does.
struct Collector {
    address: SocketAddr,
    exports: mpsc::UnboundedReceiver<(http::request::Parts, Bytes)>,
}

/// All that was exported.
#[derive(Default)]
struct Exported {
    requests: Vec<http::request::Parts>,
    bytes: Vec<u8>,
    spans: Vec<Span>,
    logs: Vec<LogRecord>,
    resource: Vec<KeyValue>,
}

impl Collector {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, exports) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let sender = sender.clone();
                let take = service_fn(move |request: http::Request<Incoming>| {
                    let sender = sender.clone();
                    async move {
                        let (head, body) = request.into_parts();
                        let body = body.collect().await.unwrap().to_bytes();
                        sender.send((head, body)).unwrap();
                        Ok::<_, Infallible>(http::Response::new(Empty::<Bytes>::new()))
                    }
                });
                let connection = hyper::server::conn::http1::Builder::new();
                tokio::spawn(connection.serve_connection(TokioIo::new(stream), take));
            }
        });
        Self { address, exports }
    }

    fn exported(mut self) -> Exported {
        let mut exported = Exported::default();
        while let Ok((head, body)) = self.exports.try_recv() {
            exported.bytes.extend_from_slice(&body);
            match head.uri.path() {
                "/v1/traces" => {
                    for of_resource in
                        ExportTraceServiceRequest::decode(body).unwrap().resource_spans
                    {
                        exported.resource = of_resource.resource.unwrap().attributes;
                        let of_scopes = of_resource.scope_spans.into_iter();
                        exported.spans.extend(of_scopes.flat_map(|of_scope| of_scope.spans));
                    }
                }
                "/v1/logs" => {
                    let of_resources =
                        ExportLogsServiceRequest::decode(body).unwrap().resource_logs;
                    let of_scopes = of_resources.into_iter().flat_map(|logs| logs.scope_logs);
                    exported.logs.extend(of_scopes.flat_map(|of_scope| of_scope.log_records));
                }
                other => panic!("{other}"),
            }
            exported.requests.push(head);
        }
        exported
    }
}

impl Exported {
    fn span(&self, name: &str) -> &Span {
        let found = self.spans.iter().find(|span| span.name == name);
        let names = || self.spans.iter().map(|span| span.name.as_str()).collect::<Vec<_>>();
        found.unwrap_or_else(|| panic!("no span {name} in {:?}", names()))
    }

    fn record(&self, text: &str) -> &LogRecord {
        let body = |record: &LogRecord| format!("{:?}", record.body);
        let found = self.logs.iter().find(|record| body(record).contains(text));
        found.unwrap_or_else(|| panic!("no record {text} in {:?}", self.logs))
    }
}

fn attribute(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        other => Some(format!("{other:?}")),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Sends requests to a service with these settings, and returns what was exported.
async fn export(settings: &[(&str, &str)], ask: impl AsyncFnOnce(&TestClient)) -> Exported {
    let collector = Collector::start().await;
    let endpoint = format!("http://{}", collector.address);
    let pairs = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("SERVICE_NAME", "shop")];
    let settings = Settings::from_pairs(pairs.into_iter().chain(settings.iter().copied())).unwrap();
    let telemetry = Telemetry::open(&settings).unwrap();
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    let recording = tracing::subscriber::set_default(subscriber);
    // The process has a subscriber, so that the log hands its records over to it.
    let log = log::start(&settings).unwrap();
    let app = App::new().observer(telemetry.access(&log)).observer(telemetry.observer());
    let app = app.only_routes_in(HANDLERS);
    let client = TestClient::new(app).await;
    ask(&client).await;
    drop(recording);
    tokio::task::spawn_blocking(move || telemetry.finish()).await.unwrap();
    collector.exported()
}
