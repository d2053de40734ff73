//! The endpoints of the issuer, as those of an Auth0 tenant, below `/dev-issuer/`.
//!
//! A browser asks [`authorization`] and gets a [`page`], whose answer is a [`login`]; a
//! program trades the code of that for tokens, which are [`grants`].

mod authorization;
mod client_authentication;
mod directory;
mod discovery;
mod file;
mod gate;
mod grants;
mod host;
mod login;
mod oauth_error;
mod origin;
mod page;
mod parameters;
mod pkce;
mod redirect;
mod routes;
mod sessions;
mod tokens;
mod userinfo;

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use http::Uri;

#[cfg(feature = "docs")]
pub(crate) use self::directory::DOCS;
#[cfg(feature = "client")]
pub(crate) use self::directory::MACHINE;
#[cfg(feature = "cli")]
pub(crate) use self::routes::{ROTATE_PATH, TOKEN_PATH};
pub(crate) use self::{
    directory::{Directory, Rights},
    routes::{AUTHORIZE_PATH, GRANT_PATH, ROUTES},
};
use self::{oauth_error::OAuthError, sessions::Sessions};
use super::DevIssuer;
use crate::error::Result;

/// Where its endpoints are.
const BASE: &str = "/dev-issuer/";
/// The audience of its tokens when `API_IDENTIFIER` is not set.
const AUDIENCE: &str = "dev-api";

/// Who may call its endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Loopback,
    Everybody,
}

/// An issuer, whom it knows, and what it remembers of logins.
pub(crate) struct Tenant {
    issuer: DevIssuer,
    /// The issuer's name, parsed.
    url: Uri,
    /// Never empty; the first is the issuer's own.
    audiences: Vec<String>,
    directory: Directory,
    reach: Reach,
    sessions: Mutex<Sessions>,
}

impl Tenant {
    /// The name of the issuer of a service that listens at `authority`, such as
    /// `localhost:8000`.
    pub(crate) fn url_at(authority: &str) -> String {
        format!("http://{authority}{BASE}")
    }

    /// The tenant with this name.
    pub(crate) fn new(url: &str, audiences: &[String], directory: Directory) -> Result<Self> {
        let audiences = Self::audiences_or_default(audiences);
        let audience = audiences.first().map_or(AUDIENCE, String::as_str);
        let issuer = DevIssuer::new(url, audience)?;
        let sessions = Mutex::new(Sessions::new());
        let url = url.parse()?;
        Ok(Self { issuer, url, audiences, directory, reach: Reach::Loopback, sessions })
    }

    /// Answers also who is not on this machine.
    pub(crate) fn for_everybody(self) -> Self {
        Self { reach: Reach::Everybody, ..self }
    }

    /// The audiences of its tokens where these are set.
    pub(crate) fn audiences_or_default(set: &[String]) -> Vec<String> {
        if set.is_empty() { vec![AUDIENCE.to_owned()] } else { set.to_vec() }
    }

    pub(crate) fn issuer(&self) -> &DevIssuer {
        &self.issuer
    }

    /// Never held while waiting or signing.
    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenant")
            .field("issuer", &self.issuer)
            .field("directory", &self.directory)
            .field("reach", &self.reach)
            .finish_non_exhaustive()
    }
}
