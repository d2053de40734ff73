//! Keys that are asked for at the issuer, and what a request may ask of them.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::{ArcSwapOption, Guard};
use tokio::{
    runtime::Handle,
    sync::{Notify, watch},
    task::AbortHandle,
    time::{Instant, timeout},
};

use super::{
    KeySet, Unavailable,
    refresh::{self, Location},
};

/// Between two attempts that requests cause, whatever they ask for: a flood of invented key
/// ids is one request to the issuer.
pub(super) const COOL_DOWN: Duration = Duration::from_secs(30);
/// How long a request waits for an attempt.
const PATIENCE: Duration = Duration::from_secs(2);

/// An issuer's keys. A task of its own fetches them, so that a request that goes away
/// cancels nothing, and those whose keys are known never wait.
pub(in crate::auth::jwt) struct FetchedKeys {
    shared: Arc<Shared>,
    /// What to fetch, until the task has begun, and again should its runtime have ended.
    location: Location,
    task: Mutex<Option<AbortHandle>>,
}

/// What requests and the task have in common.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) keys: ArcSwapOption<KeySet>,
    /// After this they are too old, whoever keeps them.
    pub(super) usable_until: Mutex<Option<Instant>>,
    /// Somebody needs a key that is not there.
    pub(super) wanted: Notify,
    pub(super) attempt: watch::Sender<Attempt>,
}

/// The last attempt to fetch the keys.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    pub(super) began: Instant,
    /// When the task tries again by itself.
    pub(super) next: Instant,
    pub(super) state: AttemptState,
}

impl Attempt {
    /// Whether it is too early for another one: the cool-down is not over, or the issuer has
    /// not had the time that it asked for.
    pub(super) fn is_recent(&self) -> bool {
        self.began.elapsed() < COOL_DOWN
            || (self.state == AttemptState::Failed && Instant::now() < self.next)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AttemptState {
    Running,
    Succeeded,
    Failed,
}

impl FetchedKeys {
    pub(in crate::auth::jwt) fn new(location: Location) -> Self {
        let now = Instant::now();
        // Those who come before the first attempt wait for it.
        let attempt = Attempt { began: now, next: now, state: AttemptState::Running };
        let shared = Shared {
            keys: ArcSwapOption::empty(),
            usable_until: Mutex::new(None),
            wanted: Notify::new(),
            attempt: watch::Sender::new(attempt),
        };
        Self { shared: Arc::new(shared), location, task: Mutex::new(None) }
    }

    pub(super) fn load(&self) -> Guard<Option<Arc<KeySet>>> {
        // The task shares this while it lives.
        if Arc::strong_count(&self.shared) == 1 {
            self.start();
        }
        self.shared.keys.load()
    }

    /// Begins to fetch, unless somebody does. Outside of a runtime nothing can be begun.
    pub(in crate::auth::jwt) fn start(&self) {
        let Ok(runtime) = Handle::try_current() else { return };
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if task.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let keeping = refresh::keep_fresh(self.shared.clone(), self.location.clone());
        *task = Some(runtime.spawn(keeping).abort_handle());
    }

    /// Asks the issuer for news if that may bring the key of this id, and waits for the
    /// answer; `Ok` when the set is as fresh as it gets.
    ///
    /// # Errors
    /// The issuer could not be asked, or not within two seconds.
    pub(in crate::auth::jwt) async fn learn(&self, kid: Option<&str>) -> Result<(), Unavailable> {
        if self.is_known(kid) {
            return Ok(());
        }
        self.start();
        let mut attempts = self.shared.attempt.subscribe();
        let last = *attempts.borrow_and_update();
        let is_running = last.state == AttemptState::Running;
        if !is_running && last.is_recent() {
            return self.outcome(last);
        }
        if !is_running {
            self.shared.wanted.notify_one();
        }
        let ended = attempts.wait_for(|attempt| {
            attempt.state != AttemptState::Running && (is_running || attempt.began > last.began)
        });
        match timeout(PATIENCE, ended).await {
            Ok(Ok(attempt)) => self.outcome(*attempt),
            // The task goes on, and the next request may find the key.
            _ => Err(Unavailable { retry_after: PATIENCE }),
        }
    }

    /// Whether there is nothing to learn about the key: it is there, or no id says which.
    fn is_known(&self, kid: Option<&str>) -> bool {
        let keys = self.load();
        keys.as_ref().is_some_and(|keys| kid.is_none_or(|kid| keys.has(kid)))
    }

    fn outcome(&self, attempt: Attempt) -> Result<(), Unavailable> {
        let is_loaded = self.load().is_some();
        if attempt.state == AttemptState::Succeeded && is_loaded {
            return Ok(());
        }
        let next = attempt.next.saturating_duration_since(Instant::now());
        Err(Unavailable { retry_after: next.max(Duration::from_secs(1)) })
    }
}

impl Drop for FetchedKeys {
    fn drop(&mut self) {
        if let Some(task) = self.task.get_mut().unwrap_or_else(PoisonError::into_inner) {
            task.abort();
        }
    }
}

impl fmt::Debug for FetchedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchedKeys").field("location", &self.location).finish_non_exhaustive()
    }
}
