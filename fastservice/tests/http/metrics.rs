//! What Prometheus reads.

use std::sync::{Arc, Mutex};

use fastservice::{
    context::{Ending, Observer},
    metrics,
    prelude::*,
    testing::TestClient,
};
use http::{Method, StatusCode};
use tokio::{io::AsyncWriteExt, sync::Notify, time::timeout};

use crate::wire::{PATIENCE, start_app};

/// What a handler and its test tell each other.
#[derive(Default)]
struct Signals {
    begun: Notify,
    left: Notify,
}

#[public_api(get = "/things/{id}")]
async fn thing(id: u32) -> Result<String> {
    if id == 0 { Err(Error::not_found("no thing has this id")) } else { Ok(id.to_string()) }
}

#[public_api(post = "/things/{id}")]
async fn change(id: u32) -> String {
    id.to_string()
}

#[public_api(get = "/forever")]
async fn forever(signals: State<Arc<Signals>>) {
    signals.begun.notify_one();
    std::future::pending::<()>().await;
}

#[public_api(post = "/orders/{kind}")]
async fn order(kind: String) {
    metrics::describe_counter!("test_orders_total", "Orders, by kind.");
    metrics::counter!("test_orders_total", "kind" => kind).increment(1);
    metrics::gauge!("test_orders_open").set(2.5);
    metrics::set_buckets("test_order_value", &[100.0, f64::NAN, 10.0]);
    metrics::histogram!("test_order_value").record(59.5);
}

fn app() -> App {
    App::new().only_routes_in(module_path!()).state(Arc::new(Signals::default()))
}

async fn page(client: &TestClient) -> String {
    client.get("/metrics").await.text().to_owned()
}

/// The value of the sample with this name and labels.
fn sample<'p>(page: &'p str, sample: &str) -> Option<&'p str> {
    page.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '))
}

/// How many requests a route has answered so.
fn count<'p>(page: &'p str, method: &str, route: &str, status: u16) -> Option<&'p str> {
    let labels = format!(
        "http_request_method=\"{method}\",http_route=\"{route}\",\
         http_response_status_code=\"{status}\""
    );
    sample(page, &format!("http_server_request_duration_seconds_count{{{labels}}}"))
}

#[tokio::test]
async fn requests_are_counted_by_template_method_and_status() {
    let client = TestClient::new(app()).await;

    for path in ["/things/1", "/things/2", "/things/0", "/things/x", "/nowhere"] {
        let _ = client.get(path).await;
    }
    let _ = client.post("/things/1").await;
    let _ = client.request(Method::HEAD, "/things/1").await;
    let _ = client.request(Method::PUT, "/things/1").await;

    let page = page(&client).await;
    for (method, route, status, expected) in [
        ("GET", "/things/{id}", 200, "2"),
        ("GET", "/things/{id}", 404, "1"),
        ("GET", "/things/{id}", 422, "1"),
        ("GET", "", 404, "1"),
        ("POST", "/things/{id}", 200, "1"),
        ("HEAD", "/things/{id}", 200, "1"),
        ("PUT", "", 405, "1"),
    ] {
        assert_eq!(count(&page, method, route, status), Some(expected), "{method} {route} {page}");
    }
}

#[tokio::test]
async fn the_page_is_in_prometheus_text_format() {
    let client = TestClient::with_settings(app(), [("SERVICE_NAME", "shop \"1\"")]).await;
    let _ = client.get("/things/1").await;

    let answer = client.get("/metrics").await;

    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let page = answer.text();
    let version = env!("CARGO_PKG_VERSION");
    let build = format!(
        "fastservice_build_info{{service=\"shop \\\"1\\\"\",fastservice_version=\"{version}\"}}"
    );
    assert_eq!(sample(page, &build), Some("1"), "{page}");
    assert!(sample(page, "process_start_time_seconds").is_some());
    assert!(page.contains("# TYPE http_server_request_duration_seconds histogram\n"));
    for line in page.lines().filter(|line| !line.starts_with('#')) {
        let (_, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
}

#[tokio::test]
async fn only_get_and_head_read_the_metrics() {
    let client = TestClient::new(app()).await;

    let head = client.request(Method::HEAD, "/metrics").await;
    let post = client.post("/metrics").await;

    assert_eq!((head.status(), head.text()), (StatusCode::OK, ""));
    assert_eq!(post.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn series_stay_bounded_whatever_clients_send() {
    let client = TestClient::new(app()).await;
    let mut random = fastrand::Rng::with_seed(7);

    for number in 0..1_000 {
        let noise: String = std::iter::repeat_with(|| random.lowercase()).take(8).collect();
        let method = match number % 3 {
            0 => Method::GET,
            1 => Method::from_bytes(format!("ZZ{noise}").as_bytes()).unwrap(),
            _ => Method::POST,
        };
        let path = match number % 4 {
            0 => format!("/zz{noise}"),
            1 => format!("/things/zz{noise}?zz{noise}=1"),
            2 => format!("/things/{number}/zz{noise}"),
            _ => format!("/things/{number}?q=zz{noise}"),
        };
        let _ = client.request(method, &path).header("user-agent", format!("zz{noise}")).await;
    }

    let page = page(&client).await;
    let series = page.lines().filter(|line| line.contains("request_duration_seconds_count"));
    let series: Vec<_> = series.collect();
    // GET and POST of the route with 200 and 422; elsewhere 404, and 405 for odd methods.
    assert!(series.len() <= 4 + 2 * 3, "{series:#?}");
    assert!(!page.contains("zz") && !page.contains("ZZ"), "{page}");
    assert!(page.contains("http_request_method=\"_OTHER\""), "{page}");
}

#[tokio::test]
async fn requests_are_active_until_they_end_and_a_client_that_leaves_is_499() {
    let signals = Arc::new(Signals::default());
    let app = App::new().only_routes_in(module_path!()).state(signals.clone());
    let server = start_app(app.observer(Leavers(signals.clone())), &[]).await;
    let scrape = "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

    let mut stream = server.connect().await;
    stream.write_all(b"GET /forever HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    timeout(PATIENCE, signals.begun.notified()).await.unwrap();
    let during = server.exchange(scrape).await;
    drop(stream);
    timeout(PATIENCE, signals.left.notified()).await.unwrap();
    let after = server.exchange(scrape).await;

    // That of the scrape itself is one.
    let active = "http_server_active_requests{http_request_method=\"GET\"}";
    assert_eq!(sample(&during, active), Some("2"), "{during}");
    assert_eq!(count(&during, "GET", "/forever", 499), None);
    assert_eq!(sample(&after, active), Some("1"), "{after}");
    assert_eq!(count(&after, "GET", "/forever", 499), Some("1"), "{after}");
}

/// Says when a client has left.
struct Leavers(Arc<Signals>);

impl Observer for Leavers {
    fn ended(&self, ending: &Ending<'_>) {
        if ending.status.is_none() {
            self.0.left.notify_one();
        }
    }
}

#[tokio::test]
async fn services_of_one_process_count_for_themselves() {
    let (one, other) = (TestClient::new(app()).await, TestClient::new(app()).await);

    let _ = one.get("/things/1").await;

    assert_eq!(count(&page(&one).await, "GET", "/things/{id}", 200), Some("1"));
    assert_eq!(count(&page(&other).await, "GET", "/things/{id}", 200), None);
}

#[tokio::test]
async fn a_service_counts_what_it_likes() {
    let client = TestClient::new(app()).await;

    let _ = client.post("/orders/gift").await;
    let _ = client.post("/orders/gift").await;

    let page = page(&client).await;
    assert!(page.contains("# HELP test_orders_total Orders, by kind.\n"), "{page}");
    assert_eq!(sample(&page, "test_orders_total{kind=\"gift\"}"), Some("2"));
    assert_eq!(sample(&page, "test_orders_open"), Some("2.5"));
    assert_eq!(sample(&page, "test_order_value_bucket{le=\"10\"}"), Some("0"));
    assert_eq!(sample(&page, "test_order_value_bucket{le=\"100\"}"), Some("2"));
    assert_eq!(sample(&page, "test_order_value_sum"), Some("119"));
}

#[tokio::test]
async fn metrics_are_turned_off_by_a_setting() {
    let client = TestClient::with_settings(app(), [("METRICS", "false")]).await;

    assert_eq!(client.get("/metrics").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn on_a_port_of_their_own_are_the_metrics_and_the_heartbeat_only() {
    let client = TestClient::with_settings(app(), [("METRICS_PORT", "0")]).await;
    let operations = client.service().operations();
    let get = async |path: &str| {
        let request = http::Request::get(path).header("host", "x").body(Body::empty().into());
        operations.answer(request.unwrap(), None).await.status()
    };

    assert_eq!(client.get("/metrics").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(client.get("/things/1").await.status(), StatusCode::OK);
    assert_eq!(get("/metrics").await, StatusCode::OK);
    assert_eq!(get("/heartbeat/").await, StatusCode::OK);
    assert_eq!(get("/things/1").await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn one_port_cannot_be_both() {
    let settings = [("PORT", "8123"), ("METRICS_PORT", "8123")];
    let settings = fastservice::settings::Settings::from_pairs(settings).unwrap();

    let error = app().settings(settings).start().await.unwrap_err().to_string();

    assert!(error.contains("METRICS_PORT and PORT are both 8123"), "{error}");
}

/// Writes down which routes are quiet.
#[derive(Clone, Default)]
struct Quiet(Arc<Mutex<Vec<bool>>>);

impl Observer for Quiet {
    fn ended(&self, ending: &Ending<'_>) {
        self.0.lock().unwrap().push(ending.context.is_quiet());
    }
}

#[tokio::test]
async fn a_scrape_stays_out_of_the_access_log() {
    let quiet = Quiet::default();
    let client = TestClient::new(app().observer(quiet.clone())).await;

    let _ = page(&client).await;

    assert_eq!(*quiet.0.lock().unwrap(), [true]);
}
