//! Settings: read once at start, typed, with every mistake reported at once.

mod reader;
mod units;

use std::{net::IpAddr, path::PathBuf, time::Duration};

use self::reader::{Reader, one_of};
pub use self::reader::{Setting, SettingsError, Source};
use crate::secret::Secret;

/// A build with the development issuer is a development build: it listens on
/// loopback and issues its own tokens unless told otherwise.
pub(crate) const IS_DEVELOPMENT: bool = cfg!(feature = "dev-issuer");

/// The settings of a service. Names are those of the environment, in any case.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// `SERVICE_NAME` (`service`): what the service calls itself, also the realm of challenges.
    pub service_name: String,
    /// `SERVICE_DESCRIPTION` (empty): one sentence about it.
    pub service_description: String,
    /// `LOGGING_LEVEL` (`info`): `off`, `error`, `warn`, `info`, `debug`, `trace`, or a
    /// directive such as `info,my_service=debug`.
    pub logging_level: String,
    /// Where and how it listens.
    pub server: ServerSettings,
    /// How requests are read and answered.
    pub http: HttpSettings,
    /// Whose tokens it accepts.
    pub auth: AuthSettings,
    /// Where its data is.
    pub database: DatabaseSettings,
    shown: Vec<Setting>,
}

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

/// How requests are read and answered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HttpSettings {
    /// `PUBLIC_PREFIX` (none): what comes before the paths of public endpoints.
    pub public_prefix: Option<String>,
    /// `PRIVATE_PREFIX` (none): what comes before the paths of private endpoints.
    pub private_prefix: Option<String>,
    /// `ERROR_FORMAT` (`problem`): `problem`, `fastapi` or `fastservice`.
    pub error_format: ErrorFormat,
    /// `ERROR_INPUT` (`false`): whether a 422 shows the rejected input, secrets never.
    pub error_input: bool,
    /// `BODY_LIMIT` (`2MiB`): the largest body; an endpoint's `body_limit` goes before it.
    pub body_limit: usize,
    /// `BODY_TIMEOUT` (`30s`): how long a body may take to arrive, and a second more for
    /// each KiB of it that has.
    pub body_timeout: Duration,
}

/// The form of error bodies: the setting `ERROR_FORMAT`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorFormat {
    /// RFC 9457: `application/problem+json` with `error`, `request_id` and `errors`.
    #[default]
    Problem,
    /// FastAPI's: `{"detail": …}`, a list for wrong input.
    FastApi,
    /// The Python FastService's: `{"error": "…"}`.
    FastService,
}

/// Whose tokens the service accepts.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AuthSettings {
    /// `AUTH0_DOMAIN` (none): the tenant, for example `example.eu.auth0.com`. The
    /// issuer of its tokens is `https://AUTH0_DOMAIN/`. Without it a development
    /// build issues its own.
    pub auth0_domain: Option<String>,
    /// `API_IDENTIFIER` (none): the audience, as registered with the tenant.
    pub api_identifier: Option<String>,
    /// `ALGORITHMS` (`RS256`): signature algorithms, separated by blanks.
    pub algorithms: Vec<String>,
    /// `M2M_USER` (none; `dev-client` in a development build): client ids of machines, separated by blanks, for `m2m` endpoints.
    pub m2m_users: Vec<String>,
    /// `JWKS_FILE` (none): a file with the tenant's JWKS document.
    pub jwks_file: Option<PathBuf>,
    /// `TOKEN_LEEWAY` (`5s`): how far clocks may differ, at most `300s`.
    pub token_leeway: Duration,
}

/// Where the service's data is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DatabaseSettings {
    /// `DATABASE_URL` (`sqlite:SERVICE_NAME.db`): the database. It may hold a password.
    pub url: Secret<String>,
    /// `DATABASE_MAX_SIZE` (8): connections at once.
    pub max_size: u32,
    /// `DATABASE_TIMEOUT` (`5s`): how long a request waits for a connection.
    pub timeout: Duration,
}

impl Settings {
    /// Reads the settings from the environment of the process.
    ///
    /// # Errors
    /// Every mistake at once: the name, what was wrong, what is expected.
    pub fn from_environment() -> Result<Self, SettingsError> {
        Self::from_source(Source::environment())
    }

    /// Reads the settings from pairs of name and value, for tests.
    ///
    /// # Errors
    /// As [`from_environment`](Self::from_environment).
    pub fn from_pairs<'p>(
        pairs: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<Self, SettingsError> {
        Self::from_source(Source::pairs(pairs))
    }

    /// Reads the settings from a source.
    ///
    /// # Errors
    /// As [`from_environment`](Self::from_environment).
    pub fn from_source(source: Source) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(source);
        let service_name = reader.checked("SERVICE_NAME", "service", |text| Ok(text.to_owned()));
        let settings = Self {
            service_description: reader.text("SERVICE_DESCRIPTION").unwrap_or_default(),
            logging_level: reader.checked("LOGGING_LEVEL", "info", units::level),
            server: ServerSettings::read(&mut reader),
            http: HttpSettings::read(&mut reader),
            auth: AuthSettings::read(&mut reader),
            database: DatabaseSettings::read(&mut reader, &service_name),
            service_name,
            shown: Vec::new(),
        };
        let shown = reader.finish()?;
        Ok(Self { shown, ..settings })
    }

    /// The effective settings and where each came from, secrets masked.
    #[must_use]
    pub fn shown(&self) -> &[Setting] {
        &self.shown
    }
}

impl ServerSettings {
    fn read(reader: &mut Reader) -> Self {
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
            shutdown_timeout: reader.checked("SHUTDOWN_TIMEOUT", "30s", units::duration),
        }
    }
}

impl HttpSettings {
    fn read(reader: &mut Reader) -> Self {
        Self {
            public_prefix: reader.text("PUBLIC_PREFIX"),
            private_prefix: reader.text("PRIVATE_PREFIX"),
            error_format: reader.checked("ERROR_FORMAT", "problem", |text| {
                one_of(
                    text,
                    &[
                        ("problem", ErrorFormat::Problem),
                        ("fastapi", ErrorFormat::FastApi),
                        ("fastservice", ErrorFormat::FastService),
                    ],
                )
            }),
            error_input: reader.checked("ERROR_INPUT", "false", |text| {
                one_of(text, &[("true", true), ("false", false)])
            }),
            body_limit: reader.checked("BODY_LIMIT", "2MiB", units::bytes),
            body_timeout: reader.checked("BODY_TIMEOUT", "30s", units::duration),
        }
    }
}

impl AuthSettings {
    fn read(reader: &mut Reader) -> Self {
        Self {
            auth0_domain: reader.optional("AUTH0_DOMAIN", units::host),
            api_identifier: reader.text("API_IDENTIFIER"),
            algorithms: reader.words("ALGORITHMS", "RS256"),
            m2m_users: reader.words("M2M_USER", if IS_DEVELOPMENT { "dev-client" } else { "" }),
            jwks_file: reader.text("JWKS_FILE").map(PathBuf::from),
            token_leeway: reader.checked("TOKEN_LEEWAY", "5s", units::duration),
        }
    }
}

impl DatabaseSettings {
    fn read(reader: &mut Reader, service_name: &str) -> Self {
        Self {
            url: Secret::new(reader.secret("DATABASE_URL", &format!("sqlite:{service_name}.db"))),
            max_size: reader.checked("DATABASE_MAX_SIZE", "8", |text| {
                let size = text.parse().ok().filter(|size| (1..=1000).contains(size));
                size.ok_or_else(|| "a number from 1 to 1000".to_owned())
            }),
            timeout: reader.checked("DATABASE_TIMEOUT", "5s", units::duration),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_a_default() {
        let settings = Settings::from_pairs([]).unwrap();

        assert_eq!(settings.server.port, 8000);
        assert_eq!(settings.http.body_limit, 2 * 1024 * 1024);
        assert!(settings.shown().iter().all(|setting| setting.origin() == "default"));
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let wrong =
            [("PORT", "x"), ("error_format", "xml"), ("BODY_LIMIT", "-1"), ("THREADS", "0")];

        let error = Settings::from_pairs(wrong).unwrap_err().to_string();

        for name in ["PORT", "ERROR_FORMAT", "BODY_LIMIT", "THREADS"] {
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn secrets_are_masked() {
        let url = "postgres://me:hunter2@db/app";

        let settings = Settings::from_pairs([("DATABASE_URL", url)]).unwrap();

        assert_eq!(settings.database.url.expose(), url);
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
