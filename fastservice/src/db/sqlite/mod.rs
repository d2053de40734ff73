//! SQLite: what every connection is set to, and what one of the pool can do.

mod member;
mod migrations;
mod place;
mod worker;

use std::{path::Path, thread, time::Duration};

use diesel::{
    Connection, QueryResult, SqliteConnection, connection::SimpleConnection,
    result::Error as QueryError,
};

use self::worker::Worker;
pub(super) use self::{member::Member, migrations::run as migrate, place::Place};
use super::OpenError;

/// The connection to SQLite that queries take.
pub type Queries =
    diesel_async::sync_connection_wrapper::SyncConnectionWrapper<SqliteConnection, Worker>;

/// How long a writer waits for another one.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a connection tries to turn a new file to WAL within that time.
const ATTEMPTS: u32 = 50;

/// Opens a connection on a thread for blocking work.
pub(super) async fn open(place: Place) -> Result<SqliteConnection, OpenError> {
    blocking(move || connect(&place)).await
}

/// Runs work on files and connections without blocking the requests of this thread.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OpenError> + Send + 'static,
) -> Result<T, OpenError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|source| {
        Err(OpenError::new("the database cannot be opened").with_source(source))
    })
}

/// Opens a connection. Blocks.
fn connect(place: &Place) -> Result<SqliteConnection, OpenError> {
    if let Place::File(path) = place {
        check_folder(path)?;
    }
    let mut connection = SqliteConnection::establish(&place.to_sqlite_name())
        .map_err(|source| unusable(place).with_source(source))?;
    configure(&mut connection).map_err(|source| unusable(place).with_source(source))?;
    Ok(connection)
}

/// Opens a connection that changes nothing, if there is a database. Blocks.
fn connect_to_read(place: &Place) -> Result<Option<SqliteConnection>, OpenError> {
    let Place::File(path) = place else { return connect(place).map(Some) };
    if !path.exists() {
        return Ok(None);
    }
    let connection = SqliteConnection::establish(&place.to_reading_name())
        .map_err(|source| unusable(place).with_source(source))?;
    Ok(Some(connection))
}

/// Readers go on while one writes (WAL), which `synchronous = NORMAL` makes
/// durable but for the last moments before a power cut.
fn configure(connection: &mut SqliteConnection) -> QueryResult<()> {
    let milliseconds = BUSY_TIMEOUT.as_millis();
    connection.batch_execute(&format!("PRAGMA busy_timeout = {milliseconds}"))?;
    turn_to_wal(connection)?;
    connection.batch_execute("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON")
}

/// Does not wait by itself, whatever the time limit, while others turn a new file to WAL too.
fn turn_to_wal(connection: &mut SqliteConnection) -> QueryResult<()> {
    const TURN: &str = "PRAGMA journal_mode = WAL";
    for _ in 1..ATTEMPTS {
        match connection.batch_execute(TURN) {
            Err(error) if is_locked(&error) => thread::sleep(BUSY_TIMEOUT / ATTEMPTS),
            done => return done,
        }
    }
    connection.batch_execute(TURN)
}

/// diesel tells this error of SQLite by its text only.
fn is_locked(error: &QueryError) -> bool {
    matches!(error, QueryError::DatabaseError(_, info) if info.message() == "database is locked")
}

fn check_folder(path: &Path) -> Result<(), OpenError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    if folder.is_dir() {
        return Ok(());
    }
    Err(OpenError::new(format!(
        "the folder `{}` of the database does not exist; create it, or set DATABASE_URL",
        folder.display()
    )))
}

fn unusable(place: &Place) -> OpenError {
    OpenError::new(match place {
        Place::Memory(_) => "the database in memory cannot be opened".to_owned(),
        Place::File(path) => format!(
            "the database `{}` cannot be opened; it must be a file of SQLite in a folder that the \
             service may write to, or set DATABASE_URL",
            path.display()
        ),
    })
}
