//! What the claims of a token must say (RFC 7519 section 4.1, RFC 9068 section 4).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::Refusal;
use crate::claims::{Claims, UserId};

const MAX_SUBJECT_BYTES: usize = 255;
/// The end of the year 9999: what lies behind it is a number of milliseconds or an attack.
const MAX_SECONDS: f64 = 253_402_300_799.0;

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
        times.check(now, self.leeway)?;
        let subject = subject(payload)?;
        // A bound token without its proof may be a stolen one (RFC 7800, RFC 9449).
        if payload.contains_key("cnf") {
            return Err(Refusal::Binding);
        }
        let scopes = scopes(payload)?;
        let permissions = match payload.get("permissions") {
            None => Vec::new(),
            Some(Value::Array(permissions)) => strings(permissions)?,
            // A string is never searched: `read` would be found in `read:secret`.
            Some(_) => return Err(Refusal::Claims),
        };
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
        let is_ours = |audience: &str| self.audiences.iter().any(|ours| ours == audience);
        let accepted = match audience {
            Value::String(audience) => is_ours(audience),
            Value::Array(all) => {
                let all = all.iter().map(|one| one.as_str().ok_or(Refusal::Audience));
                all.collect::<Result<Vec<_>, _>>()?.into_iter().any(is_ours)
            }
            _ => false,
        };
        if accepted {
            return Ok(());
        }
        let is_for_its_client = payload.get("azp") == Some(audience);
        Err(if is_for_its_client { Refusal::Type } else { Refusal::Audience })
    }
}

/// When a token is valid, in seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    expires: f64,
    /// The later of `nbf` and `iat`.
    starts: f64,
}

impl Times {
    fn read(payload: &Map<String, Value>) -> Result<Self, Refusal> {
        let expires = seconds(payload, "exp")?.ok_or(Refusal::Claims)?;
        let not_before = seconds(payload, "nbf")?.unwrap_or(0.0);
        let issued = seconds(payload, "iat")?.unwrap_or(0.0);
        Ok(Self { expires, starts: not_before.max(issued) })
    }

    /// The leeway is granted once, at each end.
    pub(super) fn check(&self, now: SystemTime, leeway: Duration) -> Result<(), Refusal> {
        // A clock before 1970 is broken; with it every token has expired.
        let now = now.duration_since(UNIX_EPOCH).map_or(f64::INFINITY, |now| now.as_secs_f64());
        let leeway = leeway.as_secs_f64();
        if now >= self.expires + leeway {
            return Err(Refusal::Expired);
        }
        if self.starts > now + leeway {
            return Err(Refusal::NotYetValid);
        }
        Ok(())
    }
}

/// A `NumericDate` (RFC 7519 section 2): seconds since 1970, fractions allowed.
fn seconds(payload: &Map<String, Value>, name: &str) -> Result<Option<f64>, Refusal> {
    let Some(value) = payload.get(name) else { return Ok(None) };
    let seconds = value.as_f64().filter(|seconds| (0.0..=MAX_SECONDS).contains(seconds));
    seconds.map(Some).ok_or(Refusal::Claims)
}

fn subject(payload: &Map<String, Value>) -> Result<UserId, Refusal> {
    let subject = payload.get("sub").and_then(Value::as_str).ok_or(Refusal::Claims)?;
    if subject.is_empty() || subject.len() > MAX_SUBJECT_BYTES {
        return Err(Refusal::Claims);
    }
    Ok(UserId::from(subject))
}

/// `scope` (RFC 8693 section 4.2), or the `scp` of authorities that do not follow it.
fn scopes(payload: &Map<String, Value>) -> Result<Vec<Box<str>>, Refusal> {
    match payload.get("scope").or_else(|| payload.get("scp")) {
        None => Ok(Vec::new()),
        Some(Value::String(words)) => {
            Ok(words.split(' ').filter(|word| !word.is_empty()).map(Into::into).collect())
        }
        Some(Value::Array(words)) => strings(words),
        Some(_) => Err(Refusal::Claims),
    }
}

fn strings(values: &[Value]) -> Result<Vec<Box<str>>, Refusal> {
    values.iter().map(|value| value.as_str().map(Into::into).ok_or(Refusal::Claims)).collect()
}

#[cfg(test)]
mod tests;
