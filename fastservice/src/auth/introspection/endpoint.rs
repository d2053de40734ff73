//! The issuer's endpoint, and who this service is to it.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use http::{HeaderValue, StatusCode};
use tokio::time::timeout;

use super::{Active, Denial, Expected, outage::Outage};
use crate::{
    authority::{AuthorityClient, Failure, basic, origin_and_path},
    secret::Secret,
};

const LARGEST_ANSWER: usize = 64 * 1024;
/// When to come again where the issuer does not say.
const PAUSE: Duration = Duration::from_secs(5);
/// A refusal of this service ends only when somebody changes a setting.
const PAUSE_AFTER_REFUSAL: Duration = Duration::from_secs(30);
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
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

impl Endpoint {
    /// Asks about the token, unless the issuer has said not to be asked for now.
    pub(super) async fn ask(&self, token: &str, expected: &Expected) -> Result<Active, Denial> {
        if let Some(retry_after) = self.outage.rest_of_pause() {
            return Err(Denial::Unavailable { retry_after });
        }
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
        let document = reply.document().map_err(|failure| {
            let pause = pause_after(reply.status, failure.retry_after());
            if says_no(reply.status) {
                self.outage.pause(pause);
            }
            self.unavailable(&failure, pause)
        })?;
        let decision = expected.read(document, SystemTime::now()).map_err(|_| {
            self.unavailable(&Failure::Unfit("the answer is none of RFC 7662".to_owned()), PAUSE)
        })?;
        if self.outage.end() {
            tracing::info!(address = origin_and_path(&self.url), "tokens can be asked about again");
        }
        Ok(decision?)
    }

    fn unavailable(&self, failure: &Failure, retry_after: Duration) -> Denial {
        let address = origin_and_path(&self.url);
        if self.outage.begin() {
            tracing::error!(
                address,
                error = %failure,
                "tokens cannot be asked about; requests with new ones are answered 503"
            );
        } else {
            tracing::debug!(address, error = %failure, "tokens still cannot be asked about");
        }
        Denial::Unavailable { retry_after }
    }
}

fn pause_after(status: StatusCode, retry_after: Option<Duration>) -> Duration {
    let is_our_fault = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let pause = if is_our_fault { PAUSE_AFTER_REFUSAL } else { PAUSE };
    retry_after.map_or(pause, |wanted| wanted.clamp(SHORTEST_PAUSE, LONGEST_PAUSE))
}

/// Whether it refuses this service, whatever token it is asked about.
fn says_no(status: StatusCode) -> bool {
    let refusals = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS];
    refusals.contains(&status)
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("url", &origin_and_path(&self.url)).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_what_the_issuer_says_within_bounds() {
        for (status, retry_after, seconds, is_held) in [
            (401, None, 30, true),
            (403, Some(7), 7, true),
            (429, None, 5, true),
            (429, Some(0), 1, true),
            (429, Some(86_400), 300, true),
            (500, None, 5, false),
            (503, Some(7), 7, false),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let pause = pause_after(status, retry_after.map(Duration::from_secs));

            assert_eq!(pause, Duration::from_secs(seconds), "{status} {retry_after:?}");
            assert_eq!(says_no(status), is_held, "{status}");
        }
    }
}
