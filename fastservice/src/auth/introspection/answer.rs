//! What the issuer says of a token (RFC 7662 section 2.2).

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use crate::{
    auth::{
        members::{self, Times},
        refusal::Refusal,
    },
    claims::{Claims, UserId},
};

/// What the subject of a machine ends with, as Auth0 names it.
const MACHINE: &str = "@clients";
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
        let mut said: Map<String, Value> = serde_json::from_slice(document).map_err(|_| Unfit)?;
        // So some issuers write what there is not.
        said.retain(|_, value| !value.is_null());
        match said.get("active") {
            Some(Value::Bool(true)) => Ok(self.check(said, now)),
            Some(Value::Bool(false)) => Ok(Err(Refusal::Inactive)),
            _ => Err(Unfit),
        }
    }

    fn check(&self, said: Map<String, Value>, now: SystemTime) -> Result<Active, Refusal> {
        let Approved { subject, scopes, permissions, times } =
            self.approve(&said, now).inspect_err(|refusal| {
                // Quoted and escaped, as an issuer may put anything into them.
                let claim = |name: &str| said.get(name).map(ToString::to_string);
                let (code, iss, sub) = (refusal.code(), claim("iss"), claim("sub"));
                tracing::info!(code, iss, sub, "an active token is refused");
            })?;
        Ok(Active { claims: Claims::new(subject, scopes, permissions, said), times })
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
        let (scopes, permissions) = (members::scopes(said)?, members::permissions(said)?);
        Ok(Approved { subject: subject(said)?, scopes, permissions, times })
    }

    fn check_audience(&self, audience: Option<&Value>) -> Result<(), Refusal> {
        let is_ours = |audience: &Value| members::is_for(audience, &self.audiences);
        if self.audiences.is_empty() || audience.is_some_and(is_ours) {
            Ok(())
        } else {
            Err(Refusal::Audience)
        }
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
        None => true,
        Some(Value::String(said)) => kinds.iter().any(|kind| kind.eq_ignore_ascii_case(said)),
        Some(_) => false,
    };
    if KINDS.iter().all(fits) { Ok(()) } else { Err(Refusal::Type) }
}

/// The user; or the machine, whose token has itself as the subject, or neither a subject nor a
/// user.
fn subject(said: &Map<String, Value>) -> Result<UserId, Refusal> {
    let text = |name: &str| match said.get(name) {
        None => Ok(None),
        Some(Value::String(text))
            if !text.is_empty() && text.len() <= members::MAX_SUBJECT_BYTES =>
        {
            Ok(Some(text.as_str()))
        }
        Some(_) => Err(Refusal::Claims),
    };
    // Some issuers name a user by these alone, in a token that was given to a client.
    let names_user = ["username", "user_name"].iter().any(|name| said.contains_key(*name));
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

#[cfg(test)]
mod tests;
