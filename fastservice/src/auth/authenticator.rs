//! Who a token speaks for: the one seam of the room.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use crate::{claims::Claims, error::Result};

/// When to come again where nobody says.
const UNTOLD: Duration = Duration::from_secs(30);

/// Says who a bearer token speaks for.
///
/// The token is at most 8 KiB of visible ASCII characters without commas. A refusal is an
/// [`Error`](crate::Error) of status 401; the [`Guard`](super::Guard) adds the challenge.
///
/// ```
/// use fastservice::{Error, auth::{Authentication, Authenticator}, claims::{Claims, UserId}};
///
/// /// Knows one key. A real one compares in constant time.
/// struct OneKey;
///
/// impl Authenticator for OneKey {
///     fn authenticate<'a>(&'a self, token: &'a str) -> Authentication<'a> {
///         Authentication::ready(match token {
///             "open-sesame" => Ok(Claims::new(UserId::from("ali"), ["read"], [""; 0], Default::default())),
///             _ => Err(Error::unauthorized("unknown key").with_code("token_key")),
///         })
///     }
/// }
/// ```
pub trait Authenticator: Send + Sync + 'static {
    /// The claims of the token, or why it is refused.
    fn authenticate<'a>(&'a self, token: &'a str) -> Authentication<'a>;

    /// Begins what goes on in the background, such as keeping keys fresh. Called once in the
    /// service's runtime, before it answers; it must not wait.
    fn start(&self) {}

    /// What is remembered of tokens that were verified, for the metrics.
    fn cache_counts(&self) -> Option<CacheCounts> {
        None
    }

    /// Whether it can say so now, for example because it has its keys. `/ready` asks.
    ///
    /// # Errors
    /// Why not; it is logged and not answered.
    fn readiness(&self) -> Result<()> {
        Ok(())
    }
}

impl<T: Authenticator + ?Sized> Authenticator for Arc<T> {
    fn authenticate<'a>(&'a self, token: &'a str) -> Authentication<'a> {
        (**self).authenticate(token)
    }

    fn start(&self) {
        (**self).start();
    }

    fn cache_counts(&self) -> Option<CacheCounts> {
        (**self).cache_counts()
    }

    fn readiness(&self) -> Result<()> {
        (**self).readiness()
    }
}

/// What a cache of verified tokens did since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CacheCounts {
    /// Tokens that were remembered.
    pub hits: u64,
    /// Tokens that were not, or no longer.
    pub misses: u64,
    /// Tokens that had to make room for others.
    pub evictions: u64,
    /// Tokens that are remembered now.
    pub entries: u64,
}

impl std::ops::Add for CacheCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            hits: self.hits + other.hits,
            misses: self.misses + other.misses,
            evictions: self.evictions + other.evictions,
            entries: self.entries + other.entries,
        }
    }
}

/// The future of an [`Authenticator`].
#[must_use = "a future does nothing unless awaited"]
pub struct Authentication<'a>(State<'a>);

enum State<'a> {
    /// `None` once it was taken.
    Ready(Option<Result<Claims>>),
    Pending(Pin<Box<dyn Future<Output = Result<Claims>> + Send + 'a>>),
}

impl<'a> Authentication<'a> {
    /// Decided already; allocates nothing.
    pub fn ready(decision: Result<Claims>) -> Self {
        Self(State::Ready(Some(decision)))
    }

    /// Decided later, for example by the answer of an authority.
    pub fn pending(decision: impl Future<Output = Result<Claims>> + Send + 'a) -> Self {
        Self(State::Pending(Box::pin(decision)))
    }
}

impl Future for Authentication<'_> {
    type Output = Result<Claims>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            // Polled again after its end: refuses rather than panics.
            State::Ready(decision) => {
                Poll::Ready(decision.take().unwrap_or_else(|| Err(super::unavailable(UNTOLD))))
            }
            State::Pending(decision) => decision.as_mut().poll(context),
        }
    }
}

impl fmt::Debug for Authentication<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication").finish_non_exhaustive()
    }
}
