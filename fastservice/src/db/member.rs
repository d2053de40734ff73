use diesel::QueryResult;
use diesel_async::SimpleAsyncConnection;

use super::{postgres, sqlite};

/// A connection of the pool.
pub(super) enum Member {
    Sqlite(sqlite::Member),
    // Boxed, because the other is small.
    Postgres(Box<postgres::Member>),
}

/// What a transaction sees of those beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Isolation {
    /// What the database does unless told otherwise.
    Usual,
    /// As if it were alone.
    Serializable,
}

impl Member {
    /// Whether no query runs and no transaction is open, so that another request may have it.
    pub(super) fn is_free(&mut self) -> bool {
        match self {
            Self::Sqlite(member) => member.is_free(),
            Self::Postgres(member) => member.is_free(),
        }
    }

    /// Whether a statement has clashed with others since this was asked last.
    pub(super) fn take_clash(&mut self) -> bool {
        match self {
            Self::Sqlite(member) => member.take_clash(),
            Self::Postgres(member) => member.take_clash(),
        }
    }

    /// It is not handed on to another request.
    pub(super) fn keep_out(&mut self) {
        match self {
            Self::Sqlite(member) => member.keep_out(),
            Self::Postgres(member) => member.keep_out(),
        }
    }

    /// Whether the database has not closed it.
    pub(super) async fn is_alive(&mut self) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(member) => member.is_alive().await,
        }
    }

    /// Waits for an answer of the database.
    pub(super) async fn ping(&mut self) -> QueryResult<()> {
        match self {
            // Reads the file.
            Self::Sqlite(member) => member.queries().batch_execute("PRAGMA schema_version").await,
            Self::Postgres(member) => member.batch_execute("SELECT 1").await,
        }
    }

    /// Inside of another transaction it is a savepoint, but not one that wants to be alone.
    pub(super) async fn begin(&mut self, isolation: Isolation) -> QueryResult<()> {
        match self {
            Self::Sqlite(member) => member.begin(isolation).await,
            Self::Postgres(member) => member.begin(isolation).await,
        }
    }

    pub(super) async fn commit(&mut self) -> QueryResult<()> {
        match self {
            Self::Sqlite(member) => member.commit().await,
            Self::Postgres(member) => member.commit().await,
        }
    }

    pub(super) async fn roll_back(&mut self) -> QueryResult<()> {
        match self {
            Self::Sqlite(member) => member.roll_back().await,
            Self::Postgres(member) => member.roll_back().await,
        }
    }
}

/// Whether plain SQL may leave a transaction open, which the connection does not tell.
pub(super) fn may_open_transaction(sql: &str) -> bool {
    let mut words = sql.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| {
        ["begin", "start", "savepoint"].iter().any(|open| open.eq_ignore_ascii_case(word))
    })
}
