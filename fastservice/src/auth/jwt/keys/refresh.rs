//! The task that keeps an issuer's keys fresh.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until, timeout};

use super::{
    KeySet,
    fetched::{Attempt, AttemptState, COOL_DOWN, Shared},
    freshness,
};
use crate::authority::{AuthorityClient, Discovery, Failure, TIMEOUT, origin_and_path};

const LARGEST_SET: usize = 256 * 1024;
/// The first pause after a failure; it doubles up to the cool-down.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// What an issuer that asks for patience is given at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// Where the keys are.
#[derive(Debug, Clone)]
pub(in crate::auth::jwt) struct Location {
    pub(in crate::auth::jwt) client: AuthorityClient,
    pub(in crate::auth::jwt) address: Address,
    /// How long the last keys serve beyond their age while the issuer cannot be asked.
    pub(in crate::auth::jwt) longest_outage: Duration,
}

#[derive(Debug, Clone)]
pub(in crate::auth::jwt) enum Address {
    /// Of the JWK Set document.
    KeySet(String),
    /// Of an issuer whose discovery document names it.
    Issuer(String),
}

/// A key set, why entries of its document are not in it, and for how long it is fresh.
struct Fetched {
    keys: KeySet,
    skipped: Vec<&'static str>,
    lifetime: Duration,
}

/// Fetches, waits until there is a reason to, and fetches again.
pub(super) async fn keep_fresh(shared: Arc<Shared>, location: Location) {
    let mut failures = 0;
    loop {
        let began = Instant::now();
        shared.attempt.send_replace(Attempt { began, next: began, state: AttemptState::Running });
        let (state, pause) = match location.fetch().await {
            Ok(fetched) => {
                failures = 0;
                // Before the age is over, and replicas not all at once.
                let pause = fetched.lifetime.mul_f64(0.8 + 0.1 * fastrand::f64());
                location.adopt(&shared, fetched);
                (AttemptState::Succeeded, pause)
            }
            Err(failure) => {
                let is_loaded = shared.keys.load().is_some();
                let failed_before = if is_loaded { u32::MAX } else { failures };
                let pause = pause_after(failed_before, failure.retry_after());
                failures += 1;
                location.warn(&failure, is_loaded, pause);
                (AttemptState::Failed, pause)
            }
        };
        let attempt = Attempt { began, next: Instant::now() + pause, state };
        shared.attempt.send_replace(attempt);
        location.wait(&shared, &attempt).await;
    }
}

/// Doubles from one second to the cool-down, or what the issuer asks for.
fn pause_after(failed_before: u32, retry_after: Option<Duration>) -> Duration {
    let pause = FIRST_PAUSE.saturating_mul(1 << failed_before.min(5)).min(COOL_DOWN);
    let pause = pause.mul_f64(0.9 + 0.1 * fastrand::f64());
    retry_after.map_or(pause, |wanted| wanted.clamp(pause, LONGEST_PAUSE))
}

impl Location {
    async fn fetch(&self) -> Result<Fetched, Failure> {
        timeout(TIMEOUT, self.ask()).await.unwrap_or(Err(Failure::Timeout))
    }

    async fn ask(&self) -> Result<Fetched, Failure> {
        let url = match &self.address {
            Address::KeySet(url) => url.clone(),
            Address::Issuer(issuer) => Discovery::of(&self.client, issuer).await?.jwks_uri()?,
        };
        let reply = self.client.get(&url, LARGEST_SET).await?;
        let (keys, skipped) = KeySet::read(reply.document()?)
            .map_err(|error| Failure::Unfit(format!("{}: {error}", origin_and_path(&url))))?;
        Ok(Fetched { keys, skipped, lifetime: freshness::lifetime(&reply.headers) })
    }

    fn adopt(&self, shared: &Shared, Fetched { keys, skipped, lifetime }: Fetched) {
        let old = shared.keys.load_full();
        let keys = match &old {
            Some(old) => keys.keeping(old),
            None => keys,
        };
        if old.is_none_or(|old| !keys.is_same(&old)) {
            let (issuer, skipped) = (self.named(), skipped.join(", "));
            tracing::info!(issuer, keys = keys.len(), skipped, "the issuer's keys are loaded");
        }
        let usable = lifetime.saturating_add(self.longest_outage);
        *shared.usable_until.lock().unwrap_or_else(PoisonError::into_inner) =
            Instant::now().checked_add(usable);
        shared.keys.store(Some(Arc::new(keys)));
    }

    /// Until the time has come, or somebody needs a key and it is not too early.
    async fn wait(&self, shared: &Shared, attempt: &Attempt) {
        loop {
            let usable_until = *shared.usable_until.lock().unwrap_or_else(PoisonError::into_inner);
            let out_of_use = usable_until.filter(|end| *end < attempt.next);
            tokio::select! {
                () = sleep_until(out_of_use.unwrap_or(attempt.next)), if out_of_use.is_some() => {
                    let issuer = self.named();
                    tracing::error!(issuer, "the issuer could not be asked for so long that its keys are dropped");
                    shared.keys.store(None);
                    *shared.usable_until.lock().unwrap_or_else(PoisonError::into_inner) = None;
                }
                () = sleep_until(attempt.next) => return,
                () = shared.wanted.notified() => if !attempt.is_recent() { return },
            }
        }
    }

    fn warn(&self, failure: &Failure, is_loaded: bool, pause: Duration) {
        let (issuer, next_attempt_in_seconds) = (self.named(), pause.as_secs());
        let meanwhile =
            if is_loaded { "those that are known still serve" } else { "tokens are answered 503" };
        tracing::warn!(
            issuer,
            error = %failure,
            next_attempt_in_seconds,
            "the issuer's keys cannot be fetched; {meanwhile}"
        );
    }

    fn named(&self) -> String {
        let (Address::KeySet(address) | Address::Issuer(address)) = &self.address;
        origin_and_path(address)
    }
}
