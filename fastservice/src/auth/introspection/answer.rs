//! What the issuer says of a token (RFC 7662 section 2.2).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::Refusal;
use crate::claims::{Claims, UserId};

const MAX_SUBJECT_BYTES: usize = 255;
/// What the subject of a machine ends with, as Auth0 names it.
const MACHINE: &str = "@clients";
/// The end of the year 9999: what lies behind it is a number of milliseconds or an attack.
const MAX_SECONDS: f64 = 253_402_300_799.0;

/// What this service expects of each token.
#[derive(Debug)]
pub(super) struct Expected {
    /// `None` where the issuer is not compared.
    pub(super) issuer: Option<String>,
    /// Empty where tokens of every audience are accepted.
    pub(super) audiences: Vec<String>,
    pub(super) leeway: Duration,
}

/// A token that is active and meets the expectation.
#[derive(Debug, Clone)]
pub(super) struct Active {
    pub(super) claims: Claims,
    pub(super) times: Times,
    /// Of what the issuer said, in bytes.
    pub(super) size: usize,
}

/// What of it counts.
struct Approved {
    subject: UserId,
    scopes: Vec<Box<str>>,
    permissions: Vec<Box<str>>,
    times: Times,
}

/// An answer that is none of RFC 7662.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unfit;

impl Expected {
    /// What the document says of the token, or the first reason against it.
    pub(super) fn read(
        &self,
        document: &[u8],
        now: SystemTime,
    ) -> Result<Result<Active, Refusal>, Unfit> {
        let said: Map<String, Value> = serde_json::from_slice(document).map_err(|_| Unfit)?;
        match said.get("active") {
            Some(Value::Bool(true)) => Ok(self.check(said, now, document.len())),
            Some(Value::Bool(false)) => Ok(Err(Refusal::Inactive)),
            _ => Err(Unfit),
        }
    }

    fn check(
        &self,
        said: Map<String, Value>,
        now: SystemTime,
        size: usize,
    ) -> Result<Active, Refusal> {
        let Approved { subject, scopes, permissions, times } =
            self.approve(&said, now).inspect_err(|refusal| {
                // Quoted and escaped, as an issuer may put anything into them.
                let claim = |name: &str| said.get(name).map(ToString::to_string);
                let (code, iss, sub) = (refusal.code(), claim("iss"), claim("sub"));
                tracing::info!(code, iss, sub, "an active token is refused");
            })?;
        Ok(Active { claims: Claims::new(subject, scopes, permissions, said), times, size })
    }

    fn approve(&self, said: &Map<String, Value>, now: SystemTime) -> Result<Approved, Refusal> {
        check_kind(said)?;
        if let Some(issuer) = &self.issuer
            && said.get("iss").and_then(Value::as_str) != Some(issuer)
        {
            return Err(Refusal::Issuer);
        }
        self.check_audience(said.get("aud"))?;
        let times = Times::read(said)?;
        times.check(now, self.leeway)?;
        // A bound token without its proof may be a stolen one (RFC 7800, RFC 9449).
        if said.contains_key("cnf") {
            return Err(Refusal::Binding);
        }
        let permissions = match said.get("permissions") {
            None => Vec::new(),
            Some(Value::Array(permissions)) => strings(permissions)?,
            // A string is never searched: `read` would be found in `read:secret`.
            Some(_) => return Err(Refusal::Claims),
        };
        Ok(Approved { subject: subject(said)?, scopes: scopes(said)?, permissions, times })
    }

    fn check_audience(&self, audience: Option<&Value>) -> Result<(), Refusal> {
        if self.audiences.is_empty() {
            return Ok(());
        }
        let is_ours = |audience: &str| self.audiences.iter().any(|ours| ours == audience);
        let accepted = match audience {
            Some(Value::String(audience)) => is_ours(audience),
            Some(Value::Array(all)) => {
                all.iter().all(Value::is_string)
                    && all.iter().filter_map(Value::as_str).any(is_ours)
            }
            _ => false,
        };
        if accepted { Ok(()) } else { Err(Refusal::Audience) }
    }
}

/// Refresh and ID tokens are active too, and open nothing. Issuers tell them apart by members
/// of their own: `token_use` (Hydra, Cognito) and `typ` (Keycloak).
fn check_kind(said: &Map<String, Value>) -> Result<(), Refusal> {
    const KINDS: [(&str, &[&str]); 3] = [
        ("token_type", &["bearer"]),
        ("token_use", &["access_token", "access"]),
        ("typ", &["bearer", "jwt", "at+jwt", "application/at+jwt"]),
    ];
    let fits = |(name, kinds): &(&str, &[&str])| match said.get(*name) {
        None | Some(Value::Null) => true,
        Some(Value::String(said)) => kinds.iter().any(|kind| kind.eq_ignore_ascii_case(said)),
        Some(_) => false,
    };
    if KINDS.iter().all(fits) { Ok(()) } else { Err(Refusal::Type) }
}

/// When a token is valid, in seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// Infinite where the issuer does not say: then it alone knows.
    expires: f64,
    /// The later of `nbf` and `iat`.
    starts: f64,
}

impl Times {
    fn read(said: &Map<String, Value>) -> Result<Self, Refusal> {
        let expires = seconds(said, "exp")?.unwrap_or(f64::INFINITY);
        let not_before = seconds(said, "nbf")?.unwrap_or(0.0);
        let issued = seconds(said, "iat")?.unwrap_or(0.0);
        Ok(Self { expires, starts: not_before.max(issued) })
    }

    /// The leeway is granted once, at each end.
    pub(super) fn check(&self, now: SystemTime, leeway: Duration) -> Result<(), Refusal> {
        // With a broken clock every token has expired.
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

/// Seconds since 1970, fractions allowed; `null` is what some issuers write for none.
fn seconds(said: &Map<String, Value>, name: &str) -> Result<Option<f64>, Refusal> {
    match said.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let seconds = value.as_f64().filter(|seconds| (0.0..=MAX_SECONDS).contains(seconds));
            seconds.map(Some).ok_or(Refusal::Claims)
        }
    }
}

/// The user; or the machine, whose token has itself as the subject, or neither a subject nor a
/// user.
fn subject(said: &Map<String, Value>) -> Result<UserId, Refusal> {
    let text = |name: &str| match said.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.is_empty() && text.len() <= MAX_SUBJECT_BYTES => {
            Ok(Some(text.as_str()))
        }
        Some(_) => Err(Refusal::Claims),
    };
    // Some issuers name a user by these alone, in a token that was given to a client.
    let is_said = |name: &&str| said.get(*name).is_some_and(|value| !value.is_null());
    let names_user = ["username", "user_name"].iter().any(is_said);
    match (text("sub")?, text("client_id")?) {
        (Some(user), client) if client != Some(user) => match user.strip_suffix(MACHINE) {
            // A user who may choose such a name is not to become a machine.
            Some(machine) if client != Some(machine) => Err(Refusal::Claims),
            _ => Ok(UserId::from(user)),
        },
        (None, Some(_)) if names_user => Err(Refusal::Claims),
        (_, Some(client)) => Ok(UserId::from(format!("{client}{MACHINE}").as_str())),
        _ => Err(Refusal::Claims),
    }
}

/// Words in one string (RFC 7662 section 2.2), or the array of issuers that do not follow it.
fn scopes(said: &Map<String, Value>) -> Result<Vec<Box<str>>, Refusal> {
    match said.get("scope") {
        None | Some(Value::Null) => Ok(Vec::new()),
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
