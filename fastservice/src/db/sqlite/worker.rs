use std::{error::Error as StdError, future::Future, pin::Pin};

use diesel_async::sync_connection_wrapper::SpawnBlocking;

use crate::db::{pool::Seat, unfinished::Unfinished};

/// Runs the queries of one connection on tokio's threads for blocking work.
///
/// A query cannot be stopped once it runs. diesel-async's own worker therefore
/// blocks the thread that drops a query's future until the query has ended,
/// and panics on a single-threaded runtime. This one lets the query run on and
/// counts it, so that the pool knows which connections are not free yet. It keeps
/// the connection's seat until then, so that the pool opens no other in its place:
/// slow queries that nobody waits for would fill the threads of the whole process.
#[derive(Debug, Default)]
pub struct Worker {
    unfinished: Unfinished,
    seat: Option<Seat>,
}

impl Worker {
    pub(super) fn new(seat: Option<Seat>) -> Self {
        Self { unfinished: Unfinished::default(), seat }
    }

    pub(in crate::db) fn unfinished(&self) -> Unfinished {
        self.unfinished.clone()
    }
}

impl SpawnBlocking for Worker {
    fn spawn_blocking<'a, R: Send + 'static>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> Pin<Box<dyn Future<Output = Result<R, Box<dyn StdError + Send + Sync>>> + Send + 'a>> {
        let (unfinished, seat) = (self.unfinished(), self.seat.clone());
        unfinished.begin();
        let handle = tokio::task::spawn_blocking(move || {
            let _seat = seat;
            let result = task();
            // Not after a panic: nobody knows what state that leaves the connection in.
            unfinished.end();
            result
        });
        Box::pin(async { handle.await.map_err(Into::into) })
    }

    fn get_runtime() -> Self {
        Self::default()
    }
}
