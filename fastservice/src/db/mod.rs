//! The database: a pool of connections that handlers ask for as [`Db`].
//!
//! It is SQLite or, with the feature `postgres`, PostgreSQL: the setting
//! `DATABASE_URL` says which, at start. Queries are diesel's, run by
//! [`diesel_async`], and written once for both; each sees the same
//! [`Connection`]. [`App::database`](crate::App::database) opens the database
//! and runs the [`Migrations`] that are pending before the first request.

mod backend;
mod connection;
mod constraint;
pub(crate) mod failure;
mod location;
mod member;
mod migrations;
mod open_error;
mod pool;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(not(feature = "postgres"))]
#[path = "no_postgres.rs"]
mod postgres;
mod rows;
mod sqlite;
mod state;
mod transaction;
mod translated;
mod unfinished;

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

pub use diesel_migrations::EmbeddedMigrations;
use tokio::time::{Instant, sleep};

pub use self::{
    backend::{MultiBackend as Backend, MultiField, MultiRawValue},
    connection::Connection,
    constraint::{Constraint, ConstraintExt, ConstraintKind},
    migrations::Migrations,
    open_error::OpenError,
    postgres::Queries as PostgresConnection,
    rows::{Row, Rows},
    sqlite::Queries as SqliteConnection,
    state::PoolState,
};
use self::{
    location::Location,
    member::Member,
    migrations::Pending,
    open_error::Outlook,
    pool::{Health, Pool, Seat, Seats},
    state::Waiting,
};
use crate::{
    error::{Error, Result},
    extract::{Argument, FromRequest, Request, State},
    openapi::{Operation, StateType},
    settings::DatabaseSettings,
};

/// How long a request waits to see a database come back that was down a moment ago.
const PATIENCE: Duration = Duration::from_millis(250);

/// How often a start asks for a database that is down.
const START_INTERVAL: Duration = Duration::from_millis(500);

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
    waiting: Waiting,
    // A database in memory lives as long as its last connection.
    _keeper: Option<Mutex<Member>>,
}

impl Db {
    /// Whether the settings name a database; opens nothing.
    pub(crate) fn check(settings: &DatabaseSettings) -> Result<(), OpenError> {
        Location::of(settings).map(|_| ())
    }

    /// Opens the database, with one connection to see that it can be used. For
    /// one that is down it waits, as long as the setting `DATABASE_START_TIMEOUT` says.
    ///
    /// # Errors
    /// When the database cannot be used: what is wrong, and what to do.
    pub async fn open(settings: &DatabaseSettings) -> Result<Self, OpenError> {
        let location = Location::of(settings)?;
        let is_in_memory = matches!(&location, Location::Sqlite(place) if place.is_in_memory());
        let seats = Seats::of(&location, settings);
        let seat = if is_in_memory { None } else { seats.take().await };
        let first = first(&location, seat, settings.start_timeout).await?;
        let health = Health::default();
        let pool = pool::build(location.clone(), settings, health.clone(), seats);
        let keeper = if is_in_memory {
            Some(first.into())
        } else {
            // Room for it was made just now; a pool that has none opens its own later.
            let _ = pool.add(first);
            None
        };
        let waiting = Waiting::default();
        Ok(Self(Arc::new(Inner { pool, location, health, waiting, _keeper: keeper })))
    }

    /// Runs the migrations that are pending, all or none, and returns their names.
    /// Several processes may do so at once on one database: the first one does
    /// the work.
    ///
    /// # Errors
    /// The name of the migration that failed, and why.
    pub async fn migrate(
        &self,
        migrations: impl Into<Migrations>,
    ) -> Result<Vec<String>, OpenError> {
        let names = self.0.location.migrate(&migrations.into(), Pending::Run).await?;
        for migration in &names {
            tracing::info!(migration, "migration applied");
        }
        Ok(names)
    }

    /// The names of the migrations that are pending.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn pending(
        &self,
        migrations: impl Into<Migrations>,
    ) -> Result<Vec<String>, OpenError> {
        self.0.location.migrate(&migrations.into(), Pending::List).await
    }

    /// The names of the migrations that are pending in a database that stays as it is, also
    /// if it is not there yet.
    pub(crate) async fn pending_in(
        settings: &DatabaseSettings,
        migrations: Migrations,
    ) -> Result<Vec<String>, OpenError> {
        let location = Location::of(settings)?;
        if let Location::Postgres(_) = location {
            first(&location, None, settings.start_timeout).await?;
        }
        location.migrate(&migrations, Pending::List).await
    }

    /// Takes a connection out of the pool, for as long as the value lives.
    ///
    /// # Errors
    /// 503 `database_busy`, with `Retry-After`, when all are taken for longer
    /// than the setting `DATABASE_TIMEOUT`; 503 `database_unavailable`, at once, when
    /// there is none and none can be made.
    ///
    /// # Cancellation
    /// Dropping the future leaves nothing behind.
    pub async fn connection(&self) -> Result<Connection> {
        let Inner { pool, health, waiting, .. } = &*self.0;
        let _waits = waiting.one();
        let down = || health.failure().filter(|_| pool.state().connections == 0);
        let mut failures = health.failures();
        let got = pool.get_owned();
        tokio::pin!(got);
        // While the database is known to be down, this request's own attempt may find it back.
        let mut is_patient = down().is_some();
        let patience = sleep(PATIENCE);
        tokio::pin!(patience);
        loop {
            tokio::select! {
                biased;
                got = &mut got => return got.map(Connection::new).map_err(|_| match down() {
                    Some(failure) => refused(failure),
                    None => failure::busy(),
                }),
                _ = failures.next() => {}
                () = &mut patience, if is_patient => is_patient = false,
            }
            // Connections that live will serve this request too.
            if let Some(failure) = down() {
                return Err(refused(failure));
            }
        }
    }

    /// Asks the database for an answer: whether it is there. A pool whose
    /// connections are all in use is no reason to say no.
    ///
    /// # Errors
    /// 503 `database_unavailable`.
    ///
    /// # Cancellation
    /// Dropping the future leaves nothing behind: give it a time limit.
    pub async fn ping(&self) -> Result<()> {
        if self.state().idle > 0 {
            let mut conn = self.connection().await?;
            return conn.member()?.ping().await.map_err(lost);
        }
        // Beside the pool, whose requests this must not tell of a failure.
        match self.0.location.open(None).await {
            Ok(mut member) => member.ping().await.map_err(lost),
            // It says so itself: it is there.
            Err(failure) if failure.outlook() == Outlook::Full => Ok(()),
            Err(failure) => Err(refused(failure.into())),
        }
    }

    /// The pool at this moment, for metrics.
    #[must_use]
    pub fn state(&self) -> PoolState {
        let state = self.0.pool.state();
        PoolState {
            size: state.connections,
            idle: state.idle_connections,
            in_use: state.connections.saturating_sub(state.idle_connections),
            max_size: self.0.pool.config().max_size,
            waiting: self.0.waiting.count(),
        }
    }
}

async fn first(
    location: &Location,
    seat: Option<Seat>,
    limit: Duration,
) -> Result<Member, OpenError> {
    let end = Instant::now() + limit;
    loop {
        match location.open(seat.clone()).await {
            Err(error) if error.outlook() != Outlook::Lasting && Instant::now() < end => {
                tracing::warn!(cause = crate::error::chain(&error), "waiting for the database");
            }
            opened => return opened,
        }
        sleep(START_INTERVAL).await;
    }
}

fn refused(failure: Arc<OpenError>) -> Error {
    match failure.outlook() {
        Outlook::Full => failure::busy().with_source(failure),
        _ => failure::unavailable().with_source(failure),
    }
}

fn lost(error: diesel::result::Error) -> Error {
    failure::unavailable().with_source(error)
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

#[cfg(test)]
mod tests;
