//! Tokens that prove to other services who calls (RFC 6749 section 4.4).
//!
//! There is one for each audience, scope set and organization. A task of its own gets it and
//! renews it before it ends, so that callers share one grant and none who leaves cancels it.

mod authority;
mod grant;
mod no_token;
mod slot;
mod token;

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;

use self::authority::{Authority, Identity};
pub use self::token::AccessToken;
pub(crate) use self::{authority::OwnIssuer, grant::Wanted, slot::Slot};
use crate::{
    auth::ConfigError,
    error::{Error, Result},
    extract::{Argument, FromRequest, Request, State},
    openapi::Operation,
    settings::Settings,
};

/// More different tokens than this are a mistake, such as an audience that clients choose.
const MOST_SLOTS: usize = 1000;

/// The tokens with which this service calls others, as an argument of a handler.
///
/// They are got by client credentials, kept, and renewed in the background before they end.
/// [`ServiceClient`](super::ServiceClient) sends them by itself; this is for other clients.
/// Cloning is cheap.
///
/// ```
/// use fastservice::{client::AccessTokens, prelude::*};
///
/// #[public_api(post = "/reports")]
/// async fn report(client: Client, tokens: AccessTokens) -> Result<StatusCode> {
///     let token = tokens.get("https://reports-api").await?;
///     let call = client.post("https://reports.example.com/").bearer(token.expose());
///     Ok(call.send().await?.status())
/// }
/// ```
#[derive(Clone)]
pub struct AccessTokens(Arc<Inner>);

struct Inner {
    authority: Arc<Authority>,
    // Copied when one is added, which is rare, so that nobody waits to look one up.
    slots: ArcSwap<HashMap<Wanted, Arc<Slot>>>,
}

/// What happened since the start.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Tokens that were there when they were asked for.
    pub(crate) cached: AtomicU64,
    /// Tokens that had to be waited for.
    pub(crate) waited: AtomicU64,
    pub(crate) granted: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) unavailable: AtomicU64,
}

impl Counts {
    fn add(count: &AtomicU64) {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

impl AccessTokens {
    /// Tokens of the authority that the settings name: `TOKEN_URL`, `AUTH0_DOMAIN` or
    /// `OIDC_ISSUERS`, for `API_CLIENT_ID` with `API_CLIENT_SECRET`. It opens nothing yet.
    ///
    /// ```
    /// use fastservice::{client::AccessTokens, settings::Settings};
    ///
    /// let settings = Settings::from_pairs([
    ///     ("AUTH0_DOMAIN", "example.eu.auth0.com"),
    ///     ("API_CLIENT_ID", "orders"),
    ///     ("API_CLIENT_SECRET", "secret"),
    /// ])?;
    /// let tokens = AccessTokens::new(&settings)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// All faults at once: no authority, or one that is not asked by `https`; no client id; no
    /// secret.
    pub fn new(settings: &Settings) -> Result<Self, ConfigError> {
        Ok(Self::of(Authority::of_settings(settings)?))
    }

    /// Tokens of the service's own issuer, in development.
    pub(crate) fn of_own_issuer(issuer: OwnIssuer, settings: &Settings) -> Self {
        let identity = Identity::Fixed(Arc::new((issuer.id, issuer.secret)));
        Self::of(Authority::new(issuer.token_url, identity, settings))
    }

    /// Tokens that `sign` makes for an audience and a scope, for tests.
    #[cfg(feature = "testing")]
    pub(crate) fn signed_by(
        sign: impl Fn(&str, &str) -> Result<String> + Send + Sync + 'static,
    ) -> Self {
        Self::of(Authority::signing(Box::new(sign)))
    }

    fn of(authority: Authority) -> Self {
        Self(Arc::new(Inner { authority: Arc::new(authority), slots: ArcSwap::default() }))
    }

    /// A token for this audience, with the scopes that the authority gives by itself.
    ///
    /// # Errors
    /// 503 `token_unavailable` with `Retry-After` when the authority gives no usable answer,
    /// 502 `token_refused` when it refuses this service; the log has its reason. One failure is
    /// shared by all who ask until the next attempt.
    ///
    /// # Cancellation
    /// Dropping the future leaves nothing behind; the token is got for the others.
    pub async fn get(&self, audience: &str) -> Result<AccessToken> {
        self.get_with_scopes(audience, &[]).await
    }

    /// A token for this audience with these scopes, in any order.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    ///
    /// # Cancellation
    /// As [`get`](Self::get).
    pub async fn get_with_scopes(&self, audience: &str, scopes: &[&str]) -> Result<AccessToken> {
        let slot = self.slot(&Wanted::new(audience, scopes, None))?;
        Ok(slot.token().await?.value.clone())
    }

    /// The place of a token; the same for all who want the same.
    pub(crate) fn slot(&self, wanted: &Wanted) -> Result<Arc<Slot>> {
        if let Some(slot) = self.0.slots.load().get(wanted) {
            return Ok(slot.clone());
        }
        let new = Arc::new(Slot::new(wanted.clone(), self.0.authority.clone()));
        let add = |slots: &Arc<HashMap<_, _>>| {
            let mut slots = HashMap::clone(slots);
            if slots.len() >= MOST_SLOTS {
                slots.retain(|_, slot: &mut Arc<Slot>| slot.is_in_use());
            }
            if slots.len() < MOST_SLOTS {
                slots.entry(wanted.clone()).or_insert_with(|| new.clone());
            }
            slots
        };
        self.0.slots.rcu(add);
        let slots = self.0.slots.load();
        slots.get(wanted).cloned().ok_or_else(|| {
            Error::internal(format!("tokens for more than {MOST_SLOTS} audiences are wanted"))
        })
    }

    /// Gets the tokens of all service clients that were made.
    pub(crate) fn warm_up(&self) {
        self.0
            .slots
            .load()
            .values()
            .filter(|slot| slot.is_declared())
            .for_each(|slot| slot.start());
    }

    #[cfg(feature = "metrics")]
    pub(crate) fn counts(&self) -> &Counts {
        self.0.authority.counts()
    }
}

impl fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessTokens").field("authority", &self.0.authority).finish_non_exhaustive()
    }
}

impl FromRequest for AccessTokens {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        let state: State<Self> = request.extract().await?;
        Ok(Self::clone(&state))
    }

    fn describe(operation: &mut Operation, _: Argument) {
        operation.needs_access_tokens = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_nobody_uses_make_room_and_the_others_are_bounded() {
        let settings = Settings::from_pairs([
            ("AUTH0_DOMAIN", "example.eu.auth0.com"),
            ("API_CLIENT_ID", "orders"),
            ("API_CLIENT_SECRET", "hunter2"),
        ]);
        let tokens = AccessTokens::new(&settings.unwrap()).unwrap();
        let slot =
            |audience: usize| tokens.slot(&Wanted::new(&audience.to_string(), &[""; 0], None));

        (0..MOST_SLOTS).for_each(|audience| drop(slot(audience).unwrap()));
        (0..MOST_SLOTS).for_each(|audience| slot(MOST_SLOTS + audience).unwrap().declare());

        assert_eq!(slot(0).unwrap_err().code(), "internal_error");
        assert!(Arc::ptr_eq(&slot(MOST_SLOTS).unwrap(), &slot(MOST_SLOTS).unwrap()));
    }
}
