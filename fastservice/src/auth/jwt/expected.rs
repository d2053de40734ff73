//! What the claims of a token must say (RFC 7519 section 4.1, RFC 9068 section 4).

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::Refusal;
use crate::{
    auth::members::{self, Times},
    claims::{Claims, UserId},
};

/// What this service expects of each token.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) issuer: String,
    pub(super) audiences: Vec<String>,
    /// How far the clocks of issuer and service may differ.
    pub(super) leeway: Duration,
}

/// What a payload says that meets the expectation.
pub(super) struct Approved {
    subject: UserId,
    scopes: Vec<Box<str>>,
    permissions: Vec<Box<str>>,
    pub(super) times: Times,
}

impl Approved {
    pub(super) fn into_claims(self, payload: Map<String, Value>) -> Claims {
        Claims::new(self.subject, self.scopes, self.permissions, payload)
    }
}

impl Expected {
    /// What the payload says, or the first reason against it.
    pub(super) fn check(
        &self,
        payload: &Map<String, Value>,
        now: SystemTime,
    ) -> Result<Approved, Refusal> {
        self.check_issuer(payload)?;
        self.check_kind_and_audience(payload)?;
        let times = Times::read(payload)?;
        if !payload.contains_key("exp") {
            return Err(Refusal::Claims);
        }
        times.check(now, self.leeway)?;
        let subject = subject(payload)?;
        // A bound token without its proof may be a stolen one (RFC 7800, RFC 9449).
        if payload.contains_key("cnf") {
            return Err(Refusal::Binding);
        }
        let scopes = members::scopes(payload)?;
        let permissions = members::permissions(payload)?;
        Ok(Approved { subject, scopes, permissions, times })
    }

    fn check_issuer(&self, payload: &Map<String, Value>) -> Result<(), Refusal> {
        let issuer = payload.get("iss").and_then(Value::as_str);
        if issuer == Some(&*self.issuer) { Ok(()) } else { Err(Refusal::Issuer) }
    }

    /// An ID token is for the client that asked for it, and opens nothing (RFC 8725 section 3.12).
    fn check_kind_and_audience(&self, payload: &Map<String, Value>) -> Result<(), Refusal> {
        const OF_ID_TOKENS: [&str; 3] = ["nonce", "at_hash", "c_hash"];
        if OF_ID_TOKENS.iter().any(|name| payload.contains_key(*name)) {
            return Err(Refusal::Type);
        }
        let audience = payload.get("aud").ok_or(Refusal::Audience)?;
        if members::is_for(audience, &self.audiences) {
            return Ok(());
        }
        let is_for_its_client = payload.get("azp") == Some(audience);
        Err(if is_for_its_client { Refusal::Type } else { Refusal::Audience })
    }
}

fn subject(payload: &Map<String, Value>) -> Result<UserId, Refusal> {
    let subject = payload.get("sub").and_then(Value::as_str).ok_or(Refusal::Claims)?;
    if subject.is_empty() || subject.len() > members::MAX_SUBJECT_BYTES {
        return Err(Refusal::Claims);
    }
    Ok(UserId::from(subject))
}

#[cfg(test)]
mod tests;
