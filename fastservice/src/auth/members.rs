//! The members that tokens of every kind have, whoever says them (RFC 7519 section 4.1, RFC 7662
//! section 2.2).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::refusal::Refusal;

/// The end of the year 9999: what lies behind it is a number of milliseconds or an attack.
pub(super) const MAX_SECONDS: f64 = 253_402_300_799.0;
pub(super) const MAX_SUBJECT_BYTES: usize = 255;

/// When a token is valid, in seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// Infinite where it is not said.
    expires: f64,
    /// The later of `nbf` and `iat`.
    starts: f64,
}

impl Times {
    pub(super) fn read(members: &Map<String, Value>) -> Result<Self, Refusal> {
        let expires = seconds(members, "exp")?.unwrap_or(f64::INFINITY);
        let not_before = seconds(members, "nbf")?.unwrap_or(0.0);
        let issued = seconds(members, "iat")?.unwrap_or(0.0);
        Ok(Self { expires, starts: not_before.max(issued) })
    }

    /// The leeway is granted once, at each end.
    pub(super) fn check(&self, now: SystemTime, leeway: Duration) -> Result<(), Refusal> {
        // A clock before 1970 is broken; with it every token has expired.
        let Ok(now) = now.duration_since(UNIX_EPOCH) else { return Err(Refusal::Expired) };
        let (now, leeway) = (now.as_secs_f64(), leeway.as_secs_f64());
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
fn seconds(members: &Map<String, Value>, name: &str) -> Result<Option<f64>, Refusal> {
    let Some(value) = members.get(name) else { return Ok(None) };
    let seconds = value.as_f64().filter(|seconds| (0.0..=MAX_SECONDS).contains(seconds));
    seconds.map(Some).ok_or(Refusal::Claims)
}

/// Whether `aud`, a string or a list of strings, names one of these.
pub(super) fn is_for(audience: &Value, ours: &[String]) -> bool {
    let is_ours = |audience: &str| ours.iter().any(|ours| ours == audience);
    match audience {
        Value::String(audience) => is_ours(audience),
        Value::Array(all) => {
            all.iter().all(Value::is_string) && all.iter().filter_map(Value::as_str).any(is_ours)
        }
        _ => false,
    }
}

/// `scope` (RFC 8693 section 4.2), or the `scp` of authorities that do not follow it.
pub(super) fn scopes(members: &Map<String, Value>) -> Result<Vec<Box<str>>, Refusal> {
    match members.get("scope").or_else(|| members.get("scp")) {
        None => Ok(Vec::new()),
        Some(Value::String(words)) => {
            Ok(words.split(' ').filter(|word| !word.is_empty()).map(Into::into).collect())
        }
        Some(Value::Array(words)) => strings(words),
        Some(_) => Err(Refusal::Claims),
    }
}

/// Auth0's `permissions`.
pub(super) fn permissions(members: &Map<String, Value>) -> Result<Vec<Box<str>>, Refusal> {
    match members.get("permissions") {
        None => Ok(Vec::new()),
        Some(Value::Array(permissions)) => strings(permissions),
        // A string is never searched: `read` would be found in `read:secret`.
        Some(_) => Err(Refusal::Claims),
    }
}

fn strings(values: &[Value]) -> Result<Vec<Box<str>>, Refusal> {
    values.iter().map(|value| value.as_str().map(Into::into).ok_or(Refusal::Claims)).collect()
}
