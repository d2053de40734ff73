//! The issuer's endpoint, and who this service is to it.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, SystemTime},
};

use http::{HeaderValue, StatusCode};
use tokio::time::timeout;

use super::{Active, Expected, Refusal};
use crate::{
    authority::{AuthorityClient, Failure, Reply, basic},
    secret::Secret,
};

const LARGEST_ANSWER: usize = 64 * 1024;
/// When to come again where the issuer does not say.
const PAUSE: Duration = Duration::from_secs(5);
/// A refusal of this service ends only when somebody changes a setting.
const PAUSE_AFTER_REFUSAL: Duration = Duration::from_secs(30);
/// What an issuer that asks for patience is given at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// Where to ask, and as whom.
pub(super) struct Endpoint {
    pub(super) http: AuthorityClient,
    pub(super) url: String,
    pub(super) client: ServiceIdentity,
    /// How long an answer is waited for.
    pub(super) patience: Duration,
    pub(super) outage: Outage,
}

/// How this service proves who it is.
pub(super) enum ServiceIdentity {
    /// By HTTP Basic.
    Header(HeaderValue),
    /// By members of the form.
    Form { id: String, secret: Secret<String> },
}

impl ServiceIdentity {
    pub(super) fn header(id: &str, secret: &Secret<String>) -> Option<Self> {
        basic(id, secret.expose()).map(Self::Header)
    }
}

/// Whether the last answer was usable, so that an outage is logged once.
#[derive(Debug, Default)]
pub(super) struct Outage(AtomicBool);

impl Endpoint {
    /// Asks about the token.
    pub(super) async fn ask(&self, token: &str, expected: &Expected) -> Result<Active, Refusal> {
        let mut form = vec![("token", token), ("token_type_hint", "access_token")];
        let header = match &self.client {
            ServiceIdentity::Header(header) => Some(header.clone()),
            ServiceIdentity::Form { id, secret } => {
                form.extend([("client_id", id.as_str()), ("client_secret", secret.expose())]);
                None
            }
        };
        let call = self.http.post_form(&self.url, &form, header, LARGEST_ANSWER);
        let reply = timeout(self.patience, call).await.unwrap_or(Err(Failure::Timeout));
        let reply = reply.map_err(|failure| self.unavailable(&failure, PAUSE))?;
        let document =
            reply.document().map_err(|failure| self.unavailable(&failure, pause_after(&reply)))?;
        let decision = expected.read(document, SystemTime::now()).map_err(|_| {
            self.unavailable(&Failure::Unfit("the answer is none of RFC 7662".to_owned()), PAUSE)
        })?;
        if self.outage.end() {
            tracing::info!(address = self.url, "tokens can be asked about again");
        }
        decision
    }

    fn unavailable(&self, failure: &Failure, retry_after: Duration) -> Refusal {
        let address = &self.url;
        if self.outage.begin() {
            tracing::error!(
                address,
                error = %failure,
                "tokens cannot be asked about; requests with new ones are answered 503"
            );
        } else {
            tracing::debug!(address, error = %failure, "tokens still cannot be asked about");
        }
        Refusal::Unavailable { retry_after }
    }
}

fn pause_after(reply: &Reply) -> Duration {
    let is_our_fault = matches!(reply.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let pause = if is_our_fault { PAUSE_AFTER_REFUSAL } else { PAUSE };
    reply.retry_after().map_or(pause, |wanted| wanted.min(LONGEST_PAUSE))
}

impl Outage {
    /// Whether it begins only now.
    fn begin(&self) -> bool {
        !self.0.swap(true, Ordering::Relaxed)
    }

    /// Whether there was one until now.
    fn end(&self) -> bool {
        self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Relaxed)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("url", &self.url).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_begins_and_ends_once() {
        let outage = Outage::default();

        assert!(!outage.end());
        assert!(outage.begin() && !outage.begin());
        assert!(outage.end() && !outage.end());
        assert!(outage.begin());
    }
}
