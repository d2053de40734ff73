//! What a client asks of a user: the authorization request (RFC 6749 section 4.1.1,
//! OpenID Connect Core 1.0 section 3.1.2.1).

use std::collections::BTreeSet;

use super::{
    OAuthError, Tenant,
    directory::{Client, OPENID_SCOPES},
    parameters::Parameters,
    pkce::Challenge,
    redirect::RedirectUri,
};

/// A request that is right.
#[derive(Debug)]
pub(super) struct Authorization {
    pub(super) client_id: String,
    pub(super) redirect_uri: RedirectUri,
    pub(super) state: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) audience: String,
    pub(super) challenge: Option<Challenge>,
    pub(super) nonce: Option<String>,
    pub(super) login_hint: Option<String>,
}

/// Why a request does not get a page to log in.
pub(super) enum Refusal {
    /// Told to the user alone, as nobody knows whether the address is the client's.
    ToUser(&'static str),
    ToClient(Box<Told>),
}

/// What the client is told.
pub(super) struct Told {
    pub(super) redirect_uri: RedirectUri,
    pub(super) state: Option<String>,
    pub(super) error: OAuthError,
}

impl Tenant {
    pub(super) fn authorization(&self, parameters: &Parameters) -> Result<Authorization, Refusal> {
        let (client, redirect_uri) = self.asker(parameters).map_err(Refusal::ToUser)?;
        let state = parameters.one("state");
        let told = state.ok().flatten().map(str::to_owned);
        let request = state.and_then(|_| {
            check_form(parameters)?;
            let challenge = Challenge::of(parameters)?;
            if challenge.is_none() && client.is_public() {
                return Err(OAuthError::invalid_request("code_challenge is missing"));
            }
            let text = |name| Ok(parameters.one(name)?.map(str::to_owned));
            Ok(Authorization {
                client_id: client.id.clone(),
                redirect_uri: redirect_uri.clone(),
                state: told.clone(),
                scopes: scopes_of(client, parameters.one("scope")?)?,
                audience: self.audience(parameters)?.to_owned(),
                challenge,
                nonce: text("nonce")?,
                login_hint: text("login_hint")?,
            })
        });
        request
            .map_err(|error| Refusal::ToClient(Box::new(Told { redirect_uri, state: told, error })))
    }

    /// Who asks, and where the answer goes.
    fn asker(&self, parameters: &Parameters) -> Result<(&Client, RedirectUri), &'static str> {
        let repeated = |_| "client_id or redirect_uri is given twice";
        let id = parameters.one("client_id").map_err(repeated)?.ok_or("client_id is missing")?;
        let client = self.directory.client(id).ok_or("this client_id is unknown")?;
        let uri = parameters.one("redirect_uri").map_err(repeated)?;
        let uri = uri.ok_or("redirect_uri is missing")?;
        let uri = client.redirect_uris.admit(uri);
        Ok((client, uri.ok_or("this redirect_uri is not one of the client's")?))
    }

    /// The audience of the tokens; Auth0's parameter.
    pub(super) fn audience(&self, parameters: &Parameters) -> Result<&str, OAuthError> {
        let Some(asked) = parameters.one("audience")? else { return Ok(self.issuer.audience()) };
        let known = self.audiences.iter().find(|known| *known == asked);
        known.map(String::as_str).ok_or(OAuthError::INVALID_TARGET)
    }
}

fn check_form(parameters: &Parameters) -> Result<(), OAuthError> {
    match parameters.one("response_type")? {
        Some("code") => {}
        None => return Err(OAuthError::invalid_request("response_type is missing")),
        Some(_) => {
            let text = "response_type must be code";
            return Err(OAuthError::new("unsupported_response_type", text));
        }
    }
    if !matches!(parameters.one("response_mode")?, None | Some("query")) {
        return Err(OAuthError::invalid_request("response_mode must be query"));
    }
    if parameters.one("request")?.is_some() {
        return Err(OAuthError::new("request_not_supported", "leave request out"));
    }
    if parameters.one("request_uri")?.is_some() {
        return Err(OAuthError::new("request_uri_not_supported", "leave request_uri out"));
    }
    let prompts: Vec<_> = parameters.one("prompt")?.unwrap_or_default().split(' ').collect();
    match prompts.as_slice() {
        // Nobody stays logged in here.
        ["none"] => Err(OAuthError::new("login_required", "the user has to log in")),
        prompts if prompts.contains(&"none") => {
            Err(OAuthError::invalid_request("prompt has none beside others"))
        }
        _ => Ok(()),
    }
}

/// The scopes that are asked for, each once, in order. `OpenID` Connect ignores those that are
/// none (Core 1.0 section 3.1.2.1), OAuth refuses them.
fn scopes_of(client: &Client, asked: Option<&str>) -> Result<Vec<String>, OAuthError> {
    let mut seen = BTreeSet::new();
    let asked = asked.unwrap_or_default().split(' ').filter(|scope| !scope.is_empty());
    let asked = asked.filter(|scope| seen.insert(*scope)).map(str::to_owned);
    let (scopes, others): (Vec<_>, Vec<_>) = asked.partition(|scope| {
        OPENID_SCOPES.contains(&scope.as_str()) || client.rights.scopes.contains(scope)
    });
    let is_openid = scopes.iter().any(|scope| scope == "openid");
    if is_openid || others.is_empty() { Ok(scopes) } else { Err(OAuthError::INVALID_SCOPE) }
}
