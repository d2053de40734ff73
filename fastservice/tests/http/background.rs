//! Background tasks: after the answer, in order, waited for.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};

use fastservice::{body::RequestBody, prelude::*, server::Answer, testing::TestClient};
use http_body_util::BodyExt;

use crate::{
    endings::{Leavers, OnDrop, Signals, leave, within},
    wire::start_app,
};

/// What the tasks write down.
#[derive(Clone, Default)]
struct Notebook(Arc<Mutex<Vec<String>>>);

impl Notebook {
    fn write(&self, line: &str) {
        let context = Context::current().unwrap();
        let line = format!("{line} {} {}", context.route().unwrap(), context.request_id());
        self.0.lock().unwrap().push(line);
    }

    /// The first words.
    fn words(&self) -> Vec<String> {
        let lines = self.0.lock().unwrap();
        lines.iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    }
}

/// A dependency that adds a task too.
struct Audit;

impl FromRequest for Audit {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        let (tasks, notebook): (BackgroundTasks, State<Notebook>) =
            (request.extract().await?, request.extract().await?);
        tasks.add(async move { notebook.write("audit") });
        Ok(Self)
    }
}

fn fail() {
    panic!("on purpose");
}

#[public_api(post = "/orders")]
async fn order(_audit: Audit, tasks: BackgroundTasks, notebook: State<Notebook>) -> StatusCode {
    let (first, second) = (notebook.clone(), notebook.clone());
    tasks.add(async move {
        tokio::task::yield_now().await;
        first.write("first");
        fail();
    });
    tasks.add_blocking(move || second.write("second"));
    StatusCode::CONFLICT
}

#[public_api(post = "/fails")]
async fn fails(how: String, tasks: BackgroundTasks, notebook: State<Notebook>) -> Result<()> {
    tasks.add(async move { notebook.write("never") });
    assert!(how != "panic", "on purpose");
    Err(Error::conflict("on purpose"))
}

#[public_api(post = "/late", timeout = "10ms")]
async fn late(tasks: BackgroundTasks, notebook: State<Notebook>) {
    tasks.add(async move { notebook.write("never") });
    std::future::pending::<()>().await;
}

#[public_api(get = "/stream")]
async fn stream(tasks: BackgroundTasks, notebook: State<Notebook>) -> Body {
    tasks.add(async move { notebook.write("streamed") });
    Body::stream(futures_util::stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"part"))]))
}

#[public_api(post = "/slow")]
async fn slow(tasks: BackgroundTasks, signals: State<Arc<Signals>>, notebook: State<Notebook>) {
    tasks.add(async move {
        signals.begun.notify_one();
        signals.go_on.notified().await;
        notebook.write("slow");
        signals.ended.notify_one();
    });
}

async fn work(tasks: BackgroundTasks, signals: State<Arc<Signals>>, notebook: State<Notebook>) {
    let on_drop = OnDrop(Arc::clone(&signals));
    let ending = Arc::clone(&signals);
    tasks.add(async move {
        notebook.write("done");
        ending.ended.notify_one();
        drop(on_drop);
    });
    signals.begun.notify_one();
    signals.go_on.notified().await;
}

#[public_api(post = "/change")]
async fn change(tasks: BackgroundTasks, signals: State<Arc<Signals>>, notebook: State<Notebook>) {
    work(tasks, signals, notebook).await;
}

#[public_api(get = "/read")]
async fn read(tasks: BackgroundTasks, signals: State<Arc<Signals>>, notebook: State<Notebook>) {
    work(tasks, signals, notebook).await;
}

fn app() -> (App, Arc<Signals>, Notebook) {
    let (signals, notebook) = (Arc::new(Signals::default()), Notebook::default());
    let app = App::new().only_routes_in(module_path!());
    let app = app.state(signals.clone()).state(notebook.clone());
    (app, signals, notebook)
}

#[tokio::test]
async fn tasks_run_in_order_under_the_context_of_their_request() {
    let (app, _, notebook) = app();
    let client = TestClient::new(app).await;

    let answer = client.post("/orders").await;

    let rest = format!("/orders {}", answer.header("x-request-id").unwrap());
    let expected = ["audit", "first", "second"].map(|word| format!("{word} {rest}"));
    assert_eq!(*notebook.0.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_handler_that_fails_has_no_tasks() {
    let (app, _, notebook) = app();
    let client = TestClient::new(app).await;

    for path in ["/fails?how=error", "/fails?how=panic", "/late"] {
        let answer = client.post(path).await;

        assert!(answer.status().as_u16() >= 400);
        assert_eq!(notebook.words(), [""; 0], "{path}");
    }
}

#[tokio::test]
async fn tasks_of_a_stream_run_after_its_end() {
    let (app, _, notebook) = app();
    let client = TestClient::new(app).await;
    let mut request = http::Request::new(RequestBody::default());
    *request.uri_mut() = Uri::from_static("/stream");
    request.headers_mut().insert(header::HOST, HeaderValue::from_static("test"));

    let mut answer = client.service().answer(request, None).await;
    client.service().finish().await;
    let before = notebook.words();
    while answer.body_mut().frame().await.is_some() {}
    drop(answer);
    client.service().finish().await;

    assert!(before.is_empty());
    assert_eq!(notebook.words(), ["streamed"]);
}

#[tokio::test]
async fn an_answer_does_not_wait_for_its_tasks_and_a_stop_does() {
    let (app, signals, notebook) = app();
    let server = start_app(app, &[]).await;

    let request =
        "POST /slow HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let answer = server.exchange(request).await;
    within(signals.begun.notified()).await;
    server.trigger.stop();
    let before = notebook.words();
    signals.go_on.notify_one();
    within(server.task).await.unwrap().unwrap();

    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(before.is_empty());
    assert_eq!(notebook.words(), ["slow"]);
}

#[tokio::test]
async fn a_stop_does_not_wait_longer_than_its_limit_for_a_task() {
    let (app, signals, notebook) = app();
    let server = start_app(app, &[("SHUTDOWN_TIMEOUT", "50ms")]).await;

    let request =
        "POST /slow HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    server.exchange(request).await;
    within(signals.begun.notified()).await;
    server.trigger.stop();

    within(server.task).await.unwrap().unwrap();
    assert!(notebook.words().is_empty());
}

#[tokio::test]
async fn a_handler_that_ends_after_its_client_left_has_its_tasks_run() {
    let (app, signals, notebook) = app();
    let server = start_app(app.observer(Leavers(signals.clone())), &[]).await;

    leave(&server, &signals, "POST /change").await;
    signals.go_on.notify_one();

    within(signals.ended.notified()).await;
    assert_eq!(notebook.words(), ["done"]);
}

#[tokio::test]
async fn a_handler_that_is_dropped_has_its_tasks_dropped() {
    let (app, signals, notebook) = app();
    let server = start_app(app.observer(Leavers(signals.clone())), &[]).await;

    leave(&server, &signals, "GET /read").await;

    within(signals.dropped.notified()).await;
    assert!(notebook.words().is_empty());
}
