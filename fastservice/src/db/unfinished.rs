use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// How many queries of one connection were begun and not finished, and whether one failed.
#[derive(Debug, Clone, Default)]
pub struct Unfinished(Arc<Queries>);

#[derive(Debug, Default)]
struct Queries {
    running: AtomicUsize,
    has_failed: AtomicBool,
}

impl Unfinished {
    pub(super) fn is_none(&self) -> bool {
        self.0.running.load(Ordering::Acquire) == 0
    }

    pub(super) fn begin(&self) {
        self.0.running.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn end(&self) {
        self.0.running.fetch_sub(1, Ordering::Release);
    }

    pub(super) fn note_failure(&self) {
        self.0.has_failed.store(true, Ordering::Relaxed);
    }

    /// Whether one has failed since this was asked last.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "SQLite goes on after one"))]
    pub(super) fn take_failure(&self) -> bool {
        self.0.has_failed.swap(false, Ordering::Relaxed)
    }
}
