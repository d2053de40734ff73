//! Whose tokens the service accepts: those of its settings, or its own in development.

use std::sync::Arc;

use super::App;
use crate::{
    auth::Authenticator,
    settings::{IS_DEVELOPMENT, Settings},
};
#[cfg(feature = "jwt")]
use crate::{
    auth::{KeySet, TokenVerifier, TokenVerifierBuilder},
    settings::AuthSettings,
};

/// Says for whom tokens speak; `None` when no issuer is known, or after a fault.
pub(super) type AnyAuthenticator = Option<Arc<dyn Authenticator>>;

impl App {
    /// Whether the service issues its own tokens: a development build without another issuer.
    pub(crate) fn issues_tokens(&self, settings: &Settings) -> bool {
        IS_DEVELOPMENT && !self.has_authenticator() && !settings.names_issuer()
    }
}

/// Who the settings say knows for whom tokens speak.
pub(super) fn of_settings(settings: &Settings, faults: &mut Vec<String>) -> AnyAuthenticator {
    match &settings.introspection.url {
        None => of_issuers(settings, faults),
        Some(_) if settings.auth.names_issuer() => {
            faults.push(
                "INTROSPECTION_URL is set, and AUTH0_DOMAIN or OIDC_ISSUERS too; tokens are either \
                 asked about or verified, so leave one of them out"
                    .to_owned(),
            );
            None
        }
        Some(url) => of_introspection(url, settings, faults),
    }
}

/// Asks about each token.
#[cfg(feature = "introspection")]
fn of_introspection(url: &str, settings: &Settings, faults: &mut Vec<String>) -> AnyAuthenticator {
    use crate::{
        auth::{Introspection, IntrospectionBuilder},
        secret::Secret,
    };

    let Settings { introspection, auth, .. } = settings;
    let needed = [
        ("INTROSPECTION_CLIENT_ID", introspection.client_id.is_some()),
        ("INTROSPECTION_CLIENT_SECRET", introspection.client_secret.is_some()),
        ("API_IDENTIFIER", !auth.api_identifiers.is_empty()),
    ];
    let missing: Vec<_> = needed.into_iter().filter(|(_, is_set)| !is_set).collect();
    if !missing.is_empty() {
        let fault = |(name, _)| format!("{name} is not set; INTROSPECTION_URL needs it");
        faults.extend(missing.into_iter().map(fault));
        return None;
    }
    let secret = introspection.client_secret.as_ref().map_or("", |secret| secret.expose());
    let builder = Introspection::builder()
        .url(url)
        .client(
            introspection.client_id.clone().unwrap_or_default(),
            // A file often ends with a line break.
            Secret::new(secret.trim().to_owned()),
        )
        .leeway(auth.token_leeway)
        .remember_for(introspection.cache);
    let builder = if IS_DEVELOPMENT { builder.accept_http_on_loopback() } else { builder };
    let builder = auth.api_identifiers.iter().fold(builder, IntrospectionBuilder::audience);
    match builder.build() {
        Ok(introspection) => Some(Arc::new(introspection)),
        Err(error) => {
            faults.extend(error.faults().iter().map(|fault| format!("INTROSPECTION_URL: {fault}")));
            None
        }
    }
}

#[cfg(not(feature = "introspection"))]
fn of_introspection(_: &str, _: &Settings, faults: &mut Vec<String>) -> AnyAuthenticator {
    faults.push(
        "INTROSPECTION_URL is set; asking about tokens needs the feature `introspection`"
            .to_owned(),
    );
    None
}

/// Verifies the tokens of the issuers of the settings.
#[cfg(feature = "jwt")]
fn of_issuers(settings: &Settings, faults: &mut Vec<String>) -> AnyAuthenticator {
    use crate::auth::TokenVerifiers;

    let auth = &settings.auth;
    if !auth.names_issuer() {
        return None;
    }
    if auth.api_identifiers.is_empty() {
        faults.push("API_IDENTIFIER is not set; it is the audience of your tokens".to_owned());
        return None;
    }
    if auth.jwks_file.is_some() && auth.auth0_domain.is_none() {
        faults.push("JWKS_FILE is of AUTH0_DOMAIN, which is not set; leave one out".to_owned());
    }
    let tenant = auth.auth0_domain.as_deref().map(|domain| of_tenant(domain, auth));
    let others = auth.oidc_issuers.iter().map(|issuer| {
        let verifier = verifier(issuer, auth).build();
        verifier.map_err(|error| format!("OIDC_ISSUERS: {error}"))
    });
    let (verifiers, wrong): (Vec<_>, Vec<_>) =
        tenant.into_iter().chain(others).partition(std::result::Result::is_ok);
    faults.extend(wrong.into_iter().filter_map(std::result::Result::err));
    let mut verifiers: Vec<_> = verifiers.into_iter().flatten().collect();
    if verifiers.len() <= 1 {
        return verifiers.pop().map(|verifier| Arc::new(verifier) as Arc<dyn Authenticator>);
    }
    match TokenVerifiers::new(verifiers) {
        Ok(verifiers) => Some(Arc::new(verifiers)),
        Err(error) => {
            faults.extend_from_slice(error.faults());
            None
        }
    }
}

/// The tenant's issuer ends with a slash, and its keys are where Auth0 has them.
#[cfg(feature = "jwt")]
fn of_tenant(domain: &str, auth: &AuthSettings) -> Result<TokenVerifier, String> {
    let verifier = verifier(&format!("https://{domain}/"), auth);
    let verifier = match &auth.jwks_file {
        Some(file) => verifier.keys(keys_of_file(file)?),
        None => verifier.jwks_url(format!("https://{domain}/.well-known/jwks.json")),
    };
    verifier.build().map_err(|error| error.to_string())
}

#[cfg(feature = "jwt")]
fn verifier(issuer: &str, auth: &AuthSettings) -> TokenVerifierBuilder {
    let verifier = TokenVerifier::builder()
        .issuer(issuer)
        .algorithms(auth.algorithms.clone())
        .leeway(auth.token_leeway)
        .longest_outage(auth.jwks_max_stale)
        .cache_entries(auth.token_cache);
    let verifier = if IS_DEVELOPMENT { verifier.accept_http_on_loopback() } else { verifier };
    auth.api_identifiers.iter().fold(verifier, TokenVerifierBuilder::audience)
}

#[cfg(feature = "jwt")]
fn keys_of_file(file: &std::path::Path) -> Result<KeySet, String> {
    let wrong = |error: &dyn std::error::Error| format!("JWKS_FILE {}: {error}", file.display());
    let document = std::fs::read(file).map_err(|error| wrong(&error))?;
    KeySet::from_json(document).map_err(|error| wrong(&error))
}

#[cfg(not(feature = "jwt"))]
fn of_issuers(settings: &Settings, faults: &mut Vec<String>) -> AnyAuthenticator {
    if settings.auth.names_issuer() {
        faults.push(
            "AUTH0_DOMAIN or OIDC_ISSUERS is set; verifying tokens needs the feature `jwt`"
                .to_owned(),
        );
    }
    None
}
