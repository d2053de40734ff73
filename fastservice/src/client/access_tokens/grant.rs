//! A token request and its answer (RFC 6749 sections 4.4 and 5).

use std::{fmt::Write, time::Duration};

use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;

use super::{
    authority::Signer,
    no_token::NoToken,
    token::{AccessToken, Token},
};
use crate::authority::{Failure, Reply};

/// What counts where the authority does not say how long a token lives.
const UNTOLD_LIFE: Duration = Duration::from_secs(60);
const SIGNED_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
const LONGEST_TOKEN: usize = 16 * 1024;
/// Of the authority's words, what gets into the log.
const LONGEST_WORDS: usize = 200;

/// What a token is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wanted {
    audience: Box<str>,
    /// In order and without repetitions, so that one set is one token.
    scope: Box<str>,
    organization: Option<Box<str>>,
}

impl Wanted {
    pub(crate) fn new(
        audience: &str,
        scopes: &[impl AsRef<str>],
        organization: Option<&str>,
    ) -> Self {
        let words = scopes.iter().flat_map(|scopes| scopes.as_ref().split_whitespace());
        let mut words: Vec<_> = words.collect();
        words.sort_unstable();
        words.dedup();
        Self {
            audience: audience.into(),
            scope: words.join(" ").into(),
            organization: organization.map(Into::into),
        }
    }

    pub(super) fn audience(&self) -> &str {
        &self.audience
    }

    /// The members of the request, without those that say who asks.
    pub(super) fn form(&self) -> Vec<(&str, &str)> {
        let mut form = vec![("grant_type", "client_credentials"), ("audience", &self.audience)];
        if !self.scope.is_empty() {
            form.push(("scope", &self.scope));
        }
        if let Some(organization) = &self.organization {
            form.push(("organization", organization));
        }
        form
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    token_type: Option<String>,
    expires_in: Option<Value>,
}

/// The token of an answer that was asked for at `asked`.
pub(super) fn token_of(reply: &Reply, asked: Instant) -> Result<Token, NoToken> {
    let Ok(document) = reply.document() else { return Err(refusal(reply)) };
    read(document, asked).map_err(|fault| {
        NoToken::unavailable(Failure::Unfit(format!("its answer cannot be used: {fault}")))
    })
}

/// A token that is made here.
pub(super) fn token_by(sign: &Signer, wanted: &Wanted) -> Result<Token, NoToken> {
    let text = sign(&wanted.audience, &wanted.scope)
        .map_err(|error| NoToken::unavailable(Failure::Unfit(error.chain())))?;
    Ok(Token::new(AccessToken::new(&text), Instant::now(), SIGNED_LIFE))
}

/// The fault repeats nothing of the document.
fn read(document: &[u8], asked: Instant) -> Result<Token, &'static str> {
    let granted: Granted =
        serde_json::from_slice(document).map_err(|_| "no JSON object with `access_token`")?;
    let is_bearer = |kind: &String| kind.eq_ignore_ascii_case("bearer");
    if !granted.token_type.as_ref().is_none_or(is_bearer) {
        return Err("`token_type` is not `Bearer`");
    }
    let text = granted.access_token;
    let is_sendable = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.is_empty() || text.len() > LONGEST_TOKEN || !is_sendable {
        return Err("`access_token` is no bearer token");
    }
    let life = match &granted.expires_in {
        None | Some(Value::Null) => UNTOLD_LIFE,
        Some(value) => lifetime(value).ok_or("`expires_in` is no number of seconds above zero")?,
    };
    Ok(Token::new(AccessToken::new(&text), asked, life))
}

/// Some authorities write the number as text.
fn lifetime(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::String(text) => text.parse().ok()?,
        value => value.as_f64()?,
    };
    (seconds >= 1.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

fn refusal(reply: &Reply) -> NoToken {
    let status = reply.status;
    let is_refusal = status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS;
    if is_refusal {
        return NoToken::Refused { status, words: words(&reply.body).into() };
    }
    NoToken::unavailable(Failure::Status { status, retry_after: reply.retry_after() })
}

/// The authority's `error` and `error_description`, escaped, and not too much of them.
fn words(body: &[u8]) -> String {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
        return "without an `error` of OAuth".to_owned();
    };
    let mut words = String::new();
    for name in ["error", "error_description"] {
        if let Some(text) = body.get(name).and_then(Value::as_str) {
            let text: String = text.chars().take(LONGEST_WORDS).collect();
            // Writing into a `String` does not fail.
            let _ = write!(words, "{}{name} {text:?}", if words.is_empty() { "" } else { ", " });
        }
    }
    words
}

#[cfg(test)]
mod tests;
