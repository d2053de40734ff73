use std::{error::Error as StdError, fmt, io, sync::Arc, time::Duration};

use tokio_postgres::{CancelToken, Config, config::Host};

use super::{
    Member, Queries, hosts,
    session::{self, Session},
    tls::{RootCert, Tls},
    url::Url,
};
use crate::{
    db::{OpenError, open_error::Outlook},
    settings::{DatabaseSettings, PostgresSettings, SslMode},
};

/// A peer that vanished is noticed after this long, also in the middle of a query.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(10);
const KEEPALIVE_IDLE: Duration = Duration::from_secs(30);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);

/// How much longer than its time limit an answer about a statement may take to arrive.
const GRACE: Duration = Duration::from_secs(3);

/// A database of PostgreSQL and how to get there.
pub(in crate::db) struct Server {
    config: Config,
    hosts: Vec<Config>,
    tls: Tls,
    connect_timeout: Duration,
    statement_timeout: Duration,
    session: Session,
}

impl Server {
    /// Reads a URL such as `postgres://USER:PASSWORD@HOST:PORT/NAME?sslmode=require`.
    ///
    /// # Errors
    /// What is wrong with it. The URL itself is not repeated: it holds a password.
    pub(in crate::db) fn from_url(
        url: &str,
        settings: &DatabaseSettings,
    ) -> Result<Self, OpenError> {
        let Url { config, ssl_mode, ssl_root_cert } = Url::parse(url)?;
        let ssl_mode = ssl_mode.unwrap_or(settings.postgres.ssl_mode);
        let ssl_root_cert = ssl_root_cert.or_else(|| RootCert::of_settings(&settings.postgres));
        Self::new(config, ssl_mode, ssl_root_cert.as_ref(), settings)
    }

    /// Takes the separate settings, in which a password has any character.
    ///
    /// # Errors
    /// Those that are missing, all at once.
    pub(in crate::db) fn from_parts(settings: &DatabaseSettings) -> Result<Self, OpenError> {
        let PostgresSettings { host, user, database, .. } = &settings.postgres;
        let (Some(host), Some(user), Some(database)) = (host, user, database) else {
            let parts = [("HOST", host), ("USER", user), ("DB", database)];
            let missing = parts.iter().filter(|(_, value)| value.is_none());
            let missing: Vec<_> =
                missing.map(|(name, _)| format!("FASTSERVICE_POSTGRES_{name}")).collect();
            return Err(OpenError::new(format!(
                "settings of PostgreSQL are missing; set {}, or DATABASE_URL",
                missing.join(" and ")
            )));
        };
        let mut config = Config::new();
        let (host, port) = host_and_port(host, settings.postgres.port);
        config.host(host).port(port).user(user.as_str()).dbname(database.as_str());
        let password = settings.postgres.password.expose();
        if !password.is_empty() {
            config.password(password);
        }
        let ssl_root_cert = RootCert::of_settings(&settings.postgres);
        Self::new(config, settings.postgres.ssl_mode, ssl_root_cert.as_ref(), settings)
    }

    fn new(
        mut config: Config,
        ssl_mode: SslMode,
        ssl_root_cert: Option<&RootCert>,
        settings: &DatabaseSettings,
    ) -> Result<Self, OpenError> {
        let tls = Tls::new(ssl_mode, ssl_root_cert)?;
        let connect_timeout =
            config.get_connect_timeout().copied().unwrap_or(settings.connect_timeout);
        config.connect_timeout(connect_timeout);
        // What the URL says is not changed.
        if config.get_keepalives_idle() == Config::new().get_keepalives_idle() {
            config.keepalives_idle(KEEPALIVE_IDLE);
        }
        if config.get_keepalives_interval().is_none() {
            config.keepalives_interval(KEEPALIVE_INTERVAL);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(TCP_USER_TIMEOUT);
        }
        let hosts = hosts::each(&config);
        let session = Session::new(settings.statement_timeout);
        let statement_timeout = settings.statement_timeout;
        Ok(Self { config, hosts, tls, connect_timeout, statement_timeout, session })
    }

    /// A connection for the pool.
    pub(in crate::db) async fn member(self: &Arc<Self>) -> Result<Member, OpenError> {
        Ok(Member::new(self.connect().await?, self.clone()))
    }

    /// A connection whose statements have a time limit.
    async fn connect(&self) -> Result<Queries, OpenError> {
        self.within_limit(async {
            let mut queries = self.connect_to_one().await?;
            let set_up = self.session.set_up(&mut queries).await;
            set_up.map_err(|error| self.fault(Fault::Session(error)))?;
            Ok(queries)
        })
        .await
    }

    /// A connection for migrations.
    pub(super) async fn connect_to_migrate(&self) -> Result<Queries, OpenError> {
        self.within_limit(async {
            let mut queries = self.connect_to_one().await?;
            let set_up = session::set_up_to_migrate(&mut queries).await;
            set_up.map_err(|error| self.fault(Fault::Session(error)))?;
            Ok(queries)
        })
        .await
    }

    /// To the first host that answers; each has its share of the time.
    async fn connect_to_one(&self) -> Result<Queries, OpenError> {
        let share = self.connect_timeout / u32::try_from(self.hosts.len()).unwrap_or(1).max(1);
        let mut failure = None;
        for host in hosts::in_order(&self.hosts) {
            let error = match tokio::time::timeout(share, self.tls.connect(host)).await {
                Ok(Ok(queries)) => return Ok(queries),
                Ok(Err(error)) => self.fault(error),
                Err(late) => self.unreachable().with_source(late).with_outlook(Outlook::Passing),
            };
            // One that may come back is worth to wait for.
            if failure.is_none() || error.outlook() != Outlook::Lasting {
                failure = Some(error);
            }
        }
        Err(failure.unwrap_or_else(|| self.unreachable()))
    }

    async fn within_limit(
        &self,
        connect: impl Future<Output = Result<Queries, OpenError>>,
    ) -> Result<Queries, OpenError> {
        match tokio::time::timeout(self.connect_timeout, connect).await {
            Ok(connected) => connected,
            Err(source) => {
                Err(self.unreachable().with_source(source).with_outlook(Outlook::Passing))
            }
        }
    }

    /// After this long without an answer nobody waits for the server any more.
    pub(super) fn silence_limit(&self) -> Duration {
        self.statement_timeout + GRACE
    }

    /// Tells the server to stop the query of a connection.
    pub(super) async fn cancel(&self, token: CancelToken) {
        self.tls.cancel(token).await;
    }

    fn fault(&self, error: Fault) -> OpenError {
        let outlook = match &error {
            Fault::Connect(error) => outlook(error),
            Fault::SetUp(_) | Fault::Session(_) => Outlook::Passing,
        };
        match error {
            Fault::Connect(source) => self.unreachable().with_source(source),
            Fault::SetUp(source) => self.unreachable().with_source(source),
            Fault::Session(source) => self.unreachable().with_source(source),
        }
        .with_outlook(outlook)
    }

    fn unreachable(&self) -> OpenError {
        OpenError::new(format!("the database {self} cannot be reached"))
    }
}

/// Why there is no connection.
pub(super) enum Fault {
    Connect(tokio_postgres::Error),
    SetUp(diesel::ConnectionError),
    Session(diesel::result::Error),
}

/// What the server says, or its silence, tells whether it is worth to wait.
fn outlook(error: &tokio_postgres::Error) -> Outlook {
    if let Some(state) = error.code() {
        return match state.code() {
            "53300" => Outlook::Full,
            state if state.starts_with("08") || state.starts_with("57") => Outlook::Passing,
            state if state.starts_with("53") => Outlook::Passing,
            _ => Outlook::Lasting,
        };
    }
    let mut causes = std::iter::successors(error.source(), |cause| (*cause).source());
    let io = causes.find_map(|cause| cause.downcast_ref::<io::Error>());
    // TLS that fails is invalid data; its reason does not pass by itself.
    match io.map(io::Error::kind) {
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => Outlook::Lasting,
        Some(_) => Outlook::Passing,
        None if error.is_closed() => Outlook::Passing,
        None => Outlook::Lasting,
    }
}

/// `host`, `host:port`, `[::1]:port`, or the folder of a socket.
fn host_and_port(text: &str, port: u16) -> (&str, u16) {
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        return (host, rest.strip_prefix(':').and_then(|port| port.parse().ok()).unwrap_or(port));
    }
    match text.split_once(':') {
        Some((host, given)) if !text.starts_with('/') => {
            given.parse().map_or((text, port), |port| (host, port))
        }
        _ => (text, port),
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.config.get_dbname().or(self.config.get_user()).unwrap_or_default();
        write!(f, "`{name}` at ")?;
        for (at, host) in self.hosts.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { ", " })?;
            match (host.get_hosts().first(), host.get_hostaddrs().first()) {
                (Some(Host::Tcp(host)), _) => f.write_str(host)?,
                #[cfg(unix)]
                (Some(Host::Unix(path)), _) => write!(f, "{}", path.display())?,
                (None, Some(address)) => write!(f, "{address}")?,
                (None, None) => f.write_str("nowhere")?,
            }
            write!(f, ":{}", host.get_ports().first().unwrap_or(&5432))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({self})")
    }
}

#[cfg(test)]
mod tests;
