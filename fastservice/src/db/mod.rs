//! The database: a pool of connections that handlers ask for as [`Db`].
//!
//! Queries are diesel's, run by [`diesel_async`]. [`App::database`](crate::App::database)
//! opens the database of the setting `DATABASE_URL` and runs the migrations
//! that are pending before the first request.

mod connection;
mod location;
mod migrations;
mod open_error;
mod pool;
mod sqlite;
mod worker;

use std::{
    fmt,
    sync::{Arc, Mutex},
};

pub use diesel_migrations::EmbeddedMigrations;
use http::header::RETRY_AFTER;

pub use self::{connection::Connection, open_error::OpenError, worker::Worker};
use self::{
    location::Location,
    pool::{Health, Member, Pool},
};
use crate::{
    error::{Error, Result},
    extract::{Argument, FromRequest, Request, State},
    openapi::{Operation, StateType},
    settings::DatabaseSettings,
};

/// The database of the service, as an argument of a handler.
///
/// It is a handle on a pool: taking it costs nothing until a
/// [`connection`](Db::connection) is asked for. A service whose endpoint takes
/// it does not start without [`App::database`](crate::App::database).
///
/// ```
/// use diesel::prelude::*;
/// use diesel_async::RunQueryDsl;
/// use fastservice::prelude::*;
///
/// diesel::table! {
///     items (id) {
///         id -> BigInt,
///         name -> Text,
///     }
/// }
///
/// #[public_api(get = "/items/{id}/name")]
/// async fn item_name(id: i64, db: Db) -> Result<String> {
///     let mut conn = db.connection().await?;
///     let name = items::table.find(id).select(items::name).first(&mut conn).await.optional()?;
///     name.ok_or_else(|| Error::not_found("no item has this id"))
/// }
/// ```
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    pool: Pool,
    location: Location,
    health: Health,
    // A database in memory lives as long as its last connection.
    _keeper: Option<Mutex<diesel::SqliteConnection>>,
}

impl Db {
    /// Whether the setting `DATABASE_URL` names a database; opens nothing.
    pub(crate) fn check(settings: &DatabaseSettings) -> Result<(), OpenError> {
        Location::parse(settings.url.expose()).map(|_| ())
    }

    /// Opens the database, with one connection to see that it can be used.
    ///
    /// # Errors
    /// When the setting `DATABASE_URL` cannot be used: what is wrong, and what to do.
    pub async fn open(settings: &DatabaseSettings) -> Result<Self, OpenError> {
        let location = Location::parse(settings.url.expose())?;
        let first = sqlite::open(location.clone()).await?;
        let health = Health::default();
        let pool = pool::build(location.clone(), settings, health.clone());
        let keeper = match location {
            Location::Memory(_) => Some(first.into()),
            Location::File(_) => {
                // Room for it was made just now; a pool that has none opens its own later.
                let _ = pool.add(Member::new(first));
                None
            }
        };
        Ok(Self(Arc::new(Inner { pool, location, health, _keeper: keeper })))
    }

    /// Runs the migrations that are pending, all or none. Several processes may
    /// do so at once on one database: the first one does the work.
    ///
    /// # Errors
    /// The name of the migration that failed, and why.
    pub async fn migrate(&self, migrations: EmbeddedMigrations) -> Result<(), OpenError> {
        migrations::run(self.0.location.clone(), migrations).await
    }

    /// Takes a connection out of the pool, for as long as the value lives.
    ///
    /// # Errors
    /// 503 `database_busy`, with `Retry-After`, when all are taken for longer
    /// than the setting `DATABASE_TIMEOUT`; 503 `database_unavailable` when no
    /// connection can be made.
    ///
    /// # Cancellation
    /// Dropping the future leaves nothing behind.
    pub async fn connection(&self) -> Result<Connection> {
        match self.0.pool.get_owned().await {
            Ok(pooled) => Ok(Connection::new(pooled)),
            Err(bb8::RunError::User(source)) => Err(unavailable(source)),
            Err(bb8::RunError::TimedOut) => {
                Err(self.0.health.failure().map_or_else(busy, unavailable))
            }
        }
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db").field("location", &self.0.location).finish_non_exhaustive()
    }
}

impl FromRequest for Db {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        let state: State<Self> = request.extract().await?;
        Ok(Self::clone(&state))
    }

    fn describe(operation: &mut Operation, _: Argument) {
        operation.states.push(StateType::given_by::<Self>("Db", ".database(MIGRATIONS)"));
    }
}

/// How soon a client should try again: connections are held for single requests.
const SECONDS_TO_WAIT: u16 = 1;

fn busy() -> Error {
    Error::unavailable("the database has too much to do; try again later")
        .with_code("database_busy")
        .with_header(RETRY_AFTER, SECONDS_TO_WAIT.into())
}

fn unavailable(source: impl Into<crate::error::BoxError>) -> Error {
    Error::unavailable("the database cannot be reached; try again later")
        .with_code("database_unavailable")
        .with_header(RETRY_AFTER, SECONDS_TO_WAIT.into())
        .with_source(source)
}

#[cfg(test)]
mod tests;
