use std::{error::Error as StdError, fmt, io, sync::Arc, time::Duration};

use tokio_postgres::{CancelToken, Config, config::Host};

use super::{
    Member, Queries,
    session::{self, Session},
    tls::Tls,
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
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut ssl_mode, mut ssl_root_cert, mut rest) = (None, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", mode)) => ssl_mode = Some(mode.parse().map_err(unknown_mode)?),
                Some(("sslrootcert", path)) => ssl_root_cert = Some(decoded(path)),
                _ => rest.push(pair),
            }
        }
        let config = format!("{base}?{}", rest.join("&")).parse().map_err(|_| unreadable())?;
        let ssl_mode = ssl_mode.unwrap_or(settings.postgres.ssl_mode);
        let ssl_root_cert = ssl_root_cert.or_else(|| settings.postgres.ssl_root_cert.clone());
        Self::new(config, ssl_mode, ssl_root_cert.as_deref(), settings)
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
        let ssl_root_cert = settings.postgres.ssl_root_cert.as_deref();
        Self::new(config, settings.postgres.ssl_mode, ssl_root_cert, settings)
    }

    fn new(
        mut config: Config,
        ssl_mode: SslMode,
        ssl_root_cert: Option<&str>,
        settings: &DatabaseSettings,
    ) -> Result<Self, OpenError> {
        let tls = Tls::new(ssl_mode, ssl_root_cert)?;
        let connect_timeout =
            config.get_connect_timeout().copied().unwrap_or(settings.connect_timeout);
        config
            .connect_timeout(connect_timeout)
            .keepalives_idle(KEEPALIVE_IDLE)
            .keepalives_interval(KEEPALIVE_INTERVAL)
            .tcp_user_timeout(TCP_USER_TIMEOUT);
        let session = Session::new(settings.statement_timeout);
        let statement_timeout = settings.statement_timeout;
        Ok(Self { config, tls, connect_timeout, statement_timeout, session })
    }

    /// A connection for the pool.
    pub(in crate::db) async fn member(self: &Arc<Self>) -> Result<Member, OpenError> {
        Ok(Member::new(self.connect().await?, self.clone()))
    }

    /// A connection whose statements have a time limit.
    async fn connect(&self) -> Result<Queries, OpenError> {
        self.within_limit(async {
            let mut queries = self.tls.connect(&self.config).await.map_err(|e| self.fault(e))?;
            let set_up = self.session.set_up(&mut queries).await;
            set_up.map_err(|error| self.fault(Fault::Session(error)))?;
            Ok(queries)
        })
        .await
    }

    /// A connection for migrations.
    pub(super) async fn connect_to_migrate(&self) -> Result<Queries, OpenError> {
        self.within_limit(async {
            let mut queries = self.tls.connect(&self.config).await.map_err(|e| self.fault(e))?;
            let set_up = session::set_up_to_migrate(&mut queries).await;
            set_up.map_err(|error| self.fault(Fault::Session(error)))?;
            Ok(queries)
        })
        .await
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

fn unreadable() -> OpenError {
    OpenError::new(
        "DATABASE_URL cannot be read; write `postgres://USER:PASSWORD@HOST:PORT/NAME`, with `%40` \
         for a `@` of the password, or set FASTSERVICE_POSTGRES_HOST and those beside it instead",
    )
}

#[allow(clippy::needless_pass_by_value, reason = "an error is handed over")]
fn unknown_mode(expected: String) -> OpenError {
    OpenError::new(format!("the `sslmode` of DATABASE_URL is unknown; expected {expected}"))
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
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
        match self.config.get_hosts().first() {
            Some(Host::Tcp(host)) => f.write_str(host)?,
            #[cfg(unix)]
            Some(Host::Unix(path)) => write!(f, "{}", path.display())?,
            None => f.write_str("nowhere")?,
        }
        write!(f, ":{}", self.config.get_ports().first().unwrap_or(&5432))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn settings(pairs: &[(&str, &str)]) -> DatabaseSettings {
        Settings::from_pairs(pairs.iter().copied()).unwrap().database
    }

    fn parts(host: &str, password: &str) -> Server {
        let pairs = [
            ("FASTSERVICE_POSTGRES_HOST", host),
            ("FASTSERVICE_POSTGRES_USER", "me"),
            ("FASTSERVICE_POSTGRES_PASSWD", password),
            ("FASTSERVICE_POSTGRES_DB", "shop"),
        ];
        let settings = settings(&pairs);
        assert!(settings.is_by_parts());
        Server::from_parts(&settings).unwrap()
    }

    #[test]
    fn a_password_of_its_own_setting_has_any_character() {
        let password = r#"p@ss:/?#[]% '"\& äß"#;

        let server = parts("db", password);

        assert_eq!(server.config.get_password().unwrap(), password.as_bytes());
        assert!(!format!("{server:?}").contains("p@ss"));
        assert_eq!(server.to_string(), "`shop` at db:5432");
    }

    #[test]
    fn a_host_may_have_a_port_or_be_a_folder() {
        for (host, shown) in [
            ("db", "db:5432"),
            ("db:6543", "db:6543"),
            ("[::1]:6543", "::1:6543"),
            ("::1", "::1:5432"),
            ("/run/postgresql", "/run/postgresql:5432"),
        ] {
            assert_eq!(parts(host, "").to_string(), format!("`shop` at {shown}"));
        }
    }

    #[test]
    fn every_missing_part_is_named() {
        let host = [("FASTSERVICE_POSTGRES_HOST", "db")];

        let text = Server::from_parts(&settings(&host)).unwrap_err().to_string();

        assert!(
            text.contains("set FASTSERVICE_POSTGRES_USER and FASTSERVICE_POSTGRES_DB,"),
            "{text}"
        );
    }

    #[test]
    fn a_url_goes_before_the_parts() {
        let pairs = [("FASTSERVICE_POSTGRES_HOST", "db"), ("DATABASE_URL", "postgres://a@b/c")];

        assert!(!settings(&pairs).is_by_parts());
    }

    #[test]
    fn a_wrong_url_is_not_repeated() {
        for url in [
            "postgres://me:hunter2@db:port/shop",
            "postgres://me:hunter2@db/shop?sslmode=maybe",
            "postgres://me:hunter2@db/shop?sslmode=require&what=hunter2",
        ] {
            let error = Server::from_url(url, &settings(&[])).unwrap_err();

            assert!(error.to_string().contains("DATABASE_URL"), "{error}");
            assert!(!crate::error::chain(&error).contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_url_says_how_long_it_may_take_to_connect() {
        let url = "postgres://me@db/shop?connect_timeout=3&sslmode=require";

        let server = Server::from_url(url, &settings(&[])).unwrap();

        assert_eq!(server.connect_timeout, Duration::from_secs(3));
    }

    #[test]
    fn a_root_certificate_that_is_none_is_named() {
        let url = "postgres://me@db/shop?sslmode=verify-full&sslrootcert=%2Fabsent.pem";

        let text = Server::from_url(url, &settings(&[])).unwrap_err().to_string();

        assert!(text.contains("`/absent.pem`"), "{text}");
    }
}
