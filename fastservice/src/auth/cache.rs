//! Tokens that were found right a while ago, so that a private endpoint costs what a public one
//! does.
//!
//! The key is the whole token, found by a keyed hash and compared in full, so two tokens are
//! never taken for one. Only right tokens are in it, so refused ones push nothing out. What is
//! remembered is who the token speaks for, never a decision about a route.

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

use super::{CacheCounts, members::Times};
use crate::claims::Claims;

/// How many are remembered where nobody says.
pub(super) const USUAL_ENTRIES: usize = 10_000;
/// Of all entries together, as estimated from what they hold.
const LARGEST_CACHE: u64 = 16 * 1024 * 1024;
/// Longer ones are checked anew each time.
const LONGEST_TOKEN: usize = 4 * 1024;
/// What the entry itself takes, and its place in the cache.
const ENTRY: u64 = 512;

/// A token that was found right, by some proof that must still hold when it comes again.
#[derive(Debug)]
pub(super) struct Known<P> {
    pub(super) claims: Claims,
    pub(super) times: Times,
    pub(super) proof: P,
}

/// Remembers tokens within bounds of number and size.
pub(super) struct TokenCache<P> {
    entries: Cache<Box<str>, Arc<Known<P>>, Weight, DefaultHashBuilder, Evictions>,
    hits: AtomicU64,
    misses: AtomicU64,
    evictions: Arc<AtomicU64>,
}

impl<P> TokenCache<P> {
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

    /// Who the token speaks for, if its proof and its own times still hold.
    pub(super) fn find(
        &self,
        token: &str,
        now: SystemTime,
        leeway: Duration,
        holds: impl FnOnce(&P) -> bool,
    ) -> Option<Claims> {
        let known = self.entries.get(token)?;
        if holds(&known.proof) && known.times.check(now, leeway).is_ok() {
            self.hits.fetch_add(1, Ordering::Relaxed);
            return Some(known.claims.clone());
        }
        self.entries.remove(token);
        None
    }

    /// Counts a token that was not found here, nor anywhere else.
    pub(super) fn missed(&self) {
        self.misses.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn remember(&self, token: &str, known: Known<P>) {
        if token.len() <= LONGEST_TOKEN {
            self.entries.insert(token.into(), Arc::new(known));
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

impl<P> fmt::Debug for TokenCache<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

/// Bounds bytes and number at once: no entry weighs less than its share of the whole.
#[derive(Debug, Clone)]
struct Weight {
    smallest_share: u64,
}

impl<P> Weighter<Box<str>, Arc<Known<P>>> for Weight {
    fn weight(&self, token: &Box<str>, known: &Arc<Known<P>>) -> u64 {
        let claims = known.claims.as_map();
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

impl<P> Lifecycle<Box<str>, Arc<Known<P>>> for Evictions {
    type RequestState = ();

    fn on_evict(&self, (): &mut (), _: Box<str>, _: Arc<Known<P>>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use serde_json::json;

    use super::*;

    const EXP: u64 = 1_800_000_000;

    fn known() -> Known<()> {
        let Value::Object(said) = json!({"sub": "ali", "exp": EXP}) else { unreachable!() };
        let times = Times::read(&said).unwrap();
        let claims = Claims::new("ali".into(), [""; 0], [""; 0], said);
        Known { claims, times, proof: () }
    }

    #[test]
    fn a_remembered_token_ends_with_its_own_time() {
        let tokens = TokenCache::new(100).unwrap();
        tokens.remember("a", known());
        let find = |token: &str, seconds| {
            let now = UNIX_EPOCH + Duration::from_secs(seconds);
            tokens.find(token, now, Duration::ZERO, |()| true).is_some()
        };

        assert!(find("a", EXP - 1) && !find("b", EXP - 1));
        assert!(!find("a", EXP));
        assert!(!find("a", EXP - 1), "it is forgotten");
    }

    #[test]
    fn a_remembered_token_ends_with_its_proof() {
        let tokens = TokenCache::new(100).unwrap();
        tokens.remember("a", known());
        let find = |holds| tokens.find("a", UNIX_EPOCH, Duration::ZERO, |()| holds).is_some();

        assert!(find(true));
        assert!(!find(false));
        assert!(!find(true), "it is forgotten");
    }

    #[test]
    fn a_long_token_and_too_many_are_not_kept() {
        const MOST: u64 = 100;
        let tokens = TokenCache::new(100).unwrap();
        tokens.remember(&"a".repeat(LONGEST_TOKEN + 1), known());
        assert_eq!(tokens.counts().entries, 0);

        for number in 0..MOST + 100 {
            tokens.remember(&number.to_string(), known());
        }
        assert!(tokens.counts().entries <= MOST);
        assert!(tokens.counts().evictions >= 100);
    }

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
