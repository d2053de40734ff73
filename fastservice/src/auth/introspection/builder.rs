//! What introspection needs, collected and checked.

use std::{fmt, sync::Arc, time::Duration};

use super::{
    Introspection,
    answer::Expected,
    endpoint::{Endpoint, ServiceIdentity},
    flight::Flights,
    outage::Outage,
};
use crate::{
    auth::{
        ConfigError,
        cache::{TokenCache, USUAL_ENTRIES},
    },
    authority::{AuthorityClient, Plain, TIMEOUT, origin_and_path, url_fault},
    secret::Secret,
};

const DEFAULT_LEEWAY: Duration = Duration::from_secs(5);
const MAX_LEEWAY: Duration = Duration::from_secs(300);
const DEFAULT_CACHE: Duration = Duration::from_secs(30);
const MAX_CACHE: Duration = Duration::from_secs(300);
const DEFAULT_PATIENCE: Duration = Duration::from_secs(2);
const DEFAULT_CALLS: usize = 64;

/// Collects what an [`Introspection`] needs; [`build`](Self::build) names all faults at once.
#[derive(Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct IntrospectionBuilder {
    url: String,
    id: String,
    secret: Secret<String>,
    sends_form: bool,
    issuer: Option<String>,
    audiences: Audiences,
    leeway: Duration,
    cache: Duration,
    patience: Duration,
    most_calls: usize,
    plain: Plain,
}

#[derive(Debug, Clone)]
enum Audiences {
    These(Vec<String>),
    Any,
}

impl Default for IntrospectionBuilder {
    fn default() -> Self {
        Self {
            url: String::new(),
            id: String::new(),
            secret: Secret::new(String::new()),
            sends_form: false,
            issuer: None,
            audiences: Audiences::These(Vec::new()),
            leeway: DEFAULT_LEEWAY,
            cache: DEFAULT_CACHE,
            patience: DEFAULT_PATIENCE,
            most_calls: DEFAULT_CALLS,
            plain: Plain::Refused,
        }
    }
}

impl IntrospectionBuilder {
    /// The issuer's introspection endpoint. Must be given.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = url.into();
        self
    }

    /// Who this service is to the issuer, and what proves it. Must be given.
    pub fn client(mut self, id: impl Into<String>, secret: Secret<String>) -> Self {
        (self.id, self.secret) = (id.into(), secret);
        self
    }

    /// Sends id and secret in the form. Default: by HTTP Basic.
    pub fn client_secret_post(mut self) -> Self {
        self.sends_form = true;
        self
    }

    /// The `iss` that answers must have, letter by letter. Default: none is compared, as many
    /// issuers do not say it.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Adds an audience; tokens must be for one of them. At least one must be given, or
    /// [`any_audience`](Self::any_audience).
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        match &mut self.audiences {
            Audiences::These(audiences) => audiences.push(audience.into()),
            Audiences::Any => self.audiences = Audiences::These(vec![audience.into()]),
        }
        self
    }

    /// Accepts active tokens of every audience: for an issuer that does not say `aud`, and
    /// whose tokens are for this service alone. Others' tokens open this service otherwise.
    pub fn any_audience(mut self) -> Self {
        self.audiences = Audiences::Any;
        self
    }

    /// How far the issuer's clock may differ. Default: 5 seconds; at most 300.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// How long an active token is not asked about again, within 10,000 tokens and 16 MiB; at
    /// most until its `exp`. So long a revoked token is accepted. Default: 30 seconds; at most
    /// 300; zero for never.
    pub fn remember_for(mut self, time: Duration) -> Self {
        self.cache = time;
        self
    }

    /// How long an answer is waited for. Default: 2 seconds; at most 5.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.patience = limit;
        self
    }

    /// How many calls to the issuer there are at once. Requests that would need another wait
    /// their turn for the time of [`timeout`](Self::timeout), and are answered 503 then.
    /// Default: 64.
    pub fn most_calls(mut self, most: usize) -> Self {
        self.most_calls = most;
        self
    }

    /// Accepts an `http` address on this machine, for development. Default: `https` alone.
    pub fn accept_http_on_loopback(mut self) -> Self {
        self.plain = Plain::OnLoopback;
        self
    }

    /// The authenticator.
    ///
    /// # Errors
    /// All faults at once: an address that is not an `https` URL; no client id or secret; no
    /// audience; an empty issuer; a leeway or time of remembrance over 300 seconds; a time limit of
    /// zero or over 5 seconds; no calls at all.
    pub fn build(self) -> Result<Introspection, ConfigError> {
        let faults = self.faults();
        let client = if self.sends_form {
            Some(ServiceIdentity::Form { id: self.id, secret: self.secret })
        } else {
            ServiceIdentity::header(&self.id, &self.secret)
        };
        // Base64 always is a header value.
        let (Some(client), true) = (client, faults.is_empty()) else {
            return Err(ConfigError::new(faults));
        };
        let endpoint = Endpoint {
            http: AuthorityClient::default(),
            url: self.url,
            client,
            patience: self.patience,
            outage: Outage::default(),
        };
        let audiences = match self.audiences {
            Audiences::These(audiences) => audiences,
            Audiences::Any => Vec::new(),
        };
        let expected = Expected { issuer: self.issuer, audiences, leeway: self.leeway };
        let most_tokens = if self.cache.is_zero() { 0 } else { USUAL_ENTRIES };
        Ok(Introspection {
            endpoint: Arc::new(endpoint),
            expected: Arc::new(expected),
            tokens: TokenCache::new(most_tokens).map(Arc::new),
            remembered_for: self.cache,
            flights: Flights::new(self.most_calls, self.patience),
        })
    }

    fn faults(&self) -> Vec<String> {
        let lacks_audience = match &self.audiences {
            Audiences::These(audiences) => {
                audiences.is_empty() || audiences.iter().any(String::is_empty)
            }
            Audiences::Any => false,
        };
        let checks = [
            (self.id.is_empty(), "no client id is given"),
            (self.secret.expose().is_empty(), "no client secret is given"),
            (lacks_audience, "no audience is given, or an empty one"),
            (self.issuer.as_ref().is_some_and(String::is_empty), "the issuer is empty"),
            (self.leeway > MAX_LEEWAY, "the leeway is over 300 seconds"),
            (self.cache > MAX_CACHE, "tokens are remembered for over 300 seconds"),
            (
                self.patience.is_zero() || self.patience > TIMEOUT,
                "the time limit is zero or over 5 seconds",
            ),
            (self.most_calls == 0, "no call at all may be made"),
        ];
        let faults = checks.into_iter().filter(|(is_fault, _)| *is_fault);
        let url = url_fault("the introspection endpoint", &self.url, self.plain);
        url.into_iter().chain(faults.map(|(_, fault)| fault.to_owned())).collect()
    }
}

impl fmt::Debug for IntrospectionBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntrospectionBuilder")
            .field("url", &origin_and_path(&self.url))
            .field("id", &self.id)
            .field("audiences", &self.audiences)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> IntrospectionBuilder {
        Introspection::builder()
            .url("https://issuer.test/introspect")
            .client("items", Secret::new("hunter2".to_owned()))
            .audience("items")
    }

    fn faults(builder: IntrospectionBuilder) -> Vec<String> {
        builder.build().unwrap_err().faults().to_vec()
    }

    #[test]
    fn all_faults_are_named_at_once() {
        let over = Duration::from_secs(301);
        let builder = Introspection::builder()
            .issuer("")
            .leeway(over)
            .remember_for(over)
            .timeout(Duration::from_secs(6))
            .most_calls(0);

        assert_eq!(faults(builder).len(), 9);
    }

    #[test]
    fn an_audience_is_needed_unless_any_is_asked_for() {
        let without = Introspection::builder()
            .url("https://issuer.test/introspect")
            .client("items", Secret::new("hunter2".to_owned()));

        assert_eq!(faults(without.clone()), ["no audience is given, or an empty one"]);
        assert!(without.any_audience().build().is_ok());
        assert!(complete().build().is_ok());
    }

    #[test]
    fn the_address_is_an_https_url() {
        for url in ["", "issuer", "http://issuer.test/", "http://127.0.0.1/", "https://a@b/"] {
            assert_eq!(faults(complete().url(url)).len(), 1, "{url}");
        }
        assert!(complete().url("http://127.0.0.1/").accept_http_on_loopback().build().is_ok());
    }

    #[test]
    fn debug_does_not_show_the_secret() {
        let complete = || complete().url("https://issuer.test/introspect?key=hunter3");
        let with_user = complete().url("https://ali:hunter4@issuer.test/");
        let shown = format!("{:?} {:?} {with_user:?}", complete(), complete().build().unwrap());

        assert!(!shown.contains("hunter") && !shown.contains("Basic"), "{shown}");
    }
}
