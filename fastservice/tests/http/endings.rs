//! How requests end: answered, given up, or after their client has left.

use std::sync::{Arc, Mutex};

use fastservice::{
    context::{Ending, Observer},
    prelude::*,
    testing::TestClient,
};
use futures_util::FutureExt;
use http::{Method, StatusCode};
use tokio::{io::AsyncWriteExt, sync::Notify, time::timeout};

use crate::wire::{PATIENCE, Server, start_app};

/// What a handler and its test tell each other.
#[derive(Default)]
pub(crate) struct Signals {
    pub(crate) begun: Notify,
    pub(crate) go_on: Notify,
    pub(crate) dropped: Notify,
    pub(crate) ended: Notify,
    pub(crate) left: Notify,
}

/// Says when the future that holds it is dropped.
pub(crate) struct OnDrop(pub(crate) Arc<Signals>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.dropped.notify_one();
    }
}

async fn work(signals: State<Arc<Signals>>, context: Context) {
    let _on_drop = OnDrop(Arc::clone(&signals));
    signals.begun.notify_one();
    signals.go_on.notified().await;
    assert_eq!(Context::current().unwrap().request_id(), context.request_id());
    signals.ended.notify_one();
}

#[public_api(post = "/change")]
async fn change(signals: State<Arc<Signals>>, context: Context) {
    work(signals, context).await;
}

#[public_api(get = "/read")]
async fn read(signals: State<Arc<Signals>>, context: Context) {
    work(signals, context).await;
}

#[public_api(post = "/search", cancellable)]
async fn search(signals: State<Arc<Signals>>, context: Context) {
    work(signals, context).await;
}

#[public_api(get = "/visit", cancellable = false)]
async fn visit(signals: State<Arc<Signals>>, context: Context) {
    work(signals, context).await;
}

#[public_api(post = "/late", timeout = "50ms")]
async fn late(signals: State<Arc<Signals>>, context: Context) {
    work(signals, context).await;
}

#[public_api(get = "/text")]
async fn text() -> &'static str {
    "text"
}

#[public_api(get = "/quiet/{id}")]
async fn missing(id: u8) -> Result<()> {
    Err(Error::not_found(id.to_string()))
}

#[public_api(get = "/stream")]
async fn stream() -> Body {
    let parts =
        ["one", "two"].map(|part| Ok::<_, std::io::Error>(Bytes::from_static(part.as_bytes())));
    Body::stream(futures_util::stream::iter(parts))
}

fn app() -> (App, Arc<Signals>) {
    let signals = Arc::new(Signals::default());
    let app = App::new().only_routes_in(module_path!()).state(signals.clone());
    (app.observer(Leavers(signals.clone())), signals)
}

/// Says when a client has left.
pub(crate) struct Leavers(pub(crate) Arc<Signals>);

impl Observer for Leavers {
    fn ended(&self, ending: &Ending<'_>) {
        if ending.status.is_none() {
            self.0.left.notify_one();
        }
    }
}

/// A client that sends a request and leaves while it is answered.
pub(crate) async fn leave(server: &Server, signals: &Signals, request_line: &str) {
    let mut stream = server.connect().await;
    let head = format!("{request_line} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    within(signals.begun.notified()).await;
    drop(stream);
    within(signals.left.notified()).await;
}

pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.unwrap()
}

#[tokio::test]
async fn a_handler_that_changes_something_runs_to_its_end_when_the_client_leaves() {
    for request_line in ["POST /change", "GET /visit"] {
        let (app, signals) = app();
        let server = start_app(app, &[]).await;

        leave(&server, &signals, request_line).await;
        // It is waited for at a stop.
        server.trigger.stop();
        signals.go_on.notify_one();

        within(signals.ended.notified()).await;
        within(server.task).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_handler_that_only_reads_is_dropped_when_the_client_leaves() {
    for request_line in ["GET /read", "POST /search"] {
        let (app, signals) = app();
        let server = start_app(app, &[]).await;

        leave(&server, &signals, request_line).await;

        within(signals.dropped.notified()).await;
        signals.go_on.notify_one();
        assert!(signals.ended.notified().now_or_never().is_none());
    }
}

#[tokio::test]
async fn a_stop_does_not_wait_longer_than_its_limit_for_a_handler() {
    let (app, signals) = app();
    let server = start_app(app, &[("SHUTDOWN_TIMEOUT", "50ms")]).await;

    leave(&server, &signals, "POST /change").await;
    server.trigger.stop();

    within(server.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_time_limit_drops_a_handler_of_any_method() {
    let (app, signals) = app();
    let client = TestClient::new(app).await;

    let answer = client.post("/late").await;

    assert_eq!(answer.error_code(), "handler_timeout");
    within(signals.dropped.notified()).await;
}

/// Writes down what it is told.
#[derive(Clone, Default)]
struct Notebook(Arc<Mutex<Vec<String>>>);

impl Observer for Notebook {
    fn began(&self, context: &Context) {
        assert_eq!(context.route(), None);
        self.0.lock().unwrap().push("began".into());
    }

    fn ended(&self, ending: &Ending<'_>) {
        let route = ending.context.route().unwrap_or("none").to_owned();
        let status = ending.status.map_or(0, |status| status.as_u16());
        let whole = if ending.is_complete { "whole" } else { "cut" };
        self.0.lock().unwrap().push(format!("{route} {status} {} {whole}", ending.bytes));
    }
}

impl Notebook {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[tokio::test]
async fn an_observer_is_told_once_of_each_request() {
    let notebook = Notebook::default();
    let (app, _) = app();
    let client = TestClient::new(app.observer(notebook.clone())).await;

    for (path, noted) in [
        ("/text", "/text 200 4 whole"),
        ("/stream", "/stream 200 6 whole"),
        ("/nowhere", "none 404"),
        ("/quiet/7", "/quiet/{id} 404"),
        ("/quiet/x", "/quiet/{id} 422"),
    ] {
        let _ = client.get(path).await;

        let [began, ended] = &notebook.take()[..] else { panic!("{path}") };
        assert_eq!(began, "began");
        assert!(ended.starts_with(noted), "{ended}");
    }
}

#[tokio::test]
async fn an_observer_is_told_of_a_client_that_left() {
    let notebook = Notebook::default();
    let (app, signals) = app();
    let server = start_app(app.observer(notebook.clone()), &[]).await;

    leave(&server, &signals, "GET /read").await;
    within(signals.dropped.notified()).await;
    server.trigger.stop();
    within(server.task).await.unwrap().unwrap();

    assert_eq!(notebook.take(), ["began", "/read 0 0 cut"]);
}

#[tokio::test]
async fn an_answer_to_head_has_no_bytes() {
    let notebook = Notebook::default();
    let (app, _) = app();
    let client = TestClient::new(app.observer(notebook.clone())).await;

    let answer = client.request(Method::HEAD, "/text").await;

    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(notebook.take()[1], "/text 200 0 whole");
}
