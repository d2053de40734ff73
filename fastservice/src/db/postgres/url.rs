//! What a URL of PostgreSQL may say.

use tokio_postgres::Config;

use super::tls::RootCert;
use crate::{db::OpenError, settings::SslMode};

/// Beside `sslmode` and `sslrootcert`, those of tokio-postgres.
const PARAMETERS: [&str; 18] = [
    "sslnegotiation",
    "user",
    "password",
    "dbname",
    "options",
    "application_name",
    "host",
    "hostaddr",
    "port",
    "connect_timeout",
    "tcp_user_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "target_session_attrs",
    "channel_binding",
    "load_balance_hosts",
];

/// What `DATABASE_URL` says.
pub(super) struct Url {
    pub(super) config: Config,
    pub(super) ssl_mode: Option<SslMode>,
    pub(super) ssl_root_cert: Option<RootCert>,
}

impl Url {
    /// Reads a URL such as `postgres://USER:PASSWORD@HOST:PORT/NAME?sslmode=require`.
    ///
    /// # Errors
    /// What is wrong with it. Nothing of it is repeated: any part may be one of a
    /// password with a character that was not written as `%..`.
    pub(super) fn parse(url: &str) -> Result<Self, OpenError> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let (_, base) = base.split_once("://").ok_or_else(unreadable)?;
        let (mut ssl_mode, mut ssl_root_cert, mut rest) = (None, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or_else(unreadable)?;
            match name {
                "sslmode" => ssl_mode = Some(value.parse().map_err(unknown_mode)?),
                "sslrootcert" => ssl_root_cert = Some(RootCert::of_url(decoded(value))),
                name if PARAMETERS.contains(&name) => rest.push(pair),
                _ => return Err(unknown_parameter()),
            }
        }
        let config = format!("postgres://{base}?{}", rest.join("&"));
        let config = config.parse().map_err(|_| unreadable())?;
        Ok(Self { config, ssl_mode, ssl_root_cert })
    }
}

fn unreadable() -> OpenError {
    OpenError::new(
        "DATABASE_URL cannot be read; write `postgres://USER:PASSWORD@HOST:PORT/NAME`, with `%40` \
         for a `@` of the password, or set FASTSERVICE_POSTGRES_HOST and those beside it instead",
    )
}

fn unknown_parameter() -> OpenError {
    OpenError::new(format!(
        "a parameter of DATABASE_URL is unknown; known are sslmode, sslrootcert, {}",
        PARAMETERS.join(", ")
    ))
}

#[allow(clippy::needless_pass_by_value, reason = "an error is handed over")]
fn unknown_mode(expected: String) -> OpenError {
    OpenError::new(format!("the `sslmode` of DATABASE_URL is unknown; expected {expected}"))
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}
