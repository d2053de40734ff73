use std::{
    error::Error as StdError,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use diesel_async::sync_connection_wrapper::SpawnBlocking;

/// Runs the queries of one connection on tokio's threads for blocking work.
///
/// A query cannot be stopped once it runs. diesel-async's own worker therefore
/// blocks the thread that drops a query's future until the query has ended,
/// and panics on a single-threaded runtime. This one lets the query run on and
/// counts it, so that the pool knows which connections are not free yet.
#[derive(Debug, Default)]
pub struct Worker {
    unfinished: Unfinished,
}

/// How many queries of one connection were begun and not finished.
#[derive(Debug, Clone, Default)]
pub(super) struct Unfinished(Arc<AtomicUsize>);

impl Unfinished {
    pub(super) fn is_none(&self) -> bool {
        self.0.load(Ordering::Acquire) == 0
    }
}

impl Worker {
    pub(super) fn unfinished(&self) -> Unfinished {
        self.unfinished.clone()
    }
}

impl SpawnBlocking for Worker {
    fn spawn_blocking<'a, R: Send + 'static>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> Pin<Box<dyn Future<Output = Result<R, Box<dyn StdError + Send + Sync>>> + Send + 'a>> {
        let unfinished = self.unfinished();
        unfinished.0.fetch_add(1, Ordering::Relaxed);
        let handle = tokio::task::spawn_blocking(move || {
            let result = task();
            // Not after a panic: nobody knows what state that leaves the connection in.
            unfinished.0.fetch_sub(1, Ordering::Release);
            result
        });
        Box::pin(async { handle.await.map_err(Into::into) })
    }

    fn get_runtime() -> Self {
        Self::default()
    }
}
