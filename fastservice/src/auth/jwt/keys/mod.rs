//! The issuer's keys: given, or fetched from it and kept fresh.

mod fetched;
mod freshness;
mod refresh;
mod set;
mod shared;

use std::{sync::Arc, time::Duration};

use arc_swap::Guard;

pub(super) use self::{
    fetched::FetchedKeys,
    refresh::{Address, Location},
    set::Key,
};
pub use self::{
    set::{InvalidKeySet, KeySet},
    shared::SharedKeySet,
};

/// Where a verifier's keys come from.
#[derive(Debug)]
pub(super) enum Keys {
    /// From who made the verifier.
    Shared(SharedKeySet),
    /// From the issuer.
    Fetched(FetchedKeys),
}

/// Nobody can say for now which keys the issuer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unavailable {
    /// When it may be better.
    pub(super) retry_after: Duration,
}

impl Keys {
    /// The keys for now; none before they were loaded for the first time, and after an
    /// outage that was too long.
    pub(super) fn current(&self) -> Guard<Option<Arc<KeySet>>> {
        match self {
            Self::Shared(keys) => keys.load(),
            Self::Fetched(keys) => keys.load(),
        }
    }
}
