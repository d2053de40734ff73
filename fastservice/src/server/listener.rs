use std::{
    future::Future,
    io,
    net::{SocketAddr, TcpListener as StdListener},
    sync::Arc,
    time::Duration,
};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::{net::TcpListener, sync::Semaphore, time};

use super::{
    connection::{self, Peer},
    shutdown::Shutdown,
};
use crate::{
    body::{Body, RequestBody},
    settings::{RuntimeKind, ServerSettings},
};

/// Connections that the kernel keeps until they are accepted.
const BACKLOG: i32 = 4096;
/// How long accepting pauses when the process has no file descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A bound socket that nobody accepts from yet.
#[derive(Debug)]
pub struct Listener(StdListener);

impl Listener {
    /// Binds the address of the settings.
    ///
    /// # Errors
    /// When the address is taken or not of this machine.
    pub fn bind(settings: &ServerSettings) -> io::Result<Self> {
        Self::bind_to(SocketAddr::new(settings.host, settings.port), settings.runtime)
    }

    /// Binds the same address once more, for another thread.
    ///
    /// # Errors
    /// As [`bind`](Self::bind).
    pub(super) fn again(&self, settings: &ServerSettings) -> io::Result<Self> {
        Self::bind_to(self.address()?, settings.runtime)
    }

    fn bind_to(address: SocketAddr, runtime: RuntimeKind) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        #[cfg(unix)]
        if runtime == RuntimeKind::PerCore {
            socket.set_reuse_port(true)?;
        }
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(Self(socket.into()))
    }

    /// The address that was bound, with its real port.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Accepts connections and answers their requests until a stop is asked for;
/// then waits for the running ones, as long as the settings say.
///
/// # Errors
/// When the socket cannot be used.
pub async fn serve<S, F>(
    listener: Listener,
    settings: &ServerSettings,
    service: S,
    mut shutdown: Shutdown,
) -> io::Result<()>
where
    S: Fn(http::Request<RequestBody>, Peer) -> F + Clone + Send + 'static,
    F: Future<Output = http::Response<Body>> + Send + 'static,
{
    let listener = TcpListener::from_std(listener.0)?;
    let limit = settings.max_connections;
    let permits = Arc::new(Semaphore::new(limit));
    let limits = connection::Limits::from(settings);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &permits) => accepted,
            () = shutdown.requested() => break,
        };
        let Some((stream, address, permit)) = accepted else { continue };
        let answered =
            connection::answer(stream, Peer { address }, service.clone(), limits, shutdown.clone());
        tokio::spawn(async move {
            answered.await;
            drop(permit);
        });
    }
    drop(listener);
    let all = u32::try_from(limit).unwrap_or(u32::MAX);
    if time::timeout(settings.shutdown_timeout, permits.acquire_many(all)).await.is_err() {
        let running = limit - permits.available_permits();
        tracing::warn!(running, "the shutdown timeout has passed; connections are cut");
    }
    Ok(())
}

type Accepted = (tokio::net::TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit);

/// The next connection, once there is room for it; `None` after a failure that passes.
async fn accept(listener: &TcpListener, permits: &Arc<Semaphore>) -> Option<Accepted> {
    // The semaphore is never closed.
    let permit = permits.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, address)) => Some((stream, address, permit)),
        Err(error) => {
            // A connection that broke before it was accepted is no reason to pause.
            if !matches!(
                error.kind(),
                io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
            ) {
                tracing::warn!(%error, "a connection could not be accepted");
                time::sleep(ACCEPT_PAUSE).await;
            }
            None
        }
    }
}
