use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, PoisonError},
};

use bb8::{ManageConnection, QueueStrategy};
use diesel::SqliteConnection;
use diesel_async::{
    AsyncConnection, TransactionManager, sync_connection_wrapper::SyncConnectionWrapper,
};

use super::{
    OpenError,
    location::Location,
    sqlite,
    worker::{Unfinished, Worker},
};
use crate::settings::DatabaseSettings;

pub(super) type Pool = bb8::Pool<Manager>;
pub(super) type Pooled = bb8::PooledConnection<'static, Manager>;

type Queries = SyncConnectionWrapper<SqliteConnection, Worker>;

pub(super) fn build(location: Location, settings: &DatabaseSettings, health: Health) -> Pool {
    // In memory SQLite has no WAL: readers and writers would refuse each other.
    let max_size = if matches!(location, Location::Memory(_)) { 1 } else { settings.max_size };
    // A connection to a file does not go stale, so that none is closed for its age.
    bb8::Builder::new()
        .max_size(max_size)
        .connection_timeout(settings.timeout)
        .max_lifetime(None)
        .idle_timeout(None)
        .test_on_check_out(false)
        .queue_strategy(QueueStrategy::Lifo)
        .build_unchecked(Manager { location, health })
}

/// Makes the pool's connections, and says which may go back to it.
#[derive(Debug)]
pub(super) struct Manager {
    location: Location,
    health: Health,
}

impl ManageConnection for Manager {
    type Connection = Member;
    type Error = Arc<OpenError>;

    async fn connect(&self) -> Result<Member, Arc<OpenError>> {
        let opened = sqlite::open(self.location.clone()).await.map_err(Arc::new);
        self.health.note(opened.as_ref().err());
        opened.map(Member::new)
    }

    async fn is_valid(&self, _: &mut Member) -> Result<(), Arc<OpenError>> {
        Ok(())
    }

    fn has_broken(&self, member: &mut Member) -> bool {
        std::thread::panicking() || !member.is_free()
    }
}

/// A connection of the pool.
pub(super) struct Member {
    queries: Queries,
    unfinished: Unfinished,
}

impl Member {
    pub(super) fn new(connection: SqliteConnection) -> Self {
        let worker = Worker::default();
        let unfinished = worker.unfinished();
        Self { queries: Queries::with_runtime(connection, worker), unfinished }
    }

    /// Whether no query runs and no transaction is open. The order matters: the
    /// second question panics while a query runs.
    fn is_free(&mut self) -> bool {
        type Transactions = <Queries as AsyncConnection>::TransactionManager;
        self.unfinished.is_none() && !Transactions::is_broken_transaction_manager(&mut self.queries)
    }
}

impl Deref for Member {
    type Target = Queries;

    fn deref(&self) -> &Queries {
        &self.queries
    }
}

impl DerefMut for Member {
    fn deref_mut(&mut self) -> &mut Queries {
        &mut self.queries
    }
}

/// Why the last attempt to connect failed. The pool keeps that to itself: who
/// waits for a connection would only learn that there was none in time.
#[derive(Debug, Clone, Default)]
pub(super) struct Health(Arc<Mutex<Option<Arc<OpenError>>>>);

impl Health {
    pub(super) fn failure(&self) -> Option<Arc<OpenError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, failure: Option<&Arc<OpenError>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = failure.cloned();
    }
}
