//! May they: the access rule of a route, and the guard that holds requests to it.
//!
//! A route carries its [`Access`] as data. The [`Guard`] reads the bearer token
//! (RFC 6750), asks its [`Authenticator`] who the token speaks for, and holds
//! the answer against the route's [`Rule`].
//!
#![doc = include_str!("../../docs/access_control.md")]

mod access;
mod authenticator;
mod bearer;
#[cfg(any(feature = "introspection", feature = "jwt"))]
mod cache;
mod challenge;
mod config_error;
#[cfg(feature = "introspection")]
mod introspection;
#[cfg(feature = "jwt")]
mod jwt;
#[cfg(any(feature = "introspection", feature = "jwt"))]
mod members;
#[cfg(any(feature = "introspection", feature = "jwt"))]
mod refusal;

use std::{fmt, sync::Arc, time::Duration};

use http::{HeaderMap, StatusCode, header::WWW_AUTHENTICATE};

#[cfg(feature = "introspection")]
pub use self::introspection::{Introspection, IntrospectionBuilder};
#[cfg(feature = "jwt")]
pub use self::jwt::{
    InvalidKeySet, KeySet, SharedKeySet, TokenVerifier, TokenVerifierBuilder, TokenVerifiers,
};
use self::{access::Machines, challenge::Challenges};
pub use self::{
    access::{Access, Rule},
    authenticator::{Authentication, Authenticator, CacheCounts},
    config_error::ConfigError,
};
use crate::{
    claims::Claims,
    error::{Error, Result},
};

/// When to come again where no authenticator is set: a restart away.
const NO_AUTHENTICATOR: Duration = Duration::from_secs(30);

/// Holds requests to the access rules of their routes.
///
/// ```
/// use fastservice::auth::{Access, Guard, Rule};
/// use http::HeaderMap;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let guard = Guard::new("items", &[] as &[&str])?;
///
/// let public = guard.admit(&Access::Public, &HeaderMap::new()).await;
/// assert!(public.is_ok_and(|claims| claims.is_none()));
///
/// let refused = guard.admit(&Access::Private(Rule::NONE), &HeaderMap::new()).await.unwrap_err();
/// assert_eq!(refused.code(), "missing_token");
/// assert_eq!(refused.headers()["www-authenticate"], r#"Bearer realm="items""#);
/// # Ok(())
/// # }
/// ```
pub struct Guard {
    authenticator: Option<Arc<dyn Authenticator>>,
    challenges: Challenges,
    machines: Machines,
}

impl Guard {
    /// A guard whose challenges name `realm` (RFC 9110 section 11.5), and for which
    /// `m2m_clients` are the machines: client ids, with or without Auth0's `@clients`.
    ///
    /// Without an authenticator it admits nobody to a private route.
    ///
    /// # Errors
    /// All faults at once: a realm that no quoted string can hold, a client id that is
    /// empty or has blanks, control or non-ASCII characters.
    pub fn new(realm: &str, m2m_clients: &[impl AsRef<str>]) -> Result<Self, ConfigError> {
        let mut faults = Vec::new();
        let challenges = Challenges::new(realm);
        if challenges.is_none() {
            faults.push(format!("realm {realm:?} is empty or has control or non-ASCII characters"));
        }
        for client in m2m_clients.iter().map(AsRef::as_ref) {
            if !access::is_client_id(client) {
                faults.push(format!("machine client {client:?} is no client id"));
            }
        }
        let Some(challenges) = challenges.filter(|_| faults.is_empty()) else {
            return Err(ConfigError::new(faults));
        };
        let subjects = m2m_clients.iter().map(|client| access::m2m_subject(client.as_ref()));
        let machines = Machines { subjects: subjects.collect(), issuer: None };
        Ok(Self { authenticator: None, challenges, machines })
    }

    /// Says whose the machine clients are: a token of another issuer (`iss`) is of no machine,
    /// whatever its subject is. Default: every issuer is believed.
    #[must_use]
    pub fn machines_of(mut self, issuer: &str) -> Self {
        self.machines.issuer = Some(issuer.into());
        self
    }

    /// Sets who says for whom a token speaks.
    #[must_use]
    pub fn with_authenticator(mut self, authenticator: impl Authenticator) -> Self {
        self.authenticator = Some(Arc::new(authenticator));
        self
    }

    /// Whether an authenticator is set; without one a service with private routes must not start.
    #[must_use]
    pub fn has_authenticator(&self) -> bool {
        self.authenticator.is_some()
    }

    /// Begins what goes on in the background, such as keeping keys fresh.
    pub(crate) fn start(&self) {
        if let Some(authenticator) = &self.authenticator {
            authenticator.start();
        }
    }

    /// Who says for whom a token speaks.
    #[cfg(feature = "metrics")]
    pub(crate) fn authenticator(&self) -> Option<&Arc<dyn Authenticator>> {
        self.authenticator.as_ref()
    }

    /// Whether tokens can be verified now.
    ///
    /// # Errors
    /// Those of the authenticator.
    pub fn readiness(&self) -> Result<()> {
        self.authenticator.as_ref().map_or(Ok(()), Authenticator::readiness)
    }

    /// Lets a request in, or says why not. A public route's headers are not looked at.
    ///
    /// # Errors
    /// 400 `malformed_authorization`; 401 `missing_token` or one of the `token_` codes;
    /// 403 `insufficient_scope` or `insufficient_permission`; 503 `auth_unavailable`.
    /// The first three carry `WWW-Authenticate` (RFC 6750 section 3).
    ///
    /// # Cancellation
    /// Dropping the future leaves nothing behind.
    pub async fn admit(&self, access: &Access, headers: &HeaderMap) -> Result<Option<Claims>> {
        let claims = self.verify(access, headers).await?;
        if let Some(claims) = &claims {
            self.permit(access, claims)?;
        }
        Ok(claims)
    }

    /// Who calls a private route; what they may is not looked at.
    pub(crate) async fn verify(
        &self,
        access: &Access,
        headers: &HeaderMap,
    ) -> Result<Option<Claims>> {
        if *access == Access::Public {
            return Ok(None);
        }
        let claims = self.identify(headers).await?;
        claims.ok_or_else(|| self.missing_token()).map(Some)
    }

    /// Whether they may.
    pub(crate) fn permit(&self, access: &Access, claims: &Claims) -> Result<()> {
        let Access::Private(rule) = access else { return Ok(()) };
        match rule.lack(claims, &self.machines) {
            None => Ok(()),
            Some(lack) => Err(lack.to_error(self.challenges.insufficient(rule, &lack))),
        }
    }

    /// Who calls, on a route that lets everybody in: `None` when no bearer token came.
    ///
    /// # Errors
    /// As [`admit`](Guard::admit), without `missing_token` and without 403: a bad token is
    /// refused, never taken for none.
    ///
    /// # Cancellation
    /// Dropping the future leaves nothing behind.
    pub async fn identify(&self, headers: &HeaderMap) -> Result<Option<Claims>> {
        let token = bearer::token(headers).map_err(|fault| self.challenged(fault.into_error()))?;
        let Some(token) = token else { return Ok(None) };
        let Some(authenticator) = &self.authenticator else {
            return Err(unavailable(NO_AUTHENTICATOR));
        };
        match authenticator.authenticate(token).await {
            Ok(claims) => Ok(Some(claims.challenged_by(self.challenges.insufficient_scope()))),
            Err(error) => Err(self.challenged(error)),
        }
    }

    /// The refusal of a request that must have a token and has none: 401 `missing_token`.
    #[must_use]
    pub fn missing_token(&self) -> Error {
        Error::unauthorized("this needs a bearer token: send `Authorization: Bearer TOKEN`")
            .with_code("missing_token")
            .with_header(WWW_AUTHENTICATE, self.challenges.plain())
    }

    fn challenged(&self, error: Error) -> Error {
        if error.headers().contains_key(WWW_AUTHENTICATE) {
            return error;
        }
        match error.status() {
            StatusCode::BAD_REQUEST => {
                error.with_header(WWW_AUTHENTICATE, self.challenges.invalid_request())
            }
            StatusCode::UNAUTHORIZED => {
                error.with_header(WWW_AUTHENTICATE, self.challenges.invalid_token())
            }
            _ => error,
        }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("has_authenticator", &self.has_authenticator())
            .field("machines", &self.machines)
            .finish_non_exhaustive()
    }
}

/// Nobody can say for now whether a token is right: not the client's fault, so no challenge.
fn unavailable(retry_after: Duration) -> Error {
    let seconds = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
    Error::unavailable("tokens cannot be checked for now; try again later")
        .with_code("auth_unavailable")
        .with_header(http::header::RETRY_AFTER, seconds.max(1).into())
}
