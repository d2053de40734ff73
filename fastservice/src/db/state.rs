use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// The pool at a moment, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolState {
    /// Connections that are open.
    pub size: u32,
    /// Those of them that wait for work.
    pub idle: u32,
    /// Those of them that requests hold.
    pub in_use: u32,
    /// The most that may be open.
    pub max_size: u32,
    /// Requests that wait for a connection.
    pub waiting: u32,
}

/// How many wait for a connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Waiting(Arc<AtomicU32>);

impl Waiting {
    pub(super) fn count(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts one more until the value is dropped.
    pub(super) fn one(&self) -> OneWaits {
        self.0.fetch_add(1, Ordering::Relaxed);
        OneWaits(self.clone())
    }
}

pub(super) struct OneWaits(Waiting);

impl Drop for OneWaits {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}
