//! Keys that are replaced while they are used.

use std::{fmt, sync::Arc};

use arc_swap::{ArcSwapOption, Guard};

use super::KeySet;

/// A key set that may be replaced while verifiers use it.
///
/// Clones share it. A token whose key is no longer in the set is refused from then on, also
/// one that was verified before.
///
/// ```
/// use fastservice::auth::{KeySet, SharedKeySet, TokenVerifier};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let document = |x: &str| format!(r#"{{"keys": [{{"kty": "OKP", "crv": "Ed25519", "x": "{x}"}}]}}"#);
/// # let first = document("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
/// # let next = document("Xx4_L89E6RsyvDTzN9wuN3cDwgifPkXMgFJv_HMIxdk");
/// let keys = SharedKeySet::new(KeySet::from_json(first)?);
/// let verifier = TokenVerifier::builder()
///     .issuer("https://issuer.example.com")
///     .audience("https://items.example.com")
///     .keys(keys.clone())
///     .build()?;
/// keys.replace(KeySet::from_json(next)?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SharedKeySet(Arc<ArcSwapOption<KeySet>>);

impl SharedKeySet {
    /// Shares the set.
    #[must_use]
    pub fn new(keys: KeySet) -> Self {
        Self(Arc::new(ArcSwapOption::from_pointee(keys)))
    }

    /// Sets the keys from now on.
    pub fn replace(&self, keys: KeySet) {
        let keys = Arc::new(keys);
        self.0.rcu(|old| match old {
            Some(old) => Some(Arc::new(KeySet::clone(&keys).keeping(old))),
            None => Some(keys.clone()),
        });
    }

    pub(super) fn load(&self) -> Guard<Option<Arc<KeySet>>> {
        self.0.load()
    }
}

impl From<KeySet> for SharedKeySet {
    fn from(keys: KeySet) -> Self {
        Self::new(keys)
    }
}

impl fmt::Debug for SharedKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedKeySet").field(&self.0.load()).finish()
    }
}
