//! What an error of the database means to a client, and to who tries again.

use diesel::result::{DatabaseErrorKind as Kind, Error as QueryError};
use http::{HeaderValue, StatusCode, header::RETRY_AFTER};

use crate::error::Error;

/// How soon a client should try again: connections are held for single requests.
const SECONDS_TO_WAIT: HeaderValue = HeaderValue::from_static("1");

pub(super) fn busy() -> Error {
    Error::unavailable("the database has too much to do; try again later")
        .with_code("database_busy")
        .with_header(RETRY_AFTER, SECONDS_TO_WAIT)
}

pub(super) fn unavailable() -> Error {
    Error::unavailable("the database cannot be reached; try again later")
        .with_code("database_unavailable")
        .with_header(RETRY_AFTER, SECONDS_TO_WAIT)
}

fn too_slow() -> Error {
    Error::unavailable("the database took longer than its time limit; try again later")
        .with_code("database_timeout")
        .with_header(RETRY_AFTER, SECONDS_TO_WAIT)
}

/// What happened, as far as a client is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// The connection or the server went away.
    Gone,
    /// Others were first; the same may work in a moment.
    Clash,
    /// A statement ran into its time limit.
    Slow,
}

/// Turns a 500 whose cause passes by itself into a 503 that says so.
pub(crate) fn explained(error: Error) -> Error {
    let explained = match trouble(&error) {
        Some(Trouble::Gone) => unavailable(),
        Some(Trouble::Clash) => busy(),
        Some(Trouble::Slow) => too_slow(),
        None => return error,
    };
    match error.into_source() {
        Some(source) => explained.with_source(source),
        None => explained,
    }
}

/// Whether the same transaction may succeed if it runs again.
pub(super) fn is_clash(error: &Error) -> bool {
    // The second has been explained already.
    trouble(error) == Some(Trouble::Clash) || error.code() == "database_busy"
}

fn trouble(error: &Error) -> Option<Trouble> {
    if error.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return None;
    }
    let cause = error.source()?.downcast_ref::<QueryError>()?;
    let QueryError::DatabaseError(kind, info) = cause else { return None };
    match kind {
        Kind::UnableToSendCommand | Kind::ClosedConnection => Some(Trouble::Gone),
        Kind::SerializationFailure => Some(Trouble::Clash),
        Kind::Unknown => of_message(info.message()),
        _ => None,
    }
}

/// diesel hands out no code of these errors. PostgreSQL writes them in the language of
/// its `lc_messages`; in another one than English they stay 500.
fn of_message(message: &str) -> Option<Trouble> {
    match message {
        "database is locked" | "database table is locked" | "deadlock detected" => {
            Some(Trouble::Clash)
        }
        "canceling statement due to statement timeout"
        | "canceling statement due to lock timeout" => Some(Trouble::Slow),
        message if message.starts_with("terminating connection") => Some(Trouble::Gone),
        _ => None,
    }
}
