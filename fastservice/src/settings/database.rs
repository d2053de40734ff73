use std::{str::FromStr, time::Duration};

use super::{
    reader::{Reader, one_of},
    units,
};
use crate::secret::Secret;

/// Where the service's data is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DatabaseSettings {
    /// `DATABASE_URL` (`sqlite:SERVICE_NAME.db`): the database, `sqlite:PATH` or
    /// `postgres://USER:PASSWORD@HOST:PORT/NAME?sslmode=MODE`. It may hold a
    /// password. It goes before `FASTSERVICE_POSTGRES_HOST` and those beside it.
    pub url: Secret<String>,
    /// PostgreSQL by separate settings.
    pub postgres: PostgresSettings,
    /// `DATABASE_MAX_SIZE` (8): connections at once. `FASTSERVICE_POSTGRES_MAX_SIZE` goes before it.
    pub max_size: u32,
    /// `DATABASE_MIN_SIZE` (1): connections to PostgreSQL that wait for work, if there are
    /// not too many yet. `FASTSERVICE_POSTGRES_MIN_SIZE` goes before it.
    pub min_size: u32,
    /// `DATABASE_TIMEOUT` (`5s`): how long a request waits for a connection.
    pub timeout: Duration,
    /// `DATABASE_CONNECT_TIMEOUT` (`5s`): how long it may take to connect to PostgreSQL.
    pub connect_timeout: Duration,
    /// `DATABASE_STATEMENT_TIMEOUT` (`30s`): how long a statement may run on PostgreSQL, and how
    /// long a transaction there may wait for its next one. A server that says nothing for
    /// three seconds more counts as gone. SQLite has no such limit: there a
    /// statement that nobody waits for takes a place in the pool until it ends.
    pub statement_timeout: Duration,
    /// `DATABASE_MAX_LIFETIME` (`30m`): how old a connection to PostgreSQL gets.
    pub max_lifetime: Duration,
    /// `DATABASE_IDLE_TIMEOUT` (`10m`): how long a connection to PostgreSQL waits for work.
    pub idle_timeout: Duration,
    /// `DATABASE_START_TIMEOUT` (`30s`): how long a start waits for a database that is down.
    pub start_timeout: Duration,
    /// `DATABASE_MIGRATE` (`true`): whether a start runs the migrations that are pending. With
    /// `false` it refuses to start until the command `migrate` has run them.
    pub migrate: bool,
    is_url_given: bool,
}

/// PostgreSQL by separate settings, in which a password may have any character.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PostgresSettings {
    /// `FASTSERVICE_POSTGRES_HOST` (none): its host, `HOST:PORT`, or the folder of its socket.
    pub host: Option<String>,
    /// `FASTSERVICE_POSTGRES_PORT` (5432): its port.
    pub port: u16,
    /// `FASTSERVICE_POSTGRES_USER` (none): the user.
    pub user: Option<String>,
    /// `FASTSERVICE_POSTGRES_PASSWD` (none): the user's password.
    pub password: Secret<String>,
    /// `FASTSERVICE_POSTGRES_DB` (none): the name of the database.
    pub database: Option<String>,
    /// `FASTSERVICE_POSTGRES_SSL_MODE` (`disable`): as libpq's `sslmode`; the one of
    /// `DATABASE_URL` goes before it.
    pub ssl_mode: SslMode,
    /// `FASTSERVICE_POSTGRES_SSL_ROOT_CERT` (none): a file with the certificates that
    /// `verify-ca` and `verify-full` trust. Without it `verify-full` trusts the system's, and
    /// `verify-ca` is refused.
    pub ssl_root_cert: Option<String>,
}

/// How the way to PostgreSQL is encrypted; the names are libpq's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// Not at all.
    Disable,
    /// If the server refuses without.
    Allow,
    /// If the server can.
    Prefer,
    /// Always, with whoever answers; with a root certificate as `VerifyCa`.
    Require,
    /// Always, with a server whose certificate a known root has signed.
    VerifyCa,
    /// Always, and the certificate is the host's.
    VerifyFull,
}

impl FromStr for SslMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        one_of(
            text,
            &[
                ("disable", Self::Disable),
                ("allow", Self::Allow),
                ("prefer", Self::Prefer),
                ("require", Self::Require),
                ("verify-ca", Self::VerifyCa),
                ("verify-full", Self::VerifyFull),
            ],
        )
    }
}

impl DatabaseSettings {
    pub(super) fn read(reader: &mut Reader, service_name: &str) -> Self {
        let default = format!("sqlite:{service_name}.db");
        let url = reader.secret("DATABASE_URL", &default);
        let is_url_given = url != default;
        let max_size = reader.checked("DATABASE_MAX_SIZE", "8", size);
        let min_size = reader.checked("DATABASE_MIN_SIZE", "1", size_or_none);
        Self {
            url: Secret::new(url),
            max_size: reader.optional("FASTSERVICE_POSTGRES_MAX_SIZE", size).unwrap_or(max_size),
            min_size: reader
                .optional("FASTSERVICE_POSTGRES_MIN_SIZE", size_or_none)
                .unwrap_or(min_size),
            timeout: reader.checked("DATABASE_TIMEOUT", "5s", units::duration),
            connect_timeout: reader.checked("DATABASE_CONNECT_TIMEOUT", "5s", units::duration),
            statement_timeout: reader.checked("DATABASE_STATEMENT_TIMEOUT", "30s", units::duration),
            max_lifetime: reader.checked("DATABASE_MAX_LIFETIME", "30m", units::duration),
            idle_timeout: reader.checked("DATABASE_IDLE_TIMEOUT", "10m", units::duration),
            start_timeout: reader.checked("DATABASE_START_TIMEOUT", "30s", units::duration),
            migrate: reader.parsed("DATABASE_MIGRATE", "true", "`true` or `false`"),
            postgres: PostgresSettings::read(reader),
            is_url_given,
        }
    }

    /// Whether the separate settings of PostgreSQL say where the data is.
    #[must_use]
    pub fn is_by_parts(&self) -> bool {
        let PostgresSettings { host, user, database, .. } = &self.postgres;
        !self.is_url_given && (host.is_some() || user.is_some() || database.is_some())
    }
}

impl PostgresSettings {
    fn read(reader: &mut Reader) -> Self {
        Self {
            host: reader.text("FASTSERVICE_POSTGRES_HOST"),
            port: reader.parsed("FASTSERVICE_POSTGRES_PORT", "5432", "a port"),
            user: reader.text("FASTSERVICE_POSTGRES_USER"),
            password: Secret::new(reader.secret("FASTSERVICE_POSTGRES_PASSWD", "")),
            database: reader.text("FASTSERVICE_POSTGRES_DB"),
            ssl_mode: reader.checked("FASTSERVICE_POSTGRES_SSL_MODE", "disable", str::parse),
            ssl_root_cert: reader.text("FASTSERVICE_POSTGRES_SSL_ROOT_CERT"),
        }
    }
}

fn size(text: &str) -> Result<u32, String> {
    let size = text.parse().ok().filter(|size| (1..=1000).contains(size));
    size.ok_or_else(|| "a number from 1 to 1000".to_owned())
}

fn size_or_none(text: &str) -> Result<u32, String> {
    let size = text.parse().ok().filter(|size| (0..=1000).contains(size));
    size.ok_or_else(|| "a number from 0 to 1000".to_owned())
}
