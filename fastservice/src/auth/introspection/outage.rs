//! What is remembered of an issuer that gives no usable answer.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

/// Whether the last answer was usable, so that an outage is logged once; and until when the
/// issuer is not to be asked.
#[derive(Debug, Default)]
pub(super) struct Outage {
    is_on: AtomicBool,
    // Only who is about to make a call comes here, and holds the lock for a moment.
    pause_ends: Mutex<Option<Instant>>,
}

impl Outage {
    /// Whether it begins only now.
    pub(super) fn begin(&self) -> bool {
        !self.is_on.swap(true, Ordering::Relaxed)
    }

    /// Whether there was one until now.
    pub(super) fn end(&self) -> bool {
        self.is_on.load(Ordering::Relaxed) && self.is_on.swap(false, Ordering::Relaxed)
    }

    pub(super) fn pause(&self, pause: Duration) {
        let ends = Instant::now() + pause;
        *self.pause_ends.lock().unwrap_or_else(PoisonError::into_inner) = Some(ends);
    }

    /// How long the issuer is not to be asked yet.
    pub(super) fn rest_of_pause(&self) -> Option<Duration> {
        let ends = *self.pause_ends.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = ends?.saturating_duration_since(Instant::now());
        (!rest.is_zero()).then_some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_begins_and_ends_once() {
        let outage = Outage::default();

        assert!(!outage.end());
        assert!(outage.begin() && !outage.begin());
        assert!(outage.end() && !outage.end());
        assert!(outage.begin());
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_ends() {
        let (outage, pause) = (Outage::default(), Duration::from_secs(30));
        assert_eq!(outage.rest_of_pause(), None);

        outage.pause(pause);
        assert_eq!(outage.rest_of_pause(), Some(pause));
        tokio::time::advance(pause).await;

        assert_eq!(outage.rest_of_pause(), None);
    }
}
