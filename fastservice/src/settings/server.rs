use std::{net::IpAddr, time::Duration};

use super::{
    IS_DEVELOPMENT,
    reader::{Reader, one_of},
    units,
};

/// Where and how the service listens.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServerSettings {
    /// `HOST` (`127.0.0.1` in a development build, else `0.0.0.0`): the address to listen on.
    pub host: IpAddr,
    /// `PORT` (8000): the port to listen on; 0 takes a free one.
    pub port: u16,
    /// `RUNTIME` (`work-stealing`): `work-stealing`, or `per-core` for one
    /// single-threaded runtime and one listener for each thread.
    pub runtime: RuntimeKind,
    /// `THREADS` (the number of cores): threads that answer requests.
    pub threads: usize,
    /// `MAX_CONNECTIONS` (10000): connections at once; more wait to be accepted. With
    /// `per-core` each thread has an equal share.
    pub max_connections: usize,
    /// `HEADER_TIMEOUT` (`30s`): how long a request's head may take to arrive. An
    /// HTTP/1.1 connection without a request ends after the same time.
    pub header_timeout: Duration,
    /// `IDLE_TIMEOUT` (`60s`): after this long without a request an HTTP/2 connection ends.
    pub idle_timeout: Duration,
    /// `WRITE_TIMEOUT` (`30s`): how long a client may take none of an answer's bytes.
    pub write_timeout: Duration,
    /// `SHUTDOWN_DELAY` (`0s`): how long the service goes on as before after SIGTERM, while
    /// `/ready` answers 503 already, so that load balancers send requests elsewhere.
    pub shutdown_delay: Duration,
    /// `SHUTDOWN_TIMEOUT` (`30s`): how long running requests may take after a stop was asked for.
    pub shutdown_timeout: Duration,
}

/// Which tokio runtime answers requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuntimeKind {
    /// One runtime whose threads take work from each other.
    WorkStealing,
    /// One single-threaded runtime for each thread, each with its own listener.
    PerCore,
}

impl ServerSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let host = if IS_DEVELOPMENT { "127.0.0.1" } else { "0.0.0.0" };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            host: reader.parsed("HOST", host, "an IP address such as 127.0.0.1 or ::"),
            port: reader.parsed("PORT", "8000", "a port number from 0 to 65535"),
            runtime: reader.checked("RUNTIME", "work-stealing", |text| {
                one_of(
                    text,
                    &[
                        ("work-stealing", RuntimeKind::WorkStealing),
                        ("per-core", RuntimeKind::PerCore),
                    ],
                )
            }),
            threads: reader.checked("THREADS", &threads.to_string(), units::count),
            max_connections: reader.checked("MAX_CONNECTIONS", "10000", units::count),
            header_timeout: reader.checked("HEADER_TIMEOUT", "30s", units::duration),
            idle_timeout: reader.checked("IDLE_TIMEOUT", "60s", units::duration),
            write_timeout: reader.checked("WRITE_TIMEOUT", "30s", units::duration),
            shutdown_delay: reader.checked("SHUTDOWN_DELAY", "0s", units::delay),
            shutdown_timeout: reader.checked("SHUTDOWN_TIMEOUT", "30s", units::duration),
        }
    }
}
