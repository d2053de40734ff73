use std::{path::PathBuf, time::Duration};

use super::{IS_DEVELOPMENT, reader::Reader, units};
use crate::secret::Secret;

/// Whose tokens the service accepts.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AuthSettings {
    /// `AUTH0_DOMAIN` (none): the tenant, for example `example.eu.auth0.com`. The
    /// issuer of its tokens is `https://AUTH0_DOMAIN/`. Without it a development
    /// build issues its own.
    pub auth0_domain: Option<String>,
    /// `API_IDENTIFIER` (none): the audience, as registered with the tenant.
    pub api_identifier: Option<String>,
    /// `ALGORITHMS` (`RS256`): signature algorithms, separated by blanks.
    pub algorithms: Vec<String>,
    /// `M2M_USER` (none; `dev-client` in a development build): client ids of machines, separated by blanks, for `m2m` endpoints.
    pub m2m_users: Vec<String>,
    /// `JWKS_FILE` (none): a file with the tenant's JWKS document.
    pub jwks_file: Option<PathBuf>,
    /// `API_CLIENT_ID` (none): who this service is to others when it asks the tenant for
    /// a token. No part of the framework asks for one yet.
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
            api_identifier: reader.text("API_IDENTIFIER"),
            algorithms: reader.words("ALGORITHMS", "RS256"),
            m2m_users: reader.words("M2M_USER", if IS_DEVELOPMENT { "dev-client" } else { "" }),
            jwks_file: reader.text("JWKS_FILE").map(PathBuf::from),
            api_client_id: reader.text("API_CLIENT_ID"),
            api_client_secret: reader.optional_secret("API_CLIENT_SECRET"),
            token_leeway: reader.checked("TOKEN_LEEWAY", "5s", units::duration),
        }
    }
}
