//! The place of one token: who gets it, and those who wait for it.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use tokio::{
    sync::{Notify, watch},
    task::AbortHandle,
    time::{Instant, sleep_until, timeout},
};

use super::{Counts, authority::Authority, grant::Wanted, no_token::NoToken, token::Token};
use crate::{
    authority::{Failure, TIMEOUT},
    error::Result,
};

/// A token that is younger is not replaced when another service refuses it: a new one would
/// be refused as well. So refusals cause one grant in this time, however many there are. It
/// doubles each time the new one is refused too.
const KEPT: Duration = Duration::from_secs(30);
/// An attempt ends by itself before; this is for one that was lost with its runtime.
const PATIENCE: Duration = TIMEOUT.saturating_add(Duration::from_secs(1));

/// A token for one purpose, got and renewed by a task of its own.
pub(crate) struct Slot(Arc<Shared>);

struct Shared {
    wanted: Wanted,
    authority: Arc<Authority>,
    token: ArcSwapOption<Token>,
    attempt: watch::Sender<Attempt>,
    /// Another service has refused the token.
    rejected: Notify,
    /// Somebody asked since the last attempt.
    is_wanted: AtomicBool,
    /// Renewed for good, asked for or not.
    is_declared: AtomicBool,
    task: Mutex<Option<AbortHandle>>,
}

/// The last attempt to get a token.
#[derive(Debug, Clone)]
enum Attempt {
    /// On its way, or about to be.
    Running,
    Succeeded,
    /// All who ask until then share the reason.
    Failed {
        why: NoToken,
        until: Instant,
    },
}

impl Slot {
    pub(super) fn new(wanted: Wanted, authority: Arc<Authority>) -> Self {
        Self(Arc::new(Shared {
            wanted,
            authority,
            token: ArcSwapOption::empty(),
            attempt: watch::Sender::new(Attempt::Running),
            rejected: Notify::new(),
            is_wanted: AtomicBool::new(false),
            is_declared: AtomicBool::new(false),
            task: Mutex::new(None),
        }))
    }

    /// Keeps the token fresh from its first use on, or the service's start, whether it is
    /// asked for or not.
    pub(crate) fn declare(&self) {
        self.0.is_declared.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_declared(&self) -> bool {
        self.0.is_declared.load(Ordering::Relaxed)
    }

    /// Whether there is a reason to keep it.
    pub(super) fn is_in_use(&self) -> bool {
        self.is_declared() || self.0.running().is_some()
    }

    /// The token, which is waited for where there is none.
    ///
    /// # Errors
    /// That of the last attempt.
    pub(crate) async fn token(&self) -> Result<Arc<Token>> {
        let counts = self.0.authority.counts();
        if let Some(token) = self.current() {
            Counts::add(&counts.cached);
            return Ok(token);
        }
        Counts::add(&counts.waited);
        self.0.is_wanted.store(true, Ordering::Relaxed);
        let attempts = self.0.attempt.subscribe();
        self.start();
        let waited = timeout(PATIENCE, self.next(attempts, None)).await;
        waited.unwrap_or_else(|_| Err(lost()))
    }

    /// The next token, which is another than `rejected`.
    async fn next(
        &self,
        mut attempts: watch::Receiver<Attempt>,
        rejected: Option<&Arc<Token>>,
    ) -> Result<Arc<Token>> {
        let is_other = |token: &Arc<Token>| rejected.is_none_or(|old| !Arc::ptr_eq(old, token));
        loop {
            // Before the token is looked at, so that no change is missed.
            let attempt = attempts.borrow_and_update().clone();
            if let Some(token) = self.current().filter(is_other) {
                return Ok(token);
            }
            let now = Instant::now();
            match attempt {
                Attempt::Failed { why, until } if now < until => {
                    return Err(why.to_error(until - now));
                }
                _ => attempts.changed().await.map_err(|_| lost())?,
            }
        }
    }

    /// The token, as long as it serves.
    fn current(&self) -> Option<Arc<Token>> {
        let token = self.0.token.load_full()?;
        let now = Instant::now();
        if now >= token.stop {
            return None;
        }
        // Only the first who asks writes, so that the others share a line of the cache.
        if !self.0.is_wanted.load(Ordering::Relaxed) {
            self.0.is_wanted.store(true, Ordering::Relaxed);
        }
        if now >= token.renew {
            self.start();
        }
        Some(token)
    }

    /// Says that another service has refused the token; whether a better one may come. Until
    /// then this one serves, as the other service may be wrong.
    pub(crate) fn reject(&self, rejected: &Arc<Token>) -> bool {
        if !rejected.is_rejected.swap(true, Ordering::Relaxed) {
            let audience = self.0.wanted.audience();
            tracing::info!(audience, "another service refuses the token");
        }
        if rejected.granted.elapsed() < rejected.kept {
            return false;
        }
        // It may have been renewed since it was sent.
        if self.0.token.load().as_ref().is_some_and(|token| Arc::ptr_eq(token, rejected)) {
            self.0.is_wanted.store(true, Ordering::Relaxed);
            self.start();
            // A task that waits for something else is about to get a new one anyway.
            self.0.rejected.notify_waiters();
        }
        true
    }

    /// The token that comes in place of one that was rejected; `None` when there is none for now.
    pub(crate) async fn successor(&self, rejected: &Arc<Token>) -> Option<Arc<Token>> {
        let attempts = self.0.attempt.subscribe();
        timeout(PATIENCE, self.next(attempts, Some(rejected))).await.ok()?.ok()
    }

    /// Begins to get the token and to renew it, unless that goes on. Must be called in a
    /// runtime.
    pub(super) fn start(&self) {
        let mut task = self.0.task();
        if task.as_ref().is_none_or(AbortHandle::is_finished) {
            *task = Some(tokio::spawn(keep_fresh(self.0.clone())).abort_handle());
        }
    }
}

impl Shared {
    fn task(&self) -> std::sync::MutexGuard<'_, Option<AbortHandle>> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> Option<AbortHandle> {
        self.task().clone().filter(|task| !task.is_finished())
    }

    /// Whether nobody has asked for so long that the task may end. Who asks now begins another:
    /// both know by the lock.
    fn ends(&self) -> bool {
        let mut task = self.task();
        let goes_on =
            self.is_declared.load(Ordering::Relaxed) || self.is_wanted.load(Ordering::Relaxed);
        if !goes_on {
            *task = None;
        }
        !goes_on
    }

    fn warn(&self, why: &NoToken, pause: Duration) {
        tracing::warn!(
            audience = self.wanted.audience(),
            error = %why,
            next_attempt_in_seconds = pause.as_secs(),
            "no token for another service could be got"
        );
    }
}

/// Gets the token and renews it, until nobody wants it.
async fn keep_fresh(shared: Arc<Shared>) {
    let mut failures = 0;
    let mut kept = KEPT;
    loop {
        shared.attempt.send_replace(Attempt::Running);
        let granted = shared.authority.grant(&shared.wanted).await;
        shared.is_wanted.store(false, Ordering::Relaxed);
        match granted {
            Ok(token) => {
                failures = 0;
                let token = Arc::new(Token { kept, ..token });
                shared.token.store(Some(token.clone()));
                shared.attempt.send_replace(Attempt::Succeeded);
                tokio::select! {
                    () = sleep_until(token.renew) => {}
                    () = shared.rejected.notified() => {}
                }
                let is_rejected = token.is_rejected.load(Ordering::Relaxed);
                let life = token.stop - token.granted;
                kept = if is_rejected { (kept * 2).min(life).max(KEPT) } else { KEPT };
            }
            Err(why) => {
                let pause = why.hold(failures);
                failures += 1;
                shared.warn(&why, pause);
                let until = Instant::now() + pause;
                shared.attempt.send_replace(Attempt::Failed { why, until });
                sleep_until(until).await;
            }
        }
        if shared.ends() {
            return;
        }
    }
}

/// The task has ended with its runtime.
fn lost() -> crate::error::Error {
    NoToken::unavailable(Failure::Timeout).to_error(Duration::from_secs(1))
}

/// Nobody wants the token any more.
impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(task) = self.0.task().take() {
            task.abort();
        }
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("wanted", &self.0.wanted).finish_non_exhaustive()
    }
}
