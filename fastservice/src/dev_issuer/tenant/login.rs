//! From the page to the code: what a user decides.

use std::time::Instant;

use super::{
    OAuthError, Tenant,
    authorization::{Authorization, Refusal},
    directory::{OPENID_SCOPES, User},
    page,
    parameters::Parameters,
    redirect::RedirectUri,
    sessions::{Code, Grant, random_text, seconds_since_1970},
};
use crate::{
    error::Result,
    response::{IntoResponse, Redirect, Response},
};

impl Tenant {
    /// Shows the page to log in, or says why not.
    pub(super) fn begin_login(&self, parameters: &Parameters) -> Result<Response> {
        let request = match self.authorization(parameters) {
            Ok(request) => request,
            Err(Refusal::ToUser(text)) => return page::refusal(text),
            Err(Refusal::ToClient(told)) => {
                return self.refuse(&told.redirect_uri, told.error, told.state.as_deref());
            }
        };
        let handle = random_text()?;
        let answer = page::login(&handle, &request, &self.directory.users)?;
        self.sessions().begin_login(handle, request, Instant::now());
        Ok(answer)
    }

    /// Ends a login as the page says, which answers once.
    pub(super) fn end_login(&self, handle: &str, form: &Parameters) -> Result<Response> {
        let request = self.sessions().end_login(handle, Instant::now());
        let Some(request) = request else {
            return page::refusal("this page was answered before, or is too old; begin again");
        };
        let state = request.state.as_deref();
        if form.one("decision") != Ok(Some("allow")) {
            let error = OAuthError::new("access_denied", "the user denied it");
            return self.refuse(&request.redirect_uri, error, state);
        }
        let user = form.one("user").ok().flatten().and_then(|sub| self.directory.user(sub));
        let Some(user) = user else {
            return page::refusal("no user of the list was chosen; begin again");
        };
        let code = Code {
            grant: granted(&request, user, form),
            redirect_uri: request.redirect_uri.as_str().to_owned(),
            challenge: request.challenge,
        };
        let code = self.sessions().give_code(code, Instant::now())?;
        self.go_back(&request.redirect_uri, &[("code", &code)], state)
    }

    fn refuse(
        &self,
        uri: &RedirectUri,
        error: OAuthError,
        state: Option<&str>,
    ) -> Result<Response> {
        let pairs = [("error", error.error()), ("error_description", error.description())];
        self.go_back(uri, &pairs, state)
    }

    /// Sends the browser to the client, which learns who answers it (RFC 9207).
    fn go_back(
        &self,
        uri: &RedirectUri,
        pairs: &[(&str, &str)],
        state: Option<&str>,
    ) -> Result<Response> {
        let mut pairs = pairs.to_vec();
        pairs.extend(state.map(|state| ("state", state)));
        pairs.push(("iss", self.issuer.issuer()));
        let no_store = http::HeaderValue::from_static("no-store");
        let headers = [(http::header::CACHE_CONTROL, no_store)];
        (headers, Redirect::see_other(uri.with(&pairs))).into_response()
    }
}

/// Of the scopes that were asked for, those that are ticked and that the user may grant.
fn granted(request: &Authorization, user: &User, form: &Parameters) -> Grant {
    let may_grant = |scope: &String| {
        OPENID_SCOPES.contains(&scope.as_str()) || user.rights.scopes.contains(scope)
    };
    let is_ticked = |scope: &String| form.all("scope").any(|ticked| ticked == scope);
    let scopes = request.scopes.iter().filter(|scope| may_grant(scope) && is_ticked(scope));
    Grant {
        client_id: request.client_id.clone(),
        sub: user.sub.clone(),
        scopes: scopes.cloned().collect(),
        audience: request.audience.clone(),
        nonce: request.nonce.clone(),
        auth_time: seconds_since_1970(),
    }
}
