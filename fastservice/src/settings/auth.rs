use std::{path::PathBuf, time::Duration};

use super::{IS_DEVELOPMENT, reader::Reader, units};
use crate::secret::Secret;

const LONGEST_LEEWAY: Duration = Duration::from_secs(300);

/// Whose tokens the service accepts.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AuthSettings {
    /// `AUTH0_DOMAIN` (none): the tenant, for example `example.eu.auth0.com`. The
    /// issuer of its tokens is `https://AUTH0_DOMAIN/`. Without it a development
    /// build issues its own.
    pub auth0_domain: Option<String>,
    /// `OIDC_ISSUERS` (none): other issuers whose tokens are accepted, as URLs separated by
    /// blanks, each letter by letter as in `iss`. Their keys are found by OpenID Connect
    /// discovery.
    pub oidc_issuers: Vec<String>,
    /// `API_IDENTIFIER` (none): the audience, as registered with the tenant. Several are
    /// separated by blanks; a token must be for one of them.
    pub api_identifiers: Vec<String>,
    /// `ALGORITHMS` (`RS256`): signature algorithms, separated by blanks.
    pub algorithms: Vec<String>,
    /// `M2M_USER` (none; `dev-client` in a development build): client ids of machines, separated by blanks, for `m2m` endpoints. They are those of `AUTH0_DOMAIN`, or else of the first of `OIDC_ISSUERS`.
    pub m2m_users: Vec<String>,
    /// `JWKS_FILE` (none): a file with the tenant's JWKS document, read once. Without it the
    /// keys are fetched from the tenant and kept fresh.
    pub jwks_file: Option<PathBuf>,
    /// `JWKS_MAX_STALE` (`24h`): how long the last keys serve beyond their age while their
    /// issuer cannot be asked.
    pub jwks_max_stale: Duration,
    /// `TOKEN_CACHE` (`10000`): how many verified tokens of each issuer are remembered, within
    /// about 16 MiB; 0 for none.
    pub token_cache: usize,
    /// `API_CLIENT_ID` (none): who this service is to others when it asks for tokens
    /// to call them.
    pub api_client_id: Option<String>,
    /// `API_CLIENT_SECRET` (none): what proves it.
    pub api_client_secret: Option<Secret<String>>,
    /// `TOKEN_LEEWAY` (`5s`): how far clocks may differ, at most `300s`.
    pub token_leeway: Duration,
}

impl AuthSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            auth0_domain: reader.optional("AUTH0_DOMAIN", units::host),
            oidc_issuers: reader.words("OIDC_ISSUERS", ""),
            api_identifiers: reader.words("API_IDENTIFIER", ""),
            algorithms: reader.words("ALGORITHMS", "RS256"),
            m2m_users: reader.words("M2M_USER", if IS_DEVELOPMENT { "dev-client" } else { "" }),
            jwks_file: reader.text("JWKS_FILE").map(PathBuf::from),
            jwks_max_stale: reader.checked("JWKS_MAX_STALE", "24h", units::duration),
            token_cache: reader.checked("TOKEN_CACHE", "10000", units::number),
            api_client_id: reader.text("API_CLIENT_ID"),
            api_client_secret: reader.optional_secret("API_CLIENT_SECRET"),
            token_leeway: reader.checked(
                "TOKEN_LEEWAY",
                "5s",
                units::at_most(LONGEST_LEEWAY, units::duration),
            ),
        }
    }

    /// The issuer of the machines' tokens: the tenant, or the first of the others.
    pub(crate) fn main_issuer(&self) -> Option<String> {
        let tenant = self.auth0_domain.as_ref().map(|domain| format!("https://{domain}/"));
        tenant.or_else(|| self.oidc_issuers.first().cloned())
    }

    /// Whether any issuer of tokens is named.
    pub(crate) fn names_issuer(&self) -> bool {
        self.auth0_domain.is_some() || !self.oidc_issuers.is_empty()
    }
}
