//! What an error of the database means to a client, and to who tries again.

use std::{error::Error as StdError, fmt};

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

fn not_kept() -> Error {
    Error::unprocessable("a text has the character U+0000, which the database does not keep")
        .with_code("nul_in_text")
}

/// A text that PostgreSQL does not take, found before it is sent.
#[derive(Debug)]
pub(super) struct NulInText;

impl fmt::Display for NulInText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text has the character U+0000, which PostgreSQL does not keep")
    }
}

impl StdError for NulInText {}

/// What happened, as far as a client is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// The connection or the server went away.
    Gone,
    /// Others were first; the same may work in a moment.
    Clash,
    /// A statement ran into its time limit.
    Slow,
    /// It was given a text that it does not keep.
    Text,
}

/// Turns a 500 whose cause passes by itself into a 503 that says so, and one whose cause
/// is a text of the client's into a 422.
pub(crate) fn explained(error: Error) -> Error {
    let explained = match trouble(&error) {
        Some(Trouble::Gone) => unavailable(),
        Some(Trouble::Clash) => busy(),
        Some(Trouble::Slow) => too_slow(),
        Some(Trouble::Text) => not_kept(),
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
    let (kind, info) = match cause {
        QueryError::DatabaseError(kind, info) => (kind, info),
        QueryError::SerializationError(source) if source.is::<NulInText>() => {
            return Some(Trouble::Text);
        }
        _ => return None,
    };
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
        // In JSON it is written `\u0000`.
        "unsupported Unicode escape sequence" => Some(Trouble::Text),
        message if message.starts_with("invalid byte sequence for encoding") => Some(Trouble::Text),
        message if message.starts_with("terminating connection") => Some(Trouble::Gone),
        _ => None,
    }
}
