use std::{
    io,
    net::{SocketAddr, TcpListener as StdListener},
    time::Duration,
};

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time,
};

use super::{
    answer::Answer,
    connection::{self, Peer},
    shutdown::Shutdown,
};
use crate::settings::{RuntimeKind, ServerSettings};

/// Connections that the kernel keeps until they are accepted.
const BACKLOG: i32 = 4096;
/// How long accepting pauses when the process has no file descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How often failures to accept are logged, at most.
const FAILURES_PAUSE: Duration = Duration::from_secs(1);

/// A bound socket that nobody accepts from yet.
#[derive(Debug)]
pub struct Listener {
    socket: StdListener,
    origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Bound,
    Passed,
}

impl Listener {
    /// Binds the address of the settings.
    ///
    /// # Errors
    /// When the address is taken or not of this machine.
    pub fn bind(settings: &ServerSettings) -> io::Result<Self> {
        let address = SocketAddr::new(settings.host, settings.port);
        if settings.runtime == RuntimeKind::PerCore {
            // Sockets that share a port would share it with another process too.
            drop(Self::socket(address, RuntimeKind::WorkStealing)?);
        }
        Self::bind_to(address, settings.runtime)
    }

    /// One that was opened before this process, and may be in use by others.
    pub(super) fn passed(socket: StdListener) -> io::Result<Self> {
        // It may be bound only.
        SockRef::from(&socket).listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket, origin: Origin::Passed })
    }

    /// One more for another thread: the same address bound once more, or the same
    /// socket when it was passed, as only who has opened it may bind its address.
    ///
    /// # Errors
    /// As [`bind`](Self::bind).
    pub(super) fn again(&self, settings: &ServerSettings) -> io::Result<Self> {
        match self.origin {
            Origin::Bound => Self::bind_to(self.address()?, settings.runtime),
            Origin::Passed => self.share(),
        }
    }

    /// The same socket once more: a connection goes to whoever accepts it first.
    ///
    /// # Errors
    /// When the process has no file descriptor left.
    pub(crate) fn share(&self) -> io::Result<Self> {
        Ok(Self { socket: self.socket.try_clone()?, origin: self.origin })
    }

    fn bind_to(address: SocketAddr, runtime: RuntimeKind) -> io::Result<Self> {
        let socket = Self::socket(address, runtime)?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket: socket.into(), origin: Origin::Bound })
    }

    fn socket(address: SocketAddr, runtime: RuntimeKind) -> io::Result<Socket> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        // Elsewhere it would let another process take the port.
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        #[cfg(unix)]
        if runtime == RuntimeKind::PerCore {
            socket.set_reuse_port(true)?;
        }
        socket.bind(&address.into())?;
        Ok(socket)
    }

    /// The address that was bound, with its real port.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

#[cfg(unix)]
impl From<Listener> for std::os::fd::OwnedFd {
    fn from(listener: Listener) -> Self {
        listener.socket.into()
    }
}

/// Accepts connections and answers their requests until a stop is asked for;
/// then waits for the running ones and for what runs on after them, as long as
/// the settings say.
///
/// # Errors
/// When the socket cannot be used.
pub async fn serve<S: Answer>(
    listener: Listener,
    settings: &ServerSettings,
    service: S,
    mut shutdown: Shutdown,
) -> io::Result<()> {
    let listener = TcpListener::from_std(listener.socket)?;
    let limits = connection::Limits::from(settings);
    // Dropping it, also by dropping this future, ends its connections.
    let mut connections = JoinSet::new();
    let mut failures = Failures::default();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &mut connections, settings.max_connections) => accepted,
            () = shutdown.requested() => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                failures.note(&error).await;
                continue;
            }
        };
        let (peer, shutdown) = (Peer { address }, shutdown.clone());
        connections.spawn(connection::answer(stream, peer, service.clone(), limits, shutdown));
    }
    service.stopping();
    drop(listener);
    let deadline = time::Instant::now() + settings.shutdown_timeout;
    let all = async { while connections.join_next().await.is_some() {} };
    if time::timeout_at(deadline, all).await.is_err() {
        let running = connections.len();
        tracing::warn!(running, "the shutdown timeout has passed; connections are cut");
        connections.shutdown().await;
    }
    if time::timeout_at(deadline, service.finish()).await.is_err() {
        tracing::warn!("the shutdown timeout has passed; background tasks are cut");
    }
    Ok(())
}

/// Connections that could not be accepted. It passes.
#[derive(Debug, Default)]
struct Failures {
    noted: Option<time::Instant>,
    since: u32,
}

impl Failures {
    async fn note(&mut self, error: &io::Error) {
        // One that broke before it was accepted is no reason to pause.
        if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
        {
            return;
        }
        self.since += 1;
        if let Some(failures) = self.news() {
            tracing::warn!(%error, failures, "connections could not be accepted");
        }
        time::sleep(ACCEPT_PAUSE).await;
    }

    /// How many there were since it was logged; at most once in a while.
    fn news(&mut self) -> Option<u32> {
        if self.noted.is_some_and(|noted| noted.elapsed() < FAILURES_PAUSE) {
            return None;
        }
        self.noted = Some(time::Instant::now());
        Some(std::mem::take(&mut self.since))
    }
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    connections: &mut JoinSet<()>,
    limit: usize,
) -> io::Result<(TcpStream, SocketAddr)> {
    while connections.try_join_next().is_some() {}
    while connections.len() >= limit {
        connections.join_next().await;
    }
    listener.accept().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn failures_are_logged_once_a_second() {
        let (mut failures, mut logged) = (Failures::default(), Vec::new());

        for _ in 0..40 {
            failures.since += 1;
            logged.extend(failures.news());
            time::advance(ACCEPT_PAUSE).await;
        }

        assert_eq!(logged, [1, 20]);
    }
}
