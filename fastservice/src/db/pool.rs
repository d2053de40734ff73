use std::sync::Arc;

use bb8::{ManageConnection, QueueStrategy};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::{OpenError, location::Location, member::Member};
use crate::settings::DatabaseSettings;

pub(super) type Pool = bb8::Pool<Manager>;
pub(super) type Pooled = bb8::PooledConnection<'static, Manager>;

/// A place in the pool. On SQLite it is taken until the last query of a connection has
/// ended, also after the connection was closed.
pub(super) type Seat = Arc<OwnedSemaphorePermit>;

/// As many seats as the pool has connections.
#[derive(Debug, Clone)]
pub(super) struct Seats {
    free: Arc<Semaphore>,
    count: u32,
}

impl Seats {
    pub(super) fn of(location: &Location, settings: &DatabaseSettings) -> Self {
        let count = match location {
            // In memory SQLite has no WAL: readers and writers would refuse each other.
            Location::Sqlite(place) if place.is_in_memory() => 1,
            _ => settings.max_size,
        };
        Self { free: Arc::new(Semaphore::new(count as usize)), count }
    }

    pub(super) async fn take(&self) -> Option<Seat> {
        // It fails only if it were closed.
        self.free.clone().acquire_owned().await.ok().map(Arc::new)
    }
}

pub(super) fn build(
    location: Location,
    settings: &DatabaseSettings,
    health: Health,
    seats: Seats,
) -> Pool {
    let max_size = seats.count;
    let builder = bb8::Builder::new()
        .max_size(max_size)
        .connection_timeout(settings.timeout)
        // A failure is told to who waits, who decides.
        .retry_connection(false)
        .test_on_check_out(true)
        .queue_strategy(QueueStrategy::Lifo);
    let builder = match location {
        // A connection to a file does not go stale, so that none is closed for its age.
        Location::Sqlite(_) => builder.max_lifetime(None).idle_timeout(None),
        Location::Postgres(_) => builder
            .min_idle(settings.min_size.min(max_size))
            .max_lifetime(settings.max_lifetime)
            .idle_timeout(settings.idle_timeout),
    };
    builder.build_unchecked(Manager { location, health, seats })
}

/// Makes the pool's connections, and says which may go back to it.
#[derive(Debug)]
pub(super) struct Manager {
    location: Location,
    health: Health,
    seats: Seats,
}

impl ManageConnection for Manager {
    type Connection = Member;
    type Error = Arc<OpenError>;

    async fn connect(&self) -> Result<Member, Arc<OpenError>> {
        let seat = self.seats.take().await;
        let opened = self.location.open(seat).await.map_err(Arc::new);
        self.health.note(opened.as_ref().err());
        opened
    }

    async fn is_valid(&self, member: &mut Member) -> Result<(), Arc<OpenError>> {
        if member.is_alive().await {
            return Ok(());
        }
        Err(Arc::new(OpenError::new("the database closed a connection")))
    }

    fn has_broken(&self, member: &mut Member) -> bool {
        std::thread::panicking() || !member.is_free()
    }
}

/// Whether the last attempt to connect failed, and why. The pool keeps that to
/// itself: who waits for a connection would only learn that there was none in time.
#[derive(Debug, Clone)]
pub(super) struct Health(watch::Sender<Option<Arc<OpenError>>>);

impl Default for Health {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Health {
    /// Why the database cannot be reached.
    pub(super) fn failure(&self) -> Option<Arc<OpenError>> {
        self.0.borrow().clone()
    }

    /// The failures from now on.
    pub(super) fn failures(&self) -> Failures {
        Failures(self.0.subscribe())
    }

    fn note(&self, failure: Option<&Arc<OpenError>>) {
        let Some(failure) = failure else {
            if self.0.send_if_modified(|failure| failure.take().is_some()) {
                tracing::info!("connected to the database again");
            }
            return;
        };
        if self.0.send_replace(Some(failure.clone())).is_none() {
            let cause = crate::error::chain(&**failure);
            tracing::warn!(cause, "cannot connect to the database");
        }
    }
}

/// Attempts to connect that fail, one after the other.
pub(super) struct Failures(watch::Receiver<Option<Arc<OpenError>>>);

impl Failures {
    /// Waits for the next one.
    pub(super) async fn next(&mut self) -> Arc<OpenError> {
        loop {
            if self.0.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            if let Some(failure) = self.0.borrow_and_update().clone() {
                return failure;
            }
        }
    }
}
