//! Tokens that were verified a while ago, so that a private endpoint costs what a public one does.
//!
//! The key is the whole token, found by a keyed hash and compared in full, so two tokens are
//! never taken for one. Only verified tokens are in it, so refused ones push nothing out. What
//! is remembered is who the token speaks for, never a decision about a route.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use quick_cache::{DefaultHashBuilder, Lifecycle, OptionsBuilder, Weighter, sync::Cache};

use serde_json::{Map, Value};

use super::keys::{Key, KeySet};
use crate::{
    auth::{CacheCounts, members::Times},
    claims::Claims,
};

/// Of all entries of one issuer together, as estimated from what they hold.
const LARGEST_CACHE: u64 = 16 * 1024 * 1024;
/// Longer ones are checked anew each time.
const LONGEST_TOKEN: usize = 4 * 1024;
/// After this the token is checked in full again, whatever it says about itself.
const LONGEST_LIFE: Duration = Duration::from_secs(5 * 60);
/// What the entry itself takes, and its place in the cache.
const ENTRY: u64 = 512;

/// A token that was verified.
#[derive(Debug, Clone)]
pub(super) struct Verified {
    pub(super) claims: Claims,
    pub(super) key: Arc<Key>,
    pub(super) times: Times,
    pub(super) at: SystemTime,
}

/// Remembers verified tokens within bounds of number, size and time.
pub(super) struct TokenCache {
    entries: Cache<Box<str>, Arc<Verified>, Weight, DefaultHashBuilder, Evictions>,
    hits: AtomicU64,
    misses: AtomicU64,
    evictions: Arc<AtomicU64>,
}

impl TokenCache {
    /// `None` for a cache of no entries.
    pub(super) fn new(most_entries: usize) -> Option<Self> {
        let smallest_share = LARGEST_CACHE.checked_div(most_entries as u64)?.max(1);
        let options = OptionsBuilder::new()
            .estimated_items_capacity(most_entries)
            .weight_capacity(LARGEST_CACHE)
            .build()
            .ok()?;
        let evictions = Arc::new(AtomicU64::new(0));
        let entries = Cache::with_options(
            options,
            Weight { smallest_share },
            DefaultHashBuilder::default(),
            Evictions(evictions.clone()),
        );
        Some(Self { entries, hits: AtomicU64::new(0), misses: AtomicU64::new(0), evictions })
    }

    /// Who the token speaks for, if it was verified with a key that is still in the set, and
    /// its own times still hold.
    pub(super) fn find(
        &self,
        token: &str,
        keys: &KeySet,
        now: SystemTime,
        leeway: Duration,
    ) -> Option<Claims> {
        let entry = self.entries.get(token)?;
        // A clock that was set back makes the age an error.
        let is_young = now.duration_since(entry.at).is_ok_and(|age| age < LONGEST_LIFE);
        if is_young && keys.holds(&entry.key) && entry.times.check(now, leeway).is_ok() {
            self.hits.fetch_add(1, Ordering::Relaxed);
            return Some(entry.claims.clone());
        }
        self.entries.remove(token);
        None
    }

    /// Counts a token that was not found here, nor anywhere else.
    pub(super) fn missed(&self) {
        self.misses.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn remember(&self, token: &str, verified: Verified) {
        if token.len() <= LONGEST_TOKEN {
            self.entries.insert(token.into(), Arc::new(verified));
        }
    }

    pub(super) fn counts(&self) -> CacheCounts {
        CacheCounts {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            evictions: self.evictions.load(Ordering::Relaxed),
            entries: self.entries.len() as u64,
        }
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

/// Bounds bytes and number at once: no entry weighs less than its share of the whole.
#[derive(Debug, Clone)]
struct Weight {
    smallest_share: u64,
}

impl Weighter<Box<str>, Arc<Verified>> for Weight {
    fn weight(&self, token: &Box<str>, entry: &Arc<Verified>) -> u64 {
        let claims = entry.claims.as_map();
        // Scopes and permissions are held a second time, as sets.
        let sets = ["scope", "scp", "permissions"].map(|name| claims.get(name).map_or(0, size));
        let held = size_of_members(claims) + sets.iter().sum::<u64>();
        (ENTRY + token.len() as u64 + held).max(self.smallest_share)
    }
}

/// What a parsed value takes on the heap, roughly. An object is a tree whose nodes have room
/// for eleven members, however few there are.
fn size(value: &Value) -> u64 {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len() as u64 + 16,
        Value::Array(values) => values.iter().map(|value| 32 + size(value)).sum::<u64>() + 16,
        Value::Object(members) => size_of_members(members),
    }
}

fn size_of_members(members: &Map<String, Value>) -> u64 {
    let nodes = members.len().div_ceil(6) as u64;
    let texts = members.iter().map(|(name, value)| name.len() as u64 + 16 + size(value));
    nodes * 656 + texts.sum::<u64>()
}

/// Counts what had to make room.
#[derive(Debug, Clone)]
struct Evictions(Arc<AtomicU64>);

impl Lifecycle<Box<str>, Arc<Verified>> for Evictions {
    type RequestState = ();

    fn on_evict(&self, (): &mut (), _: Box<str>, _: Arc<Verified>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn many_small_objects_weigh_what_they_take() {
        let plain = json!("x".repeat(3000));
        let objects = json!(vec![json!({"id": 12}); 300]);

        assert!((3000..4000).contains(&size(&plain)), "{}", size(&plain));
        // A node each.
        assert!(size(&objects) > 300 * 600, "{}", size(&objects));
        assert_eq!(size(&json!([1, true, null])), 3 * 32 + 16);
    }
}
