use std::{
    convert::Infallible,
    error::Error as StdError,
    future::{Future, poll_fn},
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::Poll,
    time::Duration,
};

use futures_util::FutureExt;
use http::Request;
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{net::TcpStream, time};

use super::{answer::Answer, head_timer::HeadTimer, linger::Lingering, shutdown::Shutdown};
use crate::{body::RequestBody, settings::ServerSettings};

/// How an HTTP/2 connection begins (RFC 9113 section 3.4). No HTTP/1.1 request begins so.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The buffer that the head of an HTTP/1.1 request must fit into, with what else has arrived.
const HEAD_LIMIT: usize = 64 * 1024;
/// How long after a stop the first request of a connection may take to arrive: its client
/// has connected in time, and would see it cut.
const UNDER_WAY: Duration = Duration::from_secs(1);
const STREAMS_PER_CONNECTION: u32 = 200;

/// The other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Peer {
    /// Its address.
    pub address: SocketAddr,
}

/// How long a connection may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    header: Duration,
    idle: Duration,
    write: Duration,
}

impl From<&ServerSettings> for Limits {
    fn from(settings: &ServerSettings) -> Self {
        Self {
            header: settings.header_timeout,
            idle: settings.idle_timeout,
            write: settings.write_timeout,
        }
    }
}

/// Answers the requests of one connection until it closes, or until a stop was
/// asked for and the running ones are answered.
pub(super) async fn answer<S: Answer>(
    stream: TcpStream,
    peer: Peer,
    service: S,
    limits: Limits,
    shutdown: Shutdown,
) {
    let mut stopped = shutdown.clone();
    let began = tokio::select! {
        began = time::timeout(limits.header, is_http2(&stream)) => began,
        () = stopped.requested() => time::timeout(UNDER_WAY, is_http2(&stream)).await,
    };
    let result = match began {
        // The client said nothing in time, or went away.
        Err(_) | Ok(Err(_)) => return,
        Ok(Ok(false)) => answer_http1(stream, peer, service, limits, shutdown).await,
        Ok(Ok(true)) => answer_http2(stream, peer, service, limits, shutdown).await,
    };
    if let Err(error) = result {
        tracing::debug!(error = &*error, remote_address = %peer.address, "connection failed");
    }
}

/// Whether the client begins as HTTP/2 does. Leaves the bytes where they are.
async fn is_http2(stream: &TcpStream) -> io::Result<bool> {
    stream.set_nodelay(true)?;
    let mut start = [0; PREFACE.len()];
    loop {
        let arrived = stream.peek(&mut start).await?;
        let (arrived, expected) = (start.get(..arrived), PREFACE.get(..arrived));
        if arrived != expected || arrived == Some(&[]) {
            return Ok(false);
        }
        if arrived == Some(PREFACE) {
            return Ok(true);
        }
        // Part of the preface is there, so that the socket stays readable and cannot wake us.
        time::sleep(Duration::from_millis(5)).await;
    }
}

type Outcome = Result<(), Box<dyn StdError + Send + Sync>>;

async fn answer_http1<S: Answer>(
    stream: TcpStream,
    peer: Peer,
    service: S,
    limits: Limits,
    shutdown: Shutdown,
) -> Outcome {
    let answer = service_fn(move |request: Request<Incoming>| {
        service.answer(request.map(RequestBody::from), peer).map(Ok::<_, Infallible>)
    });
    let connection = http1::Builder::new()
        .timer(HeadTimer::new())
        .header_read_timeout(limits.header)
        // Which arrives after a stop has one request, and is told so.
        .keep_alive(!shutdown.is_requested())
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(TokioIo::new(Lingering::new(stream, limits.write)), answer);
    until(shutdown.watched(), connection, http1::Connection::graceful_shutdown).await?;
    Ok(())
}

async fn answer_http2<S: Answer>(
    stream: TcpStream,
    peer: Peer,
    service: S,
    limits: Limits,
    shutdown: Shutdown,
) -> Outcome {
    let activity = Arc::new(Activity::default());
    let begun = activity.clone();
    let answer = service_fn(move |request: Request<Incoming>| {
        let running = begun.clone().begin();
        let response = service.answer(request.map(RequestBody::from), peer);
        async move {
            let response = response.await;
            drop(running);
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(limits.idle)
        .keep_alive_timeout(limits.header)
        .max_concurrent_streams(STREAMS_PER_CONNECTION)
        .max_header_list_size(16 * 1024)
        .serve_connection(TokioIo::new(Lingering::new(stream, limits.write)), answer);
    let mut idle = pin!(activity.idle(limits.idle));
    let mut stopped = pin!(shutdown.watched());
    let stop = poll_fn(|cx| {
        if stopped.as_mut().poll(cx).is_ready() { Poll::Ready(()) } else { idle.as_mut().poll(cx) }
    });
    until(stop, connection, http2::Connection::graceful_shutdown).await?;
    Ok(())
}

/// Drives a connection; from `stop` on it only finishes what it has begun.
async fn until<C: Future>(
    stop: impl Future<Output = ()>,
    connection: C,
    finish: impl Fn(Pin<&mut C>),
) -> C::Output {
    let mut stop = pin!(stop);
    let mut connection = pin!(connection);
    let mut is_finishing = false;
    poll_fn(|cx| {
        // First, so that a request which has arrived is begun before a stop closes what is idle.
        let ended = connection.as_mut().poll(cx);
        if ended.is_ready() || is_finishing || stop.as_mut().poll(cx).is_pending() {
            return ended;
        }
        is_finishing = true;
        finish(connection.as_mut());
        connection.as_mut().poll(cx)
    })
    .await
}

/// What an HTTP/2 connection is doing.
#[derive(Debug, Default)]
struct Activity {
    begun: AtomicUsize,
    running: AtomicUsize,
}

/// A request being answered; dropped at its end, also when it is cancelled.
struct Running(Arc<Activity>);

impl Activity {
    fn begin(self: Arc<Self>) -> Running {
        self.begun.fetch_add(1, Relaxed);
        self.running.fetch_add(1, Relaxed);
        Running(self)
    }

    /// Waits until a whole `period` passes without a request.
    async fn idle(&self, period: Duration) {
        loop {
            let begun = self.begun.load(Relaxed);
            time::sleep(period).await;
            if self.begun.load(Relaxed) == begun && self.running.load(Relaxed) == 0 {
                return;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Relaxed);
    }
}
