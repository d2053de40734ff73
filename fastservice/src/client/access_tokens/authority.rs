//! Who grants tokens, and who asks it.

use std::{fmt, sync::Arc};

use arc_swap::ArcSwap;
use tokio::{
    sync::OnceCell,
    time::{Instant, sleep, timeout},
};

use super::{
    Counts,
    grant::{self, Wanted},
    no_token::NoToken,
    token::Token,
};
use crate::{
    auth::ConfigError,
    authority::{
        AuthorityClient, Discovery, Failure, Plain, TIMEOUT, basic, origin_and_path, url_fault,
    },
    error::Error,
    secret::Secret,
    settings::{ClientAuthentication, IS_DEVELOPMENT, Settings},
};

const LARGEST_ANSWER: usize = 64 * 1024;
/// Of one attempt, which as a whole has the time of one call.
const TRIES: u32 = 3;

/// The development issuer of the service itself.
#[derive(Debug)]
pub(crate) struct OwnIssuer {
    pub(crate) token_url: String,
    pub(crate) id: String,
    pub(crate) secret: Secret<String>,
}

/// The authority, and how this service proves who it is.
pub(super) struct Authority {
    http: AuthorityClient,
    endpoint: Endpoint,
    identity: Identity,
    authentication: ClientAuthentication,
    counts: Counts,
}

enum Endpoint {
    Url(String),
    /// Named by the discovery document of an issuer, which is asked once.
    Issuer {
        issuer: String,
        found: OnceCell<String>,
    },
    /// This process itself, for tests.
    #[cfg_attr(not(feature = "testing"), allow(dead_code, reason = "for tests"))]
    Signer(Signer),
}

/// Makes a token for an audience and a scope.
pub(super) type Signer = Box<dyn Fn(&str, &str) -> Result<String, Error> + Send + Sync>;

/// Who this service is.
pub(super) enum Identity {
    Fixed(Arc<Pair>),
    /// Read again for each grant, as the secret may have changed.
    Settings {
        settings: Box<Settings>,
        /// That of the last time; an older secret may be revoked by now.
        last: ArcSwap<Pair>,
    },
}

/// An id and its secret.
type Pair = (String, Secret<String>);

impl Authority {
    pub(super) fn new(token_url: String, identity: Identity, settings: &Settings) -> Self {
        Self::at(Endpoint::Url(token_url), identity, settings)
    }

    fn at(endpoint: Endpoint, identity: Identity, settings: &Settings) -> Self {
        Self {
            http: AuthorityClient::default(),
            endpoint,
            identity,
            authentication: settings.access_tokens.client_authentication,
            counts: Counts::default(),
        }
    }

    /// Tokens that are made here, for tests.
    #[cfg(feature = "testing")]
    pub(super) fn signing(sign: Signer) -> Self {
        let no_client = Identity::Fixed(Arc::default());
        Self {
            http: AuthorityClient::default(),
            endpoint: Endpoint::Signer(sign),
            identity: no_client,
            authentication: ClientAuthentication::Post,
            counts: Counts::default(),
        }
    }

    /// The authority that the settings name, or everything that is wrong with them.
    pub(super) fn of_settings(settings: &Settings) -> Result<Self, ConfigError> {
        let mut faults = Vec::new();
        let auth = &settings.auth;
        let (endpoint, pair) = (endpoint(settings, &mut faults), pair(settings));
        for (name, is_set) in [
            ("API_CLIENT_ID", auth.api_client_id.is_some()),
            ("API_CLIENT_SECRET", auth.api_client_secret.is_some()),
        ] {
            if !is_set {
                faults.push(format!("{name} is not set; tokens for other services need it"));
            }
        }
        match (endpoint, pair) {
            (Some(endpoint), Some(pair)) if faults.is_empty() => {
                let last = ArcSwap::from_pointee(pair);
                let identity = Identity::Settings { settings: Box::new(settings.clone()), last };
                Ok(Self::at(endpoint, identity, settings))
            }
            _ => Err(ConfigError::new(faults)),
        }
    }

    pub(super) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// A new token. Short outages are bridged within the time of one call.
    pub(super) async fn grant(&self, wanted: &Wanted) -> Result<Token, NoToken> {
        let granted = timeout(TIMEOUT, self.try_to_grant(wanted)).await;
        let granted = granted.unwrap_or_else(|_| Err(NoToken::unavailable(Failure::Timeout)));
        Counts::add(match &granted {
            Ok(_) => &self.counts.granted,
            Err(NoToken::Refused { .. }) => &self.counts.refused,
            Err(NoToken::Unavailable(_)) => &self.counts.unavailable,
        });
        granted
    }

    async fn try_to_grant(&self, wanted: &Wanted) -> Result<Token, NoToken> {
        let deadline = Instant::now() + TIMEOUT;
        let mut tries = 1;
        loop {
            let no_token = match self.ask(wanted).await {
                Ok(token) => return Ok(token),
                Err(no_token) => no_token,
            };
            match no_token.pause_before_retry(tries) {
                // After a longer pause nobody would be left to tell the reason.
                Some(pause)
                    if tries < TRIES
                        && pause < deadline.saturating_duration_since(Instant::now()) =>
                {
                    sleep(pause).await;
                }
                _ => return Err(no_token),
            }
            tries += 1;
        }
    }

    async fn ask(&self, wanted: &Wanted) -> Result<Token, NoToken> {
        let url = match &self.endpoint {
            Endpoint::Url(url) => url,
            Endpoint::Issuer { issuer, found } => {
                self.found(issuer, found).await.map_err(NoToken::unavailable)?
            }
            Endpoint::Signer(sign) => return grant::token_by(sign, wanted),
        };
        let pair = self.identity.read().await;
        let (id, secret) = &*pair;
        let mut form = wanted.form();
        let header = match self.authentication {
            ClientAuthentication::Basic => basic(id, secret.expose()),
            ClientAuthentication::Post => {
                form.extend([("client_id", id.as_str()), ("client_secret", secret.expose())]);
                None
            }
        };
        // Before the answer, so that a token is never thought to live longer than it does.
        let asked = Instant::now();
        let reply = self.http.post_form(url, &form, header, LARGEST_ANSWER).await;
        grant::token_of(&reply.map_err(NoToken::unavailable)?, asked)
    }

    async fn found<'f>(
        &self,
        issuer: &str,
        found: &'f OnceCell<String>,
    ) -> Result<&'f String, Failure> {
        let find = async || Discovery::of(&self.http, issuer).await?.token_endpoint();
        found.get_or_try_init(find).await
    }
}

impl Identity {
    async fn read(&self) -> Arc<Pair> {
        let (settings, last) = match self {
            Self::Fixed(pair) => return pair.clone(),
            Self::Settings { settings, last } => (settings.clone(), last),
        };
        // It reads files.
        let read = tokio::task::spawn_blocking(move || settings.read_again()).await;
        let read = read.map_err(|lost| lost.to_string());
        let read = read.and_then(|settings| settings.map_err(|error| error.to_string()));
        let new = read.and_then(|settings| {
            pair(&settings).ok_or_else(|| "API_CLIENT_ID or API_CLIENT_SECRET is gone".to_owned())
        });
        match new {
            Ok(pair) => last.store(Arc::new(pair)),
            // Files may be missing for a moment while they are replaced.
            Err(error) => tracing::warn!(
                error,
                "the client's secret cannot be read again; the one that was read last is used"
            ),
        }
        last.load_full()
    }
}

fn pair(settings: &Settings) -> Option<Pair> {
    let secret = settings.auth.api_client_secret.as_ref()?.expose().trim();
    Some((settings.auth.api_client_id.clone()?, Secret::new(secret.to_owned())))
}

fn endpoint(settings: &Settings, faults: &mut Vec<String>) -> Option<Endpoint> {
    let plain = if IS_DEVELOPMENT { Plain::OnLoopback } else { Plain::Refused };
    let auth = &settings.auth;
    if let Some(url) = &settings.access_tokens.token_url {
        let fault = url_fault("TOKEN_URL", url, plain);
        let endpoint = fault.is_none().then(|| Endpoint::Url(url.clone()));
        faults.extend(fault);
        return endpoint;
    }
    if let Some(domain) = &auth.auth0_domain {
        return Some(Endpoint::Url(format!("https://{domain}/oauth/token")));
    }
    let Some(issuer) = auth.oidc_issuers.first() else {
        faults.push(
            "no TOKEN_URL, AUTH0_DOMAIN or OIDC_ISSUERS is set, but this service asks for tokens \
             to call others; set one of them"
                .to_owned(),
        );
        return None;
    };
    let fault = url_fault("OIDC_ISSUERS", issuer, plain);
    let (issuer, found) = (issuer.clone(), OnceCell::new());
    let endpoint = fault.is_none().then_some(Endpoint::Issuer { issuer, found });
    faults.extend(fault);
    endpoint
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = match &self.endpoint {
            Endpoint::Url(address) | Endpoint::Issuer { issuer: address, .. } => address,
            Endpoint::Signer(_) => "itself",
        };
        f.debug_struct("Authority")
            .field("address", &origin_and_path(address))
            .finish_non_exhaustive()
    }
}
