//! The other authenticator: opaque tokens, asked about at their issuer (RFC 7662).

mod answer;
mod builder;
mod denial;
mod endpoint;
mod flight;
mod outage;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

pub use self::builder::IntrospectionBuilder;
use self::{
    answer::{Active, Expected},
    denial::Denial,
    endpoint::Endpoint,
    flight::Flights,
};
use super::{
    Authentication, Authenticator, CacheCounts,
    cache::{Known, TokenCache},
    refusal::refused,
    unavailable,
};
use crate::{
    claims::Claims,
    error::{Error, Result as Answer},
};

/// Asks the issuer of opaque tokens for whom each speaks.
///
/// A token must be active, for one of the audiences, and within its own times. Its subject is
/// `sub`; a machine, which has its own `client_id` as that, or neither a `sub` nor a `username`, is
/// `CLIENT@clients`, as Auth0 names it, so that `m2m` endpoints know it. The rest of what the
/// issuer says are the claims.
///
/// Active tokens are remembered for a short time, in which a revoked one is still accepted;
/// refused ones are asked about each time. Requests with the same token share one call, and
/// there are only so many calls at once, so that a flood of invented tokens does not become
/// one for the issuer: those beyond wait their turn for two seconds, in the order in which they
/// came, and are answered 503 then. So are all whose call gets no usable answer; and without a
/// call all new tokens, while the issuer's refusal of this service (401, 403, 429) is held: for
/// its `Retry-After` of one second to five minutes, or for 30 seconds (429: 5 seconds).
///
/// ```
/// use fastservice::{Secret, auth::Introspection, prelude::*};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let introspection = Introspection::builder()
///     .url("https://issuer.example.com/introspect")
///     .client("items", Secret::new("the secret".to_owned()))
///     .audience("https://items.example.com")
///     .build()?;
/// let app = App::new().authenticator(introspection);
/// # Ok(())
/// # }
/// ```
pub struct Introspection {
    endpoint: Arc<Endpoint>,
    expected: Arc<Expected>,
    /// Each with the time after which it is asked about again.
    tokens: Option<Arc<TokenCache<Instant>>>,
    remembered_for: Duration,
    flights: Flights,
}

impl Introspection {
    /// Starts one: address, client and audience must be given, the rest has defaults.
    pub fn builder() -> IntrospectionBuilder {
        IntrospectionBuilder::default()
    }

    async fn ask(&self, token: &str) -> Answer<Claims> {
        if let Some(tokens) = &self.tokens {
            tokens.missed();
        }
        let flight = self.flights.join(token, || {
            let (endpoint, expected) = (self.endpoint.clone(), self.expected.clone());
            let (tokens, token) = (self.tokens.clone(), Box::<str>::from(token));
            let remembered_for = self.remembered_for;
            async move {
                // From before the issuer is asked, so that the time of its answer counts.
                let until = Instant::now().checked_add(remembered_for);
                let active = endpoint.ask(&token, &expected).await?;
                if let (Some(tokens), Some(proof)) = (tokens, until) {
                    let Active { claims, times } = active.clone();
                    tokens.remember(&token, Known { claims, times, proof });
                }
                Ok(active)
            }
        });
        let active = flight.await.map_err(denied)?;
        // The others' time may have run out while they shared the answer.
        active.times.check(SystemTime::now(), self.expected.leeway).map_err(refused)?;
        Ok(active.claims)
    }
}

fn denied(denial: Denial) -> Error {
    match denial {
        Denial::Refused(refusal) => refused(refusal),
        Denial::Unavailable { retry_after } => unavailable(retry_after),
    }
}

impl Authenticator for Introspection {
    fn authenticate<'a>(&'a self, token: &'a str) -> Authentication<'a> {
        let remembered = self.tokens.as_ref().and_then(|tokens| {
            let is_recent = |until: &Instant| Instant::now() < *until;
            tokens.find(token, SystemTime::now(), self.expected.leeway, is_recent)
        });
        match remembered {
            Some(claims) => Authentication::ready(Ok(claims)),
            None => Authentication::pending(self.ask(token)),
        }
    }

    fn cache_counts(&self) -> Option<CacheCounts> {
        self.tokens.as_ref().map(|tokens| tokens.counts())
    }
}

impl fmt::Debug for Introspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspection").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
