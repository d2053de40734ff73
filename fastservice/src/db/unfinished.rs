use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// How many queries of one connection were begun and not finished, and how they went.
#[derive(Debug, Clone, Default)]
pub(super) struct Unfinished(Arc<Queries>);

#[derive(Debug, Default)]
struct Queries {
    running: AtomicUsize,
    has_failed: AtomicBool,
    is_silent: AtomicBool,
}

#[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "SQLite has no server"))]
impl Unfinished {
    pub(super) fn is_none(&self) -> bool {
        self.0.running.load(Ordering::Acquire) == 0 && !self.0.is_silent.load(Ordering::Relaxed)
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
    pub(super) fn take_failure(&self) -> bool {
        self.0.has_failed.swap(false, Ordering::Relaxed)
    }

    /// The server answers no more.
    pub(super) fn note_silence(&self) {
        self.0.is_silent.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_silent(&self) -> bool {
        self.0.is_silent.load(Ordering::Relaxed)
    }
}
