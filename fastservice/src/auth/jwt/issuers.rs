//! Several issuers side by side.

use std::time::SystemTime;

use super::{Parts, Refusal, TokenVerifier, object, refused};
use crate::{
    auth::{Authentication, Authenticator, CacheCounts, ConfigError},
    error::Result,
};

/// Verifies the tokens of several issuers, each by its own keys and expectations.
///
/// The `iss` of a token chooses its verifier before the signature is checked; the chosen one
/// then checks all, that claim too. A token of another issuer is refused with `token_issuer`.
#[derive(Debug)]
pub struct TokenVerifiers(Box<[TokenVerifier]>);

impl TokenVerifiers {
    /// One for each issuer.
    ///
    /// # Errors
    /// There is none, or two are of the same issuer.
    pub fn new(
        verifiers: impl IntoIterator<Item = TokenVerifier>,
    ) -> std::result::Result<Self, ConfigError> {
        let verifiers: Box<[_]> = verifiers.into_iter().collect();
        let issuer = |verifier: &TokenVerifier| verifier.expected.issuer.clone();
        let mut faults = Vec::new();
        if verifiers.is_empty() {
            faults.push("no verifier is given".to_owned());
        }
        for (index, verifier) in verifiers.iter().enumerate() {
            if verifiers.iter().take(index).any(|other| issuer(other) == issuer(verifier)) {
                faults.push(format!("issuer {:?} is given twice", issuer(verifier)));
            }
        }
        if faults.is_empty() { Ok(Self(verifiers)) } else { Err(ConfigError::new(faults)) }
    }

    /// The verifier of the token's issuer.
    fn choose(&self, token: &str) -> std::result::Result<&TokenVerifier, Refusal> {
        let parts = Parts::split(token)?;
        let payload = object::decode(parts.payload)?;
        let issuer = payload.get("iss").and_then(serde_json::Value::as_str);
        let chosen = self.0.iter().find(|verifier| Some(&*verifier.expected.issuer) == issuer);
        chosen.ok_or_else(|| {
            // What is wrong in the header is told first, as with one issuer.
            let header = self.0.first().map(|verifier| verifier.header(&parts));
            header.and_then(std::result::Result::err).unwrap_or(Refusal::Issuer)
        })
    }
}

impl Authenticator for TokenVerifiers {
    fn authenticate<'a>(&'a self, token: &'a str) -> Authentication<'a> {
        let now = SystemTime::now();
        if let Some(claims) = self.0.iter().find_map(|verifier| verifier.remembered(token, now)) {
            return Authentication::ready(Ok(claims));
        }
        match self.choose(token) {
            Ok(verifier) => verifier.check(token, now),
            Err(refusal) => Authentication::ready(Err(refused(refusal))),
        }
    }

    fn start(&self) {
        self.0.iter().for_each(Authenticator::start);
    }

    /// Ready when the keys of any issuer are there: one that is away must not take the
    /// others' users out with it. Its own tokens are answered 503 meanwhile.
    fn readiness(&self) -> Result<()> {
        let mut failure = Ok(());
        for verifier in &self.0 {
            match verifier.readiness() {
                Ok(()) => return Ok(()),
                Err(error) => failure = Err(error),
            }
        }
        failure
    }

    fn cache_counts(&self) -> Option<CacheCounts> {
        self.0.iter().filter_map(Authenticator::cache_counts).reduce(std::ops::Add::add)
    }
}
