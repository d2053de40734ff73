//! What only a socket shows.

use std::{net::SocketAddr, time::Duration};

use fastservice::{
    prelude::*,
    server::{self, Listener, ShutdownTrigger},
    settings::Settings,
};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
    time::timeout,
};

/// No test waits longer for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

#[public_api(get = "/hello")]
async fn hello(context: Context) -> String {
    format!("hello from {}", context.remote_address().unwrap().ip())
}

#[public_api(get = "/panics")]
#[allow(clippy::panic)]
async fn panics() {
    panic!("on purpose")
}

#[public_api(get = "/slow")]
async fn slow(millis: u64) -> &'static str {
    tokio::time::sleep(Duration::from_millis(millis)).await;
    "done"
}

#[public_api(post = "/length")]
async fn length(body: Bytes) -> String {
    body.len().to_string()
}

/// More than the kernel buffers for a client that does not read.
#[public_api(get = "/large")]
async fn large() -> Vec<u8> {
    vec![b' '; 32 * 1024 * 1024]
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) trigger: ShutdownTrigger,
    pub(crate) task: JoinHandle<std::io::Result<()>>,
}

async fn start(pairs: &[(&str, &str)]) -> Server {
    start_app(App::new().only_routes_in(module_path!()), pairs).await
}

pub(crate) async fn start_app(app: App, pairs: &[(&str, &str)]) -> Server {
    let pairs = [("PORT", "0")].iter().chain(pairs).copied();
    let settings = Settings::from_pairs(pairs).unwrap();
    let service = app.settings(settings.clone()).start().await.unwrap();
    let listener = Listener::bind(&settings.server).unwrap();
    let address = listener.address().unwrap();
    let (trigger, shutdown) = server::trigger();
    let task =
        tokio::spawn(
            async move { server::serve(listener, &settings.server, service, shutdown).await },
        );
    Server { address, trigger, task }
}

impl Server {
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends text and reads all until the server closes.
    pub(crate) async fn exchange(&self, text: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(text.as_bytes()).await.unwrap();
        read_to_end(&mut stream).await
    }
}

async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset after the answer leaves what was read.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 1024];
    while !text.ends_with(end) {
        let read = timeout(PATIENCE, stream.read(&mut buffer)).await.unwrap().unwrap();
        assert!(read > 0, "closed after {text:?}");
        text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    text
}

#[tokio::test]
async fn one_connection_answers_many_requests() {
    let server = start(&[]).await;
    let mut stream = server.connect().await;

    for _ in 0..3 {
        stream.write_all(b"GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let answer = read_until(&mut stream, "hello from 127.0.0.1").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("x-request-id: "), "{answer}");
    }
}

#[tokio::test]
async fn http_2_is_answered_on_the_same_port() {
    let server = start(&[]).await;
    let io = TokioIo::new(server.connect().await);
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await;
    let (mut sender, connection) = handshake.unwrap();
    tokio::spawn(connection);

    let request = http::Request::get("http://localhost/hello").body(Empty::<Bytes>::new()).unwrap();
    let answer = sender.send_request(request).await.unwrap();

    assert_eq!((answer.status().as_u16(), answer.version()), (200, http::Version::HTTP_2));
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "hello from 127.0.0.1");
}

#[tokio::test]
async fn head_has_the_length_of_get_and_no_body() {
    let server = start(&[]).await;

    let answer =
        server.exchange("HEAD /hello HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;

    assert!(answer.contains("content-length: 20\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn a_request_has_one_host() {
    let server = start(&[]).await;

    for hosts in ["", "host: a\r\nhost: b\r\n"] {
        let request = format!("GET /hello HTTP/1.1\r\nconnection: close\r\n{hosts}\r\n");
        let answer = server.exchange(&request).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(answer.contains("malformed_host"), "{answer}");
    }
    let old = server.exchange("GET /hello HTTP/1.0\r\n\r\n").await;
    assert!(old.starts_with("HTTP/1.0 200 "), "{old}");
}

#[tokio::test]
async fn a_panic_is_a_500_and_nobody_else_notices() {
    let server = start(&[]).await;
    let mut other = server.connect().await;
    other.write_all(b"GET /slow?millis=200 HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut stream = server.connect().await;

    stream.write_all(b"GET /panics HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let panicked = read_until(&mut stream, "}").await;
    stream.write_all(b"GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let after = read_until(&mut stream, "127.0.0.1").await;

    assert!(panicked.starts_with("HTTP/1.1 500 ") && panicked.contains("internal_error"));
    assert!(after.starts_with("HTTP/1.1 200 "), "{after}");
    assert!(read_until(&mut other, "done").await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_it_is_sent() {
    let server = start(&[("BODY_LIMIT", "10B")]).await;
    let mut stream = server.connect().await;

    let head = "POST /length HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = read_to_end(&mut stream).await;

    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("body_too_large"), "{answer}");
}

/// The answer must not be lost in a reset, however much the client still sends.
#[tokio::test]
async fn who_sends_a_large_body_all_the_same_reads_the_413() {
    let server = start(&[("BODY_LIMIT", "10B")]).await;
    let mut stream = server.connect().await;
    let length = 20 * 1024 * 1024;

    let head = format!("POST /length HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![b' '; length]).await.unwrap();
    let answer = read_to_end(&mut stream).await;

    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.ends_with('}'), "{answer}");
}

#[tokio::test]
async fn a_body_that_stops_arriving_is_a_408() {
    let server = start(&[("BODY_TIMEOUT", "100ms")]).await;

    let head =
        "POST /length HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\nconnection: close\r\n\r\n12";
    let answer = server.exchange(head).await;

    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("body_timeout"), "{answer}");
}

#[tokio::test]
async fn a_body_in_drips_is_a_408_too() {
    let server = start(&[("BODY_TIMEOUT", "200ms")]).await;
    let mut stream = server.connect().await;
    let head = "POST /length HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();

    let mut drips = 0;
    let mut answer = [0; 12];
    while timeout(Duration::from_millis(20), stream.read_exact(&mut answer)).await.is_err() {
        let _ = stream.write_all(b" ").await;
        drips += 1;
        assert!(drips < 500, "the drips have no end");
    }

    assert_eq!(&answer, b"HTTP/1.1 408");
}

#[tokio::test]
async fn a_client_that_takes_no_answer_loses_its_place() {
    let server = start(&[("MAX_CONNECTIONS", "1"), ("WRITE_TIMEOUT", "100ms")]).await;
    let mut greedy = server.connect().await;
    let request = b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n";
    greedy.write_all(request).await.unwrap();

    let mut other = server.connect().await;
    other.write_all(b"GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();

    assert!(read_until(&mut other, "127.0.0.1").await.starts_with("HTTP/1.1 200 "));
    drop(greedy);
}

#[tokio::test]
async fn a_client_that_says_nothing_or_half_is_left() {
    let server = start(&[("HEADER_TIMEOUT", "100ms")]).await;

    for start in ["", "P", "PRI * HTTP/2.0\r\n", "GET /hello HTTP/1.1\r\nhost: "] {
        let answer = server.exchange(start).await;
        assert!(!answer.contains("hello from"), "{start:?}: {answer}");
    }
    let idle = server.exchange("GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(idle.ends_with("hello from 127.0.0.1"), "{idle}");
}

#[tokio::test]
async fn a_stop_lets_running_requests_finish() {
    let server = start(&[]).await;
    let mut running = server.connect().await;
    running.write_all(b"GET /slow?millis=300 HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut idle = server.connect().await;
    idle.write_all(b"GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    read_until(&mut idle, "127.0.0.1").await;

    server.trigger.stop();

    let answer = read_to_end(&mut running).await;
    assert!(answer.ends_with("done") && answer.contains("connection: close"), "{answer}");
    assert_eq!(read_to_end(&mut idle).await, "");
    timeout(PATIENCE, server.task).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn a_stop_does_not_wait_for_who_has_said_nothing() {
    let server = start(&[]).await;
    let mut silent = server.connect().await;
    let mut first = server.connect().await;
    first.write_all(b"GET /hello HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    read_to_end(&mut first).await;
    drop(first);

    server.trigger.stop();

    // Far below the shutdown timeout of 30 seconds.
    timeout(PATIENCE, server.task).await.unwrap().unwrap().unwrap();
    assert_eq!(read_to_end(&mut silent).await, "");
}

#[tokio::test]
async fn a_stop_lets_the_first_request_of_a_connection_arrive() {
    let server = start(&[]).await;
    let mut early = server.connect().await;
    let mut later = server.connect().await;
    later.write_all(b"GET /hello HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    // Connections are accepted in their order.
    read_to_end(&mut later).await;

    server.trigger.stop();
    early.write_all(b"GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();

    let answer = read_to_end(&mut early).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.contains("connection: close"),
        "{answer}"
    );
    timeout(PATIENCE, server.task).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_stop_ends_what_takes_too_long() {
    let server = start(&[("SHUTDOWN_TIMEOUT", "100ms")]).await;
    let mut running = server.connect().await;
    running.write_all(b"GET /slow?millis=60000 HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut other = server.connect().await;
    other.write_all(b"GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    read_until(&mut other, "127.0.0.1").await;

    server.trigger.stop();

    timeout(PATIENCE, server.task).await.unwrap().unwrap().unwrap();
    assert_eq!(read_to_end(&mut running).await, "");
}

#[tokio::test]
async fn more_connections_than_the_limit_wait_their_turn() {
    let server = start(&[("MAX_CONNECTIONS", "1")]).await;
    let mut first = server.connect().await;
    first.write_all(b"GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    read_until(&mut first, "127.0.0.1").await;
    let mut second = server.connect().await;
    second.write_all(b"GET /hello HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();

    let mut byte = [0];
    let early = timeout(Duration::from_millis(100), second.read(&mut byte)).await;
    drop(first);

    assert!(early.is_err(), "the second was answered beside the first");
    assert!(read_until(&mut second, "127.0.0.1").await.starts_with("HTTP/1.1 200 "));
}

#[test]
fn a_port_that_is_taken_is_refused_by_either_runtime() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();

    for runtime in ["work-stealing", "per-core"] {
        let pairs = [("HOST", "127.0.0.1"), ("PORT", &*port), ("RUNTIME", runtime)];
        let settings = Settings::from_pairs(pairs).unwrap();
        assert!(Listener::bind(&settings.server).is_err(), "{runtime}");
    }
}
