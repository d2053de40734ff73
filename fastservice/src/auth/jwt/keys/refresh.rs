//! The task that keeps an issuer's keys fresh.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until, timeout};

use super::{
    KeySet,
    fetched::{Attempt, AttemptState, COOL_DOWN, Shared},
    freshness,
};
use crate::authority::{AuthorityClient, Discovery, Failure, TIMEOUT};

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

/// A key set, and for how long it is fresh.
struct Fetched {
    keys: KeySet,
    lifetime: Duration,
}

/// Why there is none, and when the issuer wants to be asked again.
struct Failed {
    failure: Failure,
    retry_after: Option<Duration>,
}

/// Fetches, waits until there is a reason to, and fetches again.
pub(super) async fn keep_fresh(shared: Arc<Shared>, location: Location) {
    let mut failures = 0;
    let mut usable_until = None;
    loop {
        let began = Instant::now();
        shared.attempt.send_replace(Attempt { began, next: began, state: AttemptState::Running });
        let (state, pause) = match location.fetch().await {
            Ok(Fetched { keys, lifetime }) => {
                failures = 0;
                usable_until = Instant::now().checked_add(lifetime + location.longest_outage);
                adopt(&shared, keys);
                // Before the age is over, and replicas not all at once.
                (AttemptState::Succeeded, lifetime.mul_f64(0.8 + 0.1 * fastrand::f64()))
            }
            Err(Failed { failure, retry_after }) => {
                let failed_before = if shared.keys.load().is_some() { u32::MAX } else { failures };
                let pause = pause_after(failed_before, retry_after);
                failures += 1;
                location.warn(&failure, pause);
                (AttemptState::Failed, pause)
            }
        };
        let next = Instant::now() + pause;
        shared.attempt.send_replace(Attempt { began, next, state });
        wait(&shared, began, next, &mut usable_until).await;
    }
}

/// Until the time has come, or somebody needs a key and the cool-down is over.
async fn wait(shared: &Shared, began: Instant, next: Instant, usable_until: &mut Option<Instant>) {
    loop {
        // Far away when nothing runs out.
        let out_of_use = usable_until.unwrap_or(next + LONGEST_PAUSE);
        tokio::select! {
            () = sleep_until(out_of_use), if out_of_use < next => {
                tracing::error!("the issuer could not be asked for so long that its keys are dropped");
                shared.keys.store(None);
                *usable_until = None;
            }
            () = sleep_until(next) => return,
            () = shared.wanted.notified() => if began.elapsed() >= COOL_DOWN { return },
        }
    }
}

fn adopt(shared: &Shared, keys: KeySet) {
    let old = shared.keys.load_full();
    let keys = match &old {
        Some(old) => keys.keeping(old),
        None => keys,
    };
    let is_new = old.is_none_or(|old| !keys.is_same(&old));
    if is_new {
        tracing::info!(keys = keys.len(), "the issuer's keys are loaded");
    }
    shared.keys.store(Some(Arc::new(keys)));
}

/// Doubles from one second to the cool-down, or what the issuer asks for.
fn pause_after(failed_before: u32, retry_after: Option<Duration>) -> Duration {
    let pause = FIRST_PAUSE.saturating_mul(1 << failed_before.min(5)).min(COOL_DOWN);
    let pause = pause.mul_f64(0.9 + 0.1 * fastrand::f64());
    retry_after.map_or(pause, |wanted| wanted.clamp(pause, LONGEST_PAUSE))
}

impl Location {
    async fn fetch(&self) -> Result<Fetched, Failed> {
        match timeout(TIMEOUT, self.ask()).await {
            Ok(answer) => answer,
            Err(_) => Err(Failure::Timeout.into()),
        }
    }

    async fn ask(&self) -> Result<Fetched, Failed> {
        let url = match &self.address {
            Address::KeySet(url) => url.clone(),
            Address::Issuer(issuer) => Discovery::of(&self.client, issuer)
                .await?
                .jwks_uri
                .ok_or_else(|| unfit("the discovery document has no `jwks_uri`"))?,
        };
        let reply = self.client.get(&url, LARGEST_SET).await?;
        let document = reply
            .document()
            .map_err(|failure| Failed { failure, retry_after: reply.retry_after() })?;
        let keys = KeySet::from_json(document).map_err(|error| unfit(&error.to_string()))?;
        Ok(Fetched { keys, lifetime: freshness::lifetime(&reply.headers) })
    }

    fn warn(&self, failure: &Failure, pause: Duration) {
        let (Address::KeySet(address) | Address::Issuer(address)) = &self.address;
        tracing::warn!(
            address,
            error = %failure,
            next_attempt_in_seconds = pause.as_secs(),
            "the issuer's keys cannot be fetched; those that are known still serve"
        );
    }
}

fn unfit(fault: &str) -> Failure {
    Failure::Unfit(fault.to_owned())
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self { failure, retry_after: None }
    }
}
