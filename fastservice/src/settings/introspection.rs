use std::time::Duration;

use super::{reader::Reader, units};
use crate::secret::Secret;

/// For longer nobody may go on with a token that is revoked.
const LONGEST: Duration = Duration::from_secs(300);

/// Who is asked about opaque tokens (RFC 7662). It needs the feature `introspection`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct IntrospectionSettings {
    /// `INTROSPECTION_URL` (none): the endpoint that says whom a token speaks for, in place
    /// of `AUTH0_DOMAIN` and `OIDC_ISSUERS`. `API_IDENTIFIER` is the audience of the tokens.
    pub url: Option<String>,
    /// `INTROSPECTION_CLIENT_ID` (none): who this service is to it.
    pub client_id: Option<String>,
    /// `INTROSPECTION_CLIENT_SECRET` (none): what proves it.
    pub client_secret: Option<Secret<String>>,
    /// `INTROSPECTION_CACHE` (`30s`): how long an active token is not asked about again; so
    /// long a revoked one may still be accepted. `0s` for never, at most `300s`.
    pub cache: Duration,
}

impl IntrospectionSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            url: reader.text("INTROSPECTION_URL"),
            client_id: reader.text("INTROSPECTION_CLIENT_ID"),
            client_secret: reader.optional_secret("INTROSPECTION_CLIENT_SECRET"),
            cache: reader.checked(
                "INTROSPECTION_CACHE",
                "30s",
                units::at_most(LONGEST, units::delay),
            ),
        }
    }
}
