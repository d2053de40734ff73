//! What a collector of OpenTelemetry gets.

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
    let app = app.only_routes_in(module_path!());
    let client = TestClient::new(app).await;
    ask(&client).await;
    drop(recording);
    tokio::task::spawn_blocking(move || telemetry.finish()).await.unwrap();
    collector.exported()
}

#[tokio::test]
async fn a_request_is_a_span_by_the_conventions() {
    let exported = export(&[], async |client| {
        let _ = client.get("/spans/7?token=secret").header("user-agent", "test/1").await;
    })
    .await;

    let span = exported.span("GET /spans/{id}");
    assert_eq!(span.kind, SpanKind::Server as i32);
    assert!(span.parent_span_id.is_empty());
    assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
    for (key, value) in [
        ("http.request.method", Some("GET")),
        ("http.route", Some("/spans/{id}")),
        ("http.response.status_code", Some("200")),
        ("url.path", Some("/spans/7")),
        ("user_agent.original", Some("test/1")),
        ("error.type", None),
    ] {
        assert_eq!(attribute(&span.attributes, key).as_deref(), value, "{key}");
    }
    assert!(!format!("{:?}", exported.spans).contains("secret"));
    assert_eq!(attribute(&exported.resource, "service.name").as_deref(), Some("shop"));
}

#[tokio::test]
async fn the_callers_trace_goes_on() {
    let exported = export(&[], async |client| {
        let parent = format!("00-{TRACE_ID}-{PARENT_ID}-01");
        let request = client.get("/spans/7").header("traceparent", parent);
        let _ = request.header("tracestate", "vendor=1").await;
    })
    .await;

    let span = exported.span("GET /spans/{id}");
    assert_eq!(hex(&span.trace_id), TRACE_ID);
    assert_eq!(hex(&span.parent_span_id), PARENT_ID);
    assert_eq!(span.trace_state, "vendor=1");
}

#[tokio::test]
async fn the_span_has_the_ids_of_the_request() {
    let mut traces = Vec::new();

    let exported = export(&[], async |client| {
        traces.push(client.get("/trace").await.text().to_owned());
        let parent = format!("00-{TRACE_ID}-{PARENT_ID}-01");
        traces.push(client.get("/trace").header("traceparent", parent).await.text().to_owned());
    })
    .await;

    let spans = exported.spans.iter();
    let spans = spans.map(|span| format!("{} {}", hex(&span.trace_id), hex(&span.span_id)));
    assert_eq!(spans.collect::<Vec<_>>(), traces);
}

#[tokio::test]
async fn a_mistaken_traceparent_begins_a_new_trace() {
    let exported = export(&[], async |client| {
        for parent in [
            &b"00-x-y-01"[..],
            b"",
            b"\xff",
            b"00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        ] {
            let _ = client.get("/spans/7").header("traceparent", parent).await;
        }
    })
    .await;

    let spans: Vec<_> =
        exported.spans.iter().filter(|span| span.kind == SpanKind::Server as i32).collect();
    assert_eq!(spans.len(), 4);
    assert!(spans.iter().all(|span| span.parent_span_id.is_empty()));
}

#[tokio::test]
async fn spans_of_a_handler_and_its_tasks_are_children_of_the_request() {
    let exported = export(&[], async |client| {
        let _ = client.get("/spans/7").await;
        let _ = client.post("/task").await;
    })
    .await;

    for (parent, child) in [("GET /spans/{id}", "look up"), ("POST /task", "in a task")] {
        let (parent, child) = (exported.span(parent), exported.span(child));
        assert_eq!(hex(&child.parent_span_id), hex(&parent.span_id));
        assert_eq!(hex(&child.trace_id), hex(&parent.trace_id));
    }
}

#[tokio::test]
async fn records_carry_the_trace() {
    let exported = export(&[], async |client| {
        let _ = client.get("/spans/7").await;
        tracing::info!("outside");
    })
    .await;

    let (inside, outside) = (exported.record("looked up"), exported.record("outside"));
    assert_eq!(inside.trace_id, exported.span("GET /spans/{id}").trace_id);
    assert_eq!(inside.span_id, exported.span("look up").span_id);
    assert!(outside.trace_id.is_empty());
}

#[tokio::test]
async fn records_carry_the_trace_also_where_only_logs_are_exported() {
    let exported = export(&[("OTEL_TRACES_EXPORTER", "none")], async |client| {
        let parent = format!("00-{TRACE_ID}-{PARENT_ID}-01");
        let _ = client.get("/spans/7").header("traceparent", parent).await;
    })
    .await;

    assert!(exported.spans.is_empty());
    assert_eq!(hex(&exported.record("looked up").trace_id), TRACE_ID);
}

#[tokio::test]
async fn records_carry_the_request() {
    let mut request_id = String::new();

    let exported = export(&[], async |client| {
        let answer = client.get("/mine/7").token(TestToken::new("auth0|ali")).await;
        request_id.push_str(answer.header("x-request-id").unwrap());
    })
    .await;

    let record = exported.record("mine");
    for (key, value) in [
        ("request_id", &*request_id),
        ("user_id", "auth0|ali"),
        ("method", "GET"),
        ("route", "/mine/{id}"),
        ("id", "7"),
        ("request_id_", "of my own"),
    ] {
        assert_eq!(attribute(&record.attributes, key).as_deref(), Some(value), "{key}");
    }
    assert_eq!((record.severity_number, &*record.severity_text), (9, "INFO"));
    assert!(record.time_unix_nano > 0);
}

#[tokio::test]
async fn the_record_of_a_requests_end_is_exported_once() {
    let exported = export(&[], async |client| {
        let _ = client.get("/spans/7?token=secret").await;
        let _ = client.get("/heartbeat").await;
    })
    .await;

    let ends =
        exported.logs.iter().filter(|record| format!("{record:?}").contains("request ended"));
    assert_eq!(ends.count(), 1);
    let end = exported.record("request ended");
    assert_eq!(attribute(&end.attributes, "status").as_deref(), Some("200"));
    let path = attribute(&end.attributes, "path");
    assert_eq!(path.as_deref(), Some("/spans/7?token=[masked]"));
}

#[tokio::test]
async fn a_secret_is_in_no_exported_byte() {
    let exported = export(&[], async |client| {
        let query = format!("token={SECRET}&next=https%3A%2F%2Fme%3A{SECRET}%40db");
        let path = format!("/secrets/postgres%3A%2F%2Fme%3A{SECRET}%40db?{query}");
        let _ = client.get(&path).header("user-agent", format!("x token={SECRET}")).await;
    })
    .await;

    // All that has it was exported.
    let work = exported.span("work");
    assert!(work.events.len() >= 2 && exported.logs.len() >= 4, "{:?}", exported.logs);
    assert_eq!(attribute(&work.attributes, "password").as_deref(), Some("[masked]"));
    assert_eq!(
        attribute(&exported.record("numbers").attributes, "token").as_deref(),
        Some("[masked]")
    );
    let text = String::from_utf8_lossy(&exported.bytes);
    assert!(!text.contains(SECRET), "{text}");
}

#[tokio::test]
async fn calls_to_other_services_carry_the_samplers_decision() {
    for (sampler, flags, carried) in [
        ("parentbased_always_on", Some("00"), "00"),
        ("parentbased_always_off", Some("01"), "01"),
        ("always_on", Some("00"), "01"),
        ("always_off", Some("01"), "00"),
        ("always_off", None, "00"),
        ("always_on", None, "01"),
    ] {
        let _ = export(&[("OTEL_TRACES_SAMPLER", sampler)], async |client| {
            let mut request = client.get("/carried");
            if let Some(flags) = flags {
                let parent = format!("00-{TRACE_ID}-{PARENT_ID}-{flags}");
                request = request.header("traceparent", parent);
            }
            let answer = request.await;
            let sent = answer.text();
            assert!(sent.ends_with(&format!("-{carried}")), "{sampler} {flags:?}: {sent}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_failure_is_marked_and_a_refusal_is_not() {
    let exported = export(&[], async |client| {
        let _ = client.get("/fails").await;
        let _ = client.get("/spans/x").await;
        let _ = client.get("/nowhere").await;
    })
    .await;

    let failed = exported.span("GET /fails");
    assert_eq!(failed.status.as_ref().unwrap().code, SpanStatus::Error as i32);
    assert_eq!(attribute(&failed.attributes, "error.type").as_deref(), Some("503"));
    for (name, status) in [("GET /spans/{id}", "422"), ("GET", "404")] {
        let span = exported.span(name);
        assert_eq!(span.status.as_ref().map_or(0, |status| status.code), SpanStatus::Unset as i32);
        let code = attribute(&span.attributes, "http.response.status_code");
        assert_eq!(code.as_deref(), Some(status));
    }
}

#[tokio::test]
async fn the_callers_decision_goes_before_the_sampler() {
    for (sampler, flags, expected) in [
        ("parentbased_always_on", "00", 0),
        ("parentbased_always_off", "01", 2),
        ("always_on", "00", 2),
        ("always_off", "01", 0),
    ] {
        let exported = export(&[("OTEL_TRACES_SAMPLER", sampler)], async |client| {
            let parent = format!("00-{TRACE_ID}-{PARENT_ID}-{flags}");
            let _ = client.get("/spans/7").header("traceparent", parent).await;
        })
        .await;

        // The spans inside follow the request's.
        assert_eq!(exported.spans.len(), expected, "{sampler} {flags}");
    }
}

#[tokio::test]
async fn a_share_of_requests_is_traced() {
    let settings =
        [("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0.3")];

    let exported = export(&settings, async |client| {
        for _ in 0..200 {
            let _ = client.get("/nowhere").await;
        }
    })
    .await;

    // Further off than this is less likely than once in a billion.
    assert!((15..=110).contains(&exported.spans.len()), "{}", exported.spans.len());
}

#[tokio::test]
async fn exports_carry_the_headers_and_attributes_of_the_settings() {
    let settings = [
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test"),
        ("OTEL_SERVICE_NAME", "other"),
    ];

    let exported = export(&settings, async |client| {
        let _ = client.get("/spans/7").await;
    })
    .await;

    assert!(!exported.requests.is_empty());
    for request in &exported.requests {
        assert_eq!(request.headers["api-key"], "a b");
        assert_eq!(request.headers["content-type"], "application/x-protobuf");
    }
    let resource = &exported.resource;
    assert_eq!(attribute(resource, "service.name").as_deref(), Some("other"));
    assert_eq!(attribute(resource, "deployment.environment.name").as_deref(), Some("test"));
}

#[tokio::test]
async fn each_signal_is_turned_off_alone() {
    let exported = export(&[("OTEL_LOGS_EXPORTER", "none")], async |client| {
        let _ = client.get("/spans/7").await;
    })
    .await;

    assert!(exported.logs.is_empty() && !exported.spans.is_empty());
}

#[tokio::test]
async fn a_collector_that_is_away_costs_no_request() {
    // Nobody listens there any more.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let endpoint = format!("http://{address}");
    let settings = Settings::from_pairs([("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())]);
    let telemetry = Telemetry::open(&settings.unwrap()).unwrap();
    let app = App::new().only_routes_in(module_path!()).observer(telemetry.observer());
    let client = TestClient::new(app).await;

    // More than the queue takes.
    let asked = async {
        for _ in 0..5_000 {
            assert_eq!(client.get("/spans/7").await.status(), StatusCode::OK);
        }
    };

    tokio::time::timeout(Duration::from_secs(30), asked).await.unwrap();
    let finished = tokio::task::spawn_blocking(move || telemetry.finish());
    tokio::time::timeout(Duration::from_secs(15), finished).await.unwrap().unwrap();
}
