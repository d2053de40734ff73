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
    let explained = match cause(&error).and_then(trouble_of) {
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
pub(super) fn is_clash(error: &QueryError) -> bool {
    trouble_of(error) == Some(Trouble::Clash)
}

/// The error of the database that became a 500, also below errors of the service's own.
pub(super) fn cause(error: &Error) -> Option<&QueryError> {
    if error.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return None;
    }
    let mut causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.find_map(|cause| cause.downcast_ref())
}

fn trouble_of(error: &QueryError) -> Option<Trouble> {
    let (kind, info) = match error {
        QueryError::DatabaseError(kind, info) => (kind, info),
        QueryError::RollbackErrorOnCommit { commit_error, .. } => return trouble_of(commit_error),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// An error of a service's own, as they are made around others.
    #[derive(Debug)]
    struct NotKept(QueryError);

    impl fmt::Display for NotKept {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the order is not kept")
        }
    }

    impl StdError for NotKept {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&self.0)
        }
    }

    fn of_database(kind: Kind, text: &str) -> QueryError {
        QueryError::DatabaseError(kind, Box::new(text.to_owned()))
    }

    #[test]
    fn a_cause_below_an_error_of_the_service_is_explained() {
        let locked = NotKept(of_database(Kind::Unknown, "deadlock detected"));

        let error = explained(Error::internal(locked));

        assert_eq!((error.status().as_u16(), error.code()), (503, "database_busy"));
        assert_eq!(error.chain(), "the order is not kept: deadlock detected");
    }

    #[test]
    fn an_answer_that_the_service_chose_stays() {
        let gone = of_database(Kind::ClosedConnection, "gone");

        let error = explained(Error::conflict("no").with_source(NotKept(gone)));

        assert_eq!(error.code(), "conflict");
    }
}
