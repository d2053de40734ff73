use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use diesel::result::Error as QueryError;

use super::failure;

/// How many queries of one connection were begun and not finished, and how they went.
#[derive(Debug, Clone, Default)]
pub(super) struct Unfinished(Arc<Queries>);

#[derive(Debug, Default)]
struct Queries {
    running: AtomicUsize,
    has_failed: AtomicBool,
    has_clashed: AtomicBool,
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

    pub(super) fn note_failure(&self, error: &QueryError) {
        self.0.has_failed.store(true, Ordering::Relaxed);
        if failure::is_clash(error) {
            self.0.has_clashed.store(true, Ordering::Relaxed);
        }
    }

    /// Whether one has failed since this was asked last.
    pub(super) fn take_failure(&self) -> bool {
        self.0.has_failed.swap(false, Ordering::Relaxed)
    }

    /// Whether one has clashed with others since this was asked last.
    pub(super) fn take_clash(&self) -> bool {
        self.0.has_clashed.swap(false, Ordering::Relaxed)
    }

    /// The server answers no more.
    pub(super) fn note_silence(&self) {
        self.0.is_silent.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_silent(&self) -> bool {
        self.0.is_silent.load(Ordering::Relaxed)
    }
}
