use std::time::Duration;

use jsonwebtoken::{Algorithm, AlgorithmFamily};

use super::{
    SharedKeySet, TokenVerifier,
    expected::Expected,
    header::{HeaderRule, TypeRule, algorithm_named},
    keys::{Address, FetchedKeys, Keys, Location},
};
use crate::{
    auth::{
        ConfigError,
        cache::{TokenCache, USUAL_ENTRIES},
    },
    authority::{AuthorityClient, Plain, url_fault},
};

const DEFAULT_LEEWAY: Duration = Duration::from_secs(5);
const MAX_LEEWAY: Duration = Duration::from_secs(300);
const DEFAULT_LONGEST_OUTAGE: Duration = Duration::from_secs(24 * 60 * 60);

/// Collects what a [`TokenVerifier`] needs; [`build`](Self::build) names all faults at once.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct TokenVerifierBuilder {
    issuer: String,
    /// Whether the issuer is this program.
    pub(super) is_own: bool,
    audiences: Vec<String>,
    algorithms: Vec<String>,
    leeway: Duration,
    types: TypeRule,
    plain: Plain,
    keys: Option<SharedKeySet>,
    jwks_url: Option<String>,
    longest_outage: Duration,
    cache_entries: usize,
}

impl Default for TokenVerifierBuilder {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            is_own: false,
            audiences: Vec::new(),
            algorithms: vec!["RS256".to_owned()],
            leeway: DEFAULT_LEEWAY,
            types: TypeRule::AnyJwt,
            plain: Plain::Refused,
            keys: None,
            jwks_url: None,
            longest_outage: DEFAULT_LONGEST_OUTAGE,
            cache_entries: USUAL_ENTRIES,
        }
    }
}

impl TokenVerifierBuilder {
    /// The `iss` that tokens must have, letter by letter; Auth0's end with a slash. Must be given.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = issuer.into();
        self
    }

    /// Adds an audience; tokens must be for one of them. At least one must be given.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// The algorithms that tokens may be signed with (RFC 7518 section 3.1). Default: `RS256`.
    ///
    /// Accepted are `RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `ES256`, `ES384`
    /// and `EdDSA`, which RFC 9864 calls `Ed25519`: that is the same here.
    pub fn algorithms(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.algorithms = names.into_iter().map(Into::into).collect();
        self
    }

    /// How far the issuer's clock may differ. Default: 5 seconds; at most 300.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Accepts tokens only with the `typ` of RFC 9068, `at+jwt`. Default: also none and `JWT`.
    pub fn strict_type(mut self) -> Self {
        self.types = TypeRule::AccessToken;
        self
    }

    /// Accepts an `http` issuer on this machine, for development. Default: `https` alone.
    pub fn accept_http_on_loopback(mut self) -> Self {
        self.plain = Plain::OnLoopback;
        self
    }

    /// The issuer's keys: a [`KeySet`](super::KeySet), or a [`SharedKeySet`] that can be
    /// replaced. Default: they are fetched from the issuer, which is asked for its discovery
    /// document (OpenID Connect Discovery 1.0), and kept fresh in the background.
    pub fn keys(mut self, keys: impl Into<SharedKeySet>) -> Self {
        self.keys = Some(keys.into());
        self
    }

    /// Where the issuer's keys are, such as `https://example.eu.auth0.com/.well-known/jwks.json`,
    /// so that no discovery document is asked for.
    pub fn jwks_url(mut self, url: impl Into<String>) -> Self {
        self.jwks_url = Some(url.into());
        self
    }

    /// How long the keys that are known serve beyond their age while the issuer cannot be
    /// asked. Default: 24 hours. After it, tokens are answered 503.
    pub fn longest_outage(mut self, limit: Duration) -> Self {
        self.longest_outage = limit;
        self
    }

    /// How many verified tokens are remembered, within about 16 MiB; 0 for none. Default: 10,000.
    ///
    /// A remembered token is as valid as one that is checked anew: its times are compared with
    /// the clock at each use, it is forgotten when its key leaves the set, and checked in full
    /// again after five minutes.
    pub fn cache_entries(mut self, most: usize) -> Self {
        self.cache_entries = most;
        self
    }

    /// The verifier.
    ///
    /// # Errors
    /// All faults at once: no issuer, or one that is not an `https` URL; no audience; no
    /// algorithm, or one that is not accepted; a leeway over 300 seconds; an address of keys that
    /// is not an `https` URL.
    pub fn build(self) -> Result<TokenVerifier, ConfigError> {
        let mut faults = Vec::new();
        faults.extend(self.issuer_fault());
        if self.audiences.is_empty() || self.audiences.iter().any(String::is_empty) {
            faults.push("no audience is given, or an empty one".to_owned());
        }
        if self.algorithms.is_empty() {
            faults.push("the list of algorithms is empty".to_owned());
        }
        let parsed = self.algorithms.iter().map(|name| asymmetric(name));
        let (algorithms, wrong): (Vec<_>, Vec<_>) = parsed.partition(Result::is_ok);
        faults.extend(wrong.into_iter().filter_map(Result::err));
        if self.leeway > MAX_LEEWAY {
            faults.push("the leeway is over 300 seconds".to_owned());
        }
        if let Some(url) = &self.jwks_url {
            faults.extend(url_fault("the key set's address", url, self.plain));
        }
        if !faults.is_empty() {
            return Err(ConfigError::new(faults));
        }
        let keys = match self.keys {
            Some(keys) => Keys::Shared(keys),
            None => Keys::Fetched(FetchedKeys::new(Location {
                client: AuthorityClient::default(),
                address: self
                    .jwks_url
                    .map_or_else(|| Address::Issuer(self.issuer.clone()), Address::KeySet),
                longest_outage: self.longest_outage,
            })),
        };
        let expected =
            Expected { issuer: self.issuer, audiences: self.audiences, leeway: self.leeway };
        let algorithms = algorithms.into_iter().flatten().collect();
        let headers = HeaderRule { algorithms, types: self.types };
        let cache = TokenCache::new(self.cache_entries);
        Ok(TokenVerifier { headers, keys, expected, cache })
    }

    fn issuer_fault(&self) -> Option<String> {
        let issuer = &self.issuer;
        if issuer.is_empty() {
            return Some("no issuer is given".to_owned());
        }
        if issuer.contains('?') {
            return Some(format!("issuer {issuer:?} has a query; an issuer has none"));
        }
        if self.is_own {
            return None;
        }
        if let Some(fault) = url_fault("issuer", issuer, self.plain) {
            return Some(fault);
        }
        // Auth0's `iss` has the slash; without it every token would be refused.
        let lacks_slash = issuer.ends_with(".auth0.com");
        lacks_slash.then(|| format!("Auth0's issuer ends with a slash: write \"{issuer}/\""))
    }
}

/// A symmetric algorithm would make the public key the secret (RFC 8725 section 3.1).
fn asymmetric(name: &str) -> Result<Algorithm, String> {
    let algorithm = algorithm_named(name);
    algorithm.filter(|algorithm| algorithm.family() != AlgorithmFamily::Hmac).ok_or_else(|| {
        format!(
            "algorithm {name:?} is not accepted; write RS256, RS384, RS512, PS256, PS384, PS512, \
             ES256, ES384 or EdDSA"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{super::KeySet, *};

    const KEYS: &str = r#"{"keys": [{"kty": "OKP", "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

    fn complete() -> TokenVerifierBuilder {
        TokenVerifier::builder()
            .issuer("https://example.eu.auth0.com/")
            .audience("items")
            .keys(KeySet::from_json(KEYS).unwrap())
    }

    fn faults(builder: TokenVerifierBuilder) -> Vec<String> {
        builder.build().unwrap_err().faults().to_vec()
    }

    #[test]
    fn all_faults_are_named_at_once() {
        let builder = TokenVerifier::builder()
            .algorithms(["HS256", "none", "RS256"])
            .leeway(Duration::from_secs(301));

        let faults = faults(builder);

        assert_eq!(faults.len(), 5, "{faults:#?}");
        assert!(faults[2].contains("HS256") && faults[3].contains("none"));
    }

    #[test]
    fn an_empty_list_of_algorithms_is_a_fault() {
        let none: [&str; 0] = [];
        assert_eq!(faults(complete().algorithms(none)), ["the list of algorithms is empty"]);
    }

    #[test]
    fn an_issuer_is_an_https_url() {
        let wrong = [
            "items",
            "/items",
            "http://issuer.example.com/",
            "http://localhost:8080/",
            "ftp://issuer.example.com/",
            "https://user@issuer.example.com/",
            "https://issuer.example.com/?a=b",
            "https://issuer.example.com/#a",
            "https://example.eu.auth0.com",
        ];
        for issuer in wrong {
            assert_eq!(faults(complete().issuer(issuer)).len(), 1, "{issuer}");
        }
        for issuer in ["https://issuer.example.com", "https://keycloak.example.com/realms/a"] {
            assert!(complete().issuer(issuer).build().is_ok(), "{issuer}");
        }
    }

    #[test]
    fn http_is_accepted_on_loopback_alone_and_on_demand() {
        for issuer in ["http://localhost:8080/", "http://127.0.0.1/", "http://[::1]:80/"] {
            assert!(
                complete().issuer(issuer).accept_http_on_loopback().build().is_ok(),
                "{issuer}"
            );
        }
        for issuer in ["http://localhost.example.com/", "http://10.0.0.1/"] {
            assert_eq!(faults(complete().issuer(issuer).accept_http_on_loopback()).len(), 1);
        }
    }
}
