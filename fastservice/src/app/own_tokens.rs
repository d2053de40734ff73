//! A service that is its own issuer, in development.

use std::{net::SocketAddr, path::Path, sync::Arc};

use super::{
    App,
    core::Endpoint,
    preparation::{Preparation, preparation},
};
#[cfg(feature = "client")]
use crate::client::OwnIssuer;
use crate::{
    auth::{Access, Authenticator, TokenVerifier, TokenVerifierBuilder},
    dev_issuer::{Directory, Rights, Tenant},
    error::Result,
    settings::Settings,
};

/// For whom the service issues tokens.
pub(super) type OwnUsers = Directory;

/// Those of the settings' file, or some; `None` when others issue the tokens, or after a fault.
pub(super) fn own_users(
    app: &App,
    settings: &Settings,
    endpoints: &[Endpoint],
    faults: &mut Vec<String>,
) -> Option<OwnUsers> {
    if !app.issues_tokens(settings) {
        return None;
    }
    let rules = endpoints.iter().filter_map(|endpoint| match &endpoint.route.access {
        Access::Private(rule) => Some(rule),
        Access::Public => None,
    });
    let rights = Rights::of(rules);
    let Some(file) = &settings.dev_issuer.file else { return Some(Directory::built_in(&rights)) };
    let audiences = Tenant::audiences_or_default(&settings.auth.api_identifiers);
    match read(file, &rights, &audiences) {
        Ok(users) => Some(users),
        Err(wrong) => {
            let file = file.display();
            faults.extend(wrong.iter().map(|fault| format!("DEV_ISSUER_FILE {file}: {fault}")));
            None
        }
    }
}

fn read(file: &Path, rights: &Rights, audiences: &[String]) -> Result<OwnUsers, Vec<String>> {
    let text = std::fs::read_to_string(file).map_err(|error| vec![error.to_string()])?;
    Directory::from_json(&text, rights, audiences)
}

/// Who verifies the tokens that the service gives to these users, and the step that gives
/// their issuer to its endpoints.
pub(super) fn of_itself(
    users: OwnUsers,
    settings: &Settings,
    address: Option<SocketAddr>,
) -> Result<(Arc<dyn Authenticator>, Preparation)> {
    let audiences = &settings.auth.api_identifiers;
    let url = settings.dev_issuer.url.clone();
    let url = url.unwrap_or_else(|| Tenant::url_at(&authority(settings, address)));
    let tenant = Tenant::new(&url, audiences, users)?;
    let verifier = TokenVerifier::builder()
        .own_issuer(tenant.issuer().issuer())
        .leeway(settings.auth.token_leeway)
        .cache_entries(settings.auth.token_cache)
        .keys(tenant.issuer().shared_key_set());
    let audiences = Tenant::audiences_or_default(audiences);
    let verifier = audiences.iter().fold(verifier, TokenVerifierBuilder::audience).build()?;
    tracing::warn!("this build issues its own tokens to whoever asks: it is for development only");
    let tenant = if settings.dev_issuer.public {
        tracing::warn!(
            "DEV_ISSUER_PUBLIC is set: whoever reaches this service gets any token of it"
        );
        tenant.for_everybody()
    } else {
        tenant
    };
    let preparation = preparation(move |_, environment| environment.set_state(tenant));
    Ok((Arc::new(verifier), preparation))
}

/// This machine's name from its inside, whatever addresses the service listens on.
fn authority(settings: &Settings, address: Option<SocketAddr>) -> String {
    let port = address.map_or(settings.server.port, |address| address.port());
    format!("localhost:{port}")
}

/// Where the service gets the tokens for its calls, if it issues them.
#[cfg(feature = "client")]
pub(super) fn own_grants(
    app: &App,
    settings: &Settings,
    address: Option<SocketAddr>,
) -> Option<OwnIssuer> {
    use crate::{
        dev_issuer::{GRANT_PATH, MACHINE},
        secret::Secret,
    };

    if !app.issues_tokens(settings) {
        return None;
    }
    // A file of users may know other machines.
    let (id, secret) = match (&settings.auth.api_client_id, &settings.auth.api_client_secret) {
        (Some(id), Some(secret)) => (id.clone(), secret.clone()),
        _ => (MACHINE.0.to_owned(), Secret::new(MACHINE.1.to_owned())),
    };
    let token_url = format!("http://{}{GRANT_PATH}", authority(settings, address));
    Some(OwnIssuer { token_url, id, secret })
}
