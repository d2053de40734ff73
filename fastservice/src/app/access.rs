//! Whose tokens the service accepts: those of its settings, or its own in development.

use std::{net::SocketAddr, sync::Arc};

use super::{App, preparation::Preparation};
use crate::{
    auth::Authenticator,
    error::Result,
    settings::{IS_DEVELOPMENT, Settings},
};

/// Says for whom tokens speak; `None` when no issuer is known, or after a fault.
pub(super) type AnyAuthenticator = Option<Arc<dyn Authenticator>>;

/// Who verifies the service's own tokens, and the step that gives their issuer to its endpoints.
pub(super) type OwnTokens = (Arc<dyn Authenticator>, Preparation);

impl App {
    /// Whether the service issues its own tokens: a development build without another issuer.
    pub(crate) fn issues_tokens(&self, settings: &Settings) -> bool {
        IS_DEVELOPMENT && !self.has_authenticator() && settings.auth.auth0_domain.is_none()
    }
}

/// Verifies the tokens of the Auth0 tenant of the settings.
#[cfg(feature = "jwt")]
pub(super) fn of_tenant(settings: &Settings, faults: &mut Vec<String>) -> AnyAuthenticator {
    use crate::auth::TokenVerifier;

    let auth = &settings.auth;
    let domain = auth.auth0_domain.as_ref()?;
    let audience = auth.api_identifier.clone();
    if audience.is_none() {
        faults.push("API_IDENTIFIER is not set; it is the audience of your tokens".to_owned());
    }
    let keys = tenant_keys(domain, auth.jwks_file.as_deref()).map_err(|fault| faults.push(fault));
    let verifier = TokenVerifier::builder()
        .issuer(format!("https://{domain}/"))
        .audience(audience?)
        .algorithms(auth.algorithms.clone())
        .leeway(auth.token_leeway)
        .keys(keys.ok()?)
        .build();
    match verifier {
        Ok(verifier) => Some(Arc::new(verifier)),
        Err(error) => {
            faults.extend_from_slice(error.faults());
            None
        }
    }
}

#[cfg(feature = "jwt")]
fn tenant_keys(
    domain: &str,
    file: Option<&std::path::Path>,
) -> Result<crate::auth::KeySet, String> {
    let Some(file) = file else {
        return Err(format!(
            "JWKS_FILE is not set; save https://{domain}/.well-known/jwks.json and name the file"
        ));
    };
    let wrong = |error: &dyn std::error::Error| format!("JWKS_FILE {}: {error}", file.display());
    let document = std::fs::read(file).map_err(|error| wrong(&error))?;
    crate::auth::KeySet::from_json(document).map_err(|error| wrong(&error))
}

#[cfg(not(feature = "jwt"))]
pub(super) fn of_tenant(settings: &Settings, faults: &mut Vec<String>) -> AnyAuthenticator {
    if settings.auth.auth0_domain.is_some() {
        faults.push("AUTH0_DOMAIN is set; verifying its tokens needs the feature `jwt`".to_owned());
    }
    None
}

/// Makes the service its own issuer: who verifies its tokens, and who signs them.
#[cfg(feature = "dev-issuer")]
pub(super) fn of_itself(settings: &Settings, address: Option<SocketAddr>) -> Result<OwnTokens> {
    use super::preparation::preparation;
    use crate::{auth::TokenVerifier, dev_issuer};

    // This machine's name from its inside, whatever addresses the service listens on.
    let port = address.map_or(settings.server.port, |address| address.port());
    let audience = settings.auth.api_identifier.as_deref();
    let issuer = dev_issuer::at(&format!("localhost:{port}"), audience)?;
    let verifier = TokenVerifier::builder()
        .issuer(issuer.issuer())
        .accept_http_on_loopback()
        .audience(issuer.audience())
        .leeway(settings.auth.token_leeway)
        .keys(issuer.key_set())
        .build()?;
    tracing::warn!("this build issues its own tokens to whoever asks: it is for development only");
    let preparation = preparation(move |_, environment| environment.set_state(issuer));
    Ok((Arc::new(verifier), preparation))
}

#[cfg(not(feature = "dev-issuer"))]
pub(super) fn of_itself(_: &Settings, _: Option<SocketAddr>) -> Result<OwnTokens> {
    Err(crate::error::Error::internal("this build has no development issuer"))
}
