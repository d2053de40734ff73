//! Tokens that were active a moment ago.
//!
//! The key is the whole token, found by a keyed hash and compared in full, so two tokens are
//! never taken for one. Refusals are not in it, so a flood of them pushes nothing out.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use quick_cache::{Weighter, sync::Cache};
use tokio::time::Instant;

use super::Active;
use crate::{auth::CacheCounts, claims::Claims};

const MOST_ENTRIES: u64 = 10_000;
/// Of all entries together, by an estimate that is rather too high.
const LARGEST_CACHE: u64 = 16 * 1024 * 1024;
/// No entry weighs less, so that the number is bounded too.
const SMALLEST_SHARE: u64 = LARGEST_CACHE / MOST_ENTRIES;
/// Parsed claims take several times the room of their text.
const BYTES_PER_BYTE: u64 = 5;
/// Longer ones are asked about each time.
const LONGEST_TOKEN: usize = 4 * 1024;

/// Active tokens, within bounds of number, size and time.
pub(super) struct ActiveTokens {
    entries: Cache<Box<str>, Entry, Weight>,
    life: Duration,
    hits: AtomicU64,
    misses: AtomicU64,
}

#[derive(Clone)]
struct Entry {
    active: Active,
    until: Instant,
}

#[derive(Debug, Clone)]
struct Weight;

impl Weighter<Box<str>, Entry> for Weight {
    fn weight(&self, token: &Box<str>, entry: &Entry) -> u64 {
        let claims = entry.active.size as u64 * BYTES_PER_BYTE;
        (token.len() as u64 + claims).max(SMALLEST_SHARE)
    }
}

impl ActiveTokens {
    /// `None` where nothing is to be remembered.
    pub(super) fn new(life: Duration) -> Option<Self> {
        let capacity = usize::try_from(MOST_ENTRIES).unwrap_or(usize::MAX);
        let entries = Cache::with_weighter(capacity, LARGEST_CACHE, Weight);
        let (hits, misses) = (AtomicU64::new(0), AtomicU64::new(0));
        (!life.is_zero()).then_some(Self { entries, life, hits, misses })
    }

    /// Who the token speaks for, as long as its own times hold too.
    pub(super) fn find(&self, token: &str, now: SystemTime, leeway: Duration) -> Option<Claims> {
        let Entry { active, until } = self.entries.get(token)?;
        if Instant::now() < until && active.times.check(now, leeway).is_ok() {
            self.hits.fetch_add(1, Ordering::Relaxed);
            return Some(active.claims);
        }
        self.entries.remove(token);
        None
    }

    pub(super) fn missed(&self) {
        self.misses.fetch_add(1, Ordering::Relaxed);
    }

    /// `asked` is when the issuer was, so that the time of its answer counts.
    pub(super) fn remember(&self, token: Box<str>, active: Active, asked: Instant) {
        if token.len() <= LONGEST_TOKEN
            && let Some(until) = asked.checked_add(self.life)
        {
            self.entries.insert(token, Entry { active, until });
        }
    }

    pub(super) fn counts(&self) -> CacheCounts {
        CacheCounts {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            entries: self.entries.len() as u64,
            ..CacheCounts::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use serde_json::json;

    use super::{super::Expected, *};

    const EXP: u64 = 1_800_000_000;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn active() -> Active {
        let expected = Expected { issuer: None, audiences: Vec::new(), leeway: Duration::ZERO };
        let said = json!({"active": true, "sub": "ali", "exp": EXP}).to_string();
        expected.read(said.as_bytes(), at(EXP - 10)).unwrap().unwrap()
    }

    #[test]
    fn a_remembered_token_ends_with_its_own_time() {
        let tokens = ActiveTokens::new(Duration::from_secs(30)).unwrap();
        tokens.remember("a".into(), active(), Instant::now());
        let find = |token: &str, now| tokens.find(token, at(now), Duration::ZERO).is_some();

        assert!(find("a", EXP - 1) && !find("b", EXP - 1));
        assert!(!find("a", EXP));
        assert!(!find("a", EXP - 1), "it is forgotten");
    }

    #[test]
    fn a_long_token_and_too_many_are_not_kept() {
        let tokens = ActiveTokens::new(Duration::from_secs(30)).unwrap();
        tokens.remember("a".repeat(LONGEST_TOKEN + 1).into(), active(), Instant::now());
        assert_eq!(tokens.counts().entries, 0);

        for number in 0..MOST_ENTRIES + 100 {
            tokens.remember(number.to_string().into(), active(), Instant::now());
        }
        assert!(tokens.counts().entries <= MOST_ENTRIES);
    }
}
