//! What is remembered between the steps of a login: all in memory, and bounded.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{OAuthError, authorization::Authorization, pkce::Challenge};
use crate::error::Result;

/// How many of each kind are remembered; the oldest are forgotten first.
const MOST: usize = 1024;
const LOGIN_LIFETIME: Duration = Duration::from_secs(10 * 60);
const CODE_LIFETIME: Duration = Duration::from_secs(60);
/// A code that comes a second time is known for longer than it is good for.
const CODE_MEMORY: Duration = Duration::from_secs(60 * 60);
const FAMILY_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What a user granted to a client.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) client_id: String,
    pub(super) sub: String,
    pub(super) scopes: Vec<String>,
    pub(super) audience: String,
    pub(super) nonce: Option<String>,
    /// When the user logged in, in seconds since 1970.
    pub(super) auth_time: u64,
}

impl Grant {
    pub(super) fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }
}

/// What a code is good for, once.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) grant: Grant,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<Challenge>,
}

/// A code that is good yet, or what its first use gave.
enum CodeState {
    Fresh(Box<Code>, Instant),
    Used {
        family: Option<String>,
    },
    /// Came again, so that a first use that has not ended yet gives nothing that lasts.
    Replayed,
}

/// Refresh tokens that come from one login, of which the last is good.
struct Family {
    grant: Grant,
    current: String,
}

/// Logins that have begun, codes, and refresh tokens.
pub(super) struct Sessions {
    logins: Shelf<Authorization>,
    codes: Shelf<CodeState>,
    families: Shelf<Family>,
}

impl Sessions {
    pub(super) fn new() -> Self {
        Self {
            logins: Shelf::new(LOGIN_LIFETIME),
            codes: Shelf::new(CODE_MEMORY),
            families: Shelf::new(FAMILY_LIFETIME),
        }
    }

    /// Remembers a request until its page comes back with this handle.
    pub(super) fn begin_login(&mut self, handle: String, request: Authorization, now: Instant) {
        self.logins.keep_as(handle, request, now);
    }

    pub(super) fn end_login(&mut self, handle: &str, now: Instant) -> Option<Authorization> {
        self.logins.take(handle, now)
    }

    pub(super) fn give_code(&mut self, code: Code, now: Instant) -> Result<String> {
        self.codes.keep(CodeState::Fresh(Box::new(code), now + CODE_LIFETIME), now)
    }

    /// What the code is good for. Whoever comes second gets nothing, and takes from the
    /// first what can be taken (RFC 6749 section 4.1.2).
    pub(super) fn redeem(&mut self, code: &str, now: Instant) -> Result<Code, OAuthError> {
        const UNKNOWN: OAuthError =
            OAuthError::invalid_grant("the code is unknown, expired or was used before");
        let state = self.codes.get_mut(code, now).ok_or(UNKNOWN)?;
        match std::mem::replace(state, CodeState::Replayed) {
            CodeState::Fresh(code, end) if now < end => {
                *state = CodeState::Used { family: None };
                return Ok(*code);
            }
            CodeState::Used { family: Some(family) } => {
                self.families.take(&family, now);
            }
            CodeState::Fresh(..) | CodeState::Used { family: None } | CodeState::Replayed => {}
        }
        Err(UNKNOWN)
    }

    /// The first refresh token of a login that `code` was given for, unless that came again
    /// since it was redeemed.
    pub(super) fn begin_family(
        &mut self,
        grant: Grant,
        code: &str,
        now: Instant,
    ) -> Result<String, OAuthError> {
        let family_of_code = match self.codes.get_mut(code, now) {
            Some(CodeState::Replayed) => {
                return Err(OAuthError::invalid_grant("the code was used twice"));
            }
            Some(CodeState::Used { family }) => Some(family),
            Some(CodeState::Fresh(..)) | None => None,
        };
        let failed = |error| OAuthError::server_error(&error);
        let current = random_text().map_err(failed)?;
        let family = Family { grant, current: current.clone() };
        let id = self.families.keep(family, now).map_err(failed)?;
        if let Some(family) = family_of_code {
            *family = Some(id.clone());
        }
        Ok(format!("{id}.{current}"))
    }

    /// What a refresh token stands for, if it is its family's last. An older one was stolen,
    /// or the last one was: the family ends (RFC 9700 section 4.14.2).
    pub(super) fn refresh(&mut self, token: &str, now: Instant) -> Result<Grant, OAuthError> {
        const UNKNOWN: OAuthError = OAuthError::invalid_grant(
            "the refresh token is unknown, expired, or was used before, which ends its successors",
        );
        let (id, secret) = token.split_once('.').ok_or(UNKNOWN)?;
        let family = self.families.get_mut(id, now).ok_or(UNKNOWN)?;
        if family.current == secret {
            return Ok(family.grant.clone());
        }
        self.families.take(id, now);
        Err(UNKNOWN)
    }

    /// The successor of a refresh token that [`refresh`](Self::refresh) has accepted.
    pub(super) fn rotate(&mut self, token: &str, now: Instant) -> Result<Option<String>> {
        let next = random_text()?;
        let Some((id, _)) = token.split_once('.') else { return Ok(None) };
        let Some(family) = self.families.get_mut(id, now) else { return Ok(None) };
        family.current.clone_from(&next);
        Ok(Some(format!("{id}.{next}")))
    }
}

/// Values under random names, each for a while; the oldest makes room for a new one.
struct Shelf<T> {
    values: HashMap<String, (T, Instant)>,
    order: VecDeque<String>,
    lifetime: Duration,
}

impl<T> Shelf<T> {
    fn new(lifetime: Duration) -> Self {
        Self { values: HashMap::new(), order: VecDeque::new(), lifetime }
    }

    fn keep(&mut self, value: T, now: Instant) -> Result<String> {
        let key = random_text()?;
        self.keep_as(key.clone(), value, now);
        Ok(key)
    }

    fn keep_as(&mut self, key: String, value: T, now: Instant) {
        // Names of what was taken meanwhile count too, which keeps this list bounded.
        while self.order.len() >= MOST {
            let oldest = self.order.pop_front();
            oldest.and_then(|oldest| self.values.remove(&oldest));
        }
        self.order.push_back(key.clone());
        self.values.insert(key, (value, now + self.lifetime));
    }

    fn get_mut(&mut self, key: &str, now: Instant) -> Option<&mut T> {
        self.values.get_mut(key).filter(|(_, end)| now < *end).map(|(value, _)| value)
    }

    fn take(&mut self, key: &str, now: Instant) -> Option<T> {
        self.values.remove(key).filter(|(_, end)| now < *end).map(|(value, _)| value)
    }
}

/// 256 random bits, which nobody guesses.
pub(super) fn random_text() -> Result<String> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

pub(super) fn seconds_since_1970() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn grant() -> Grant {
        Grant {
            client_id: "app".into(),
            sub: "a|b".into(),
            scopes: vec!["offline_access".into()],
            audience: "api".into(),
            nonce: None,
            auth_time: 0,
        }
    }

    fn code() -> Code {
        Code { grant: grant(), redirect_uri: "http://localhost/".into(), challenge: None }
    }

    #[test]
    fn a_code_is_good_for_a_minute_and_once() {
        let (mut sessions, now) = (Sessions::new(), Instant::now());
        let [first, second] = [(); 2].map(|()| sessions.give_code(code(), now).unwrap());

        assert!(sessions.redeem(&first, now + CODE_LIFETIME.saturating_sub(SECOND)).is_ok());
        assert!(sessions.redeem(&first, now + CODE_LIFETIME.saturating_sub(SECOND)).is_err());
        assert!(sessions.redeem(&second, now + CODE_LIFETIME).is_err());
    }

    #[test]
    fn a_code_that_comes_again_ends_the_refresh_tokens_it_gave() {
        let (mut sessions, now) = (Sessions::new(), Instant::now());
        let code = sessions.give_code(code(), now).unwrap();
        sessions.redeem(&code, now).unwrap();
        let token = sessions.begin_family(grant(), &code, now).unwrap();
        let token = sessions.rotate(&token, now).unwrap().unwrap();
        assert!(sessions.refresh(&token, now).is_ok());

        assert!(sessions.redeem(&code, now + 30 * CODE_LIFETIME).is_err());

        assert!(sessions.refresh(&token, now).is_err());
    }

    /// Between the two steps of the first redemption, which signs without the lock.
    #[test]
    fn a_code_that_comes_again_before_it_gave_a_refresh_token_gives_none() {
        let (mut sessions, now) = (Sessions::new(), Instant::now());
        let code = sessions.give_code(code(), now).unwrap();
        let first = sessions.redeem(&code, now).unwrap();

        assert!(sessions.redeem(&code, now).is_err());

        let refused = sessions.begin_family(first.grant, &code, now).unwrap_err();
        assert_eq!(refused.error(), "invalid_grant");
        assert!(sessions.families.values.is_empty());
        assert!(sessions.redeem(&code, now).is_err());
    }

    #[test]
    fn a_refresh_token_that_comes_again_ends_its_successors() {
        let (mut sessions, now) = (Sessions::new(), Instant::now());
        let first = sessions.begin_family(grant(), "", now).unwrap();
        let second = sessions.rotate(&first, now).unwrap().unwrap();

        assert!(sessions.refresh(&first, now).is_err());
        assert!(sessions.refresh(&second, now).is_err());
    }

    #[test]
    fn a_refresh_token_expires() {
        let (mut sessions, now) = (Sessions::new(), Instant::now());
        let token = sessions.begin_family(grant(), "", now).unwrap();

        assert!(sessions.refresh(&token, now + FAMILY_LIFETIME.saturating_sub(SECOND)).is_ok());
        assert!(sessions.refresh(&token, now + FAMILY_LIFETIME).is_err());
    }

    #[test]
    fn the_oldest_are_forgotten_when_there_are_many() {
        let (mut shelf, now) = (Shelf::new(CODE_LIFETIME), Instant::now());
        let keys: Vec<_> = (0..=MOST).map(|value| shelf.keep(value, now).unwrap()).collect();
        shelf.take(&keys[1], now);
        for value in 0..MOST {
            shelf.keep(value, now).unwrap();
        }

        assert_eq!((shelf.values.len(), shelf.order.len()), (MOST, MOST));
        assert!(keys.iter().all(|key| shelf.take(key, now).is_none()));
    }
}
