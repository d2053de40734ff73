//! The token endpoint (RFC 6749 section 3.2): what a client may trade for tokens.

use std::time::Instant;

use super::{
    OAuthError, Tenant,
    directory::{Client, User},
    parameters::Parameters,
    sessions::Grant,
    tokens::Tokens,
};
use crate::extract::Request;

impl Tenant {
    pub(super) fn tokens(
        &self,
        request: &Request,
        parameters: &Parameters,
    ) -> Result<Tokens, OAuthError> {
        let grant_type = parameters.one("grant_type")?;
        let grant_type = grant_type.ok_or(OAuthError::invalid_request("grant_type is missing"))?;
        let client = self.authenticated(request.headers(), parameters)?;
        match grant_type {
            // Its secret is no secret: whatever page a developer looks at knows it.
            "client_credentials" if self.is_foreign(request) => {
                let text = "a page of another origin has no tokens of a machine";
                Err(OAuthError::unauthorized_client(text))
            }
            "client_credentials" => self.client_credentials(client, parameters),
            "authorization_code" => self.authorization_code(client, parameters),
            "refresh_token" => self.refresh_token(client, parameters),
            _ => Err(OAuthError::new(
                "unsupported_grant_type",
                "grant_type must be client_credentials, authorization_code or refresh_token",
            )),
        }
    }

    /// RFC 6749 section 4.4: a machine, for itself.
    fn client_credentials(
        &self,
        client: &Client,
        parameters: &Parameters,
    ) -> Result<Tokens, OAuthError> {
        if client.is_public() {
            let text = "a client without a secret has no tokens of its own";
            return Err(OAuthError::unauthorized_client(text));
        }
        let audience = self.audience(parameters)?;
        let scopes = match parameters.one("scope")? {
            None => client.rights.scopes.iter().cloned().collect(),
            Some(asked) => part_of(asked, |scope| client.rights.scopes.contains(scope))?,
        };
        self.machine_tokens(client, audience, &scopes)
    }

    /// RFC 6749 section 4.1.3, RFC 7636 section 4.6.
    fn authorization_code(
        &self,
        client: &Client,
        parameters: &Parameters,
    ) -> Result<Tokens, OAuthError> {
        if client.redirect_uris.is_empty() {
            return Err(OAuthError::unauthorized_client("users do not log in with this client"));
        }
        let text = parameters.one("code")?.ok_or(OAuthError::invalid_request("code is missing"))?;
        let redirect_uri = parameters.one("redirect_uri")?;
        let verifier = parameters.one("code_verifier")?;
        let now = Instant::now();
        // From here on the code is used, whatever is wrong with the rest.
        let code = self.sessions().redeem(text, now)?;
        if code.grant.client_id != client.id {
            return Err(OAuthError::invalid_grant("the code was given to another client"));
        }
        if redirect_uri != Some(&code.redirect_uri) {
            return Err(OAuthError::invalid_grant("redirect_uri is not that of the code"));
        }
        let is_proved = match (code.challenge, verifier) {
            (None, None) => true,
            (Some(challenge), Some(verifier)) => challenge.is_met_by(verifier),
            // A verifier without a challenge is what a downgrade looks like (RFC 9700
            // section 4.8.2).
            (None, Some(_)) | (Some(_), None) => false,
        };
        if !is_proved {
            return Err(OAuthError::invalid_grant("code_verifier does not fit the challenge"));
        }
        let user = self.user_of(&code.grant)?;
        let tokens = self.user_tokens(user, &code.grant, &code.grant.scopes)?;
        if !code.grant.has("offline_access") {
            return Ok(tokens);
        }
        // A login happens once: its nonce is for the first ID token alone.
        let lasting = Grant { nonce: None, ..code.grant };
        let refresh_token = self.sessions().begin_family(lasting, text, now)?;
        Ok(tokens.with_refresh_token(Some(refresh_token)))
    }

    /// RFC 6749 section 6: new tokens for the same scopes or fewer.
    fn refresh_token(
        &self,
        client: &Client,
        parameters: &Parameters,
    ) -> Result<Tokens, OAuthError> {
        let missing = OAuthError::invalid_request("refresh_token is missing");
        let token = parameters.one("refresh_token")?.ok_or(missing)?;
        let asked = parameters.one("scope")?;
        let now = Instant::now();
        let (grant, scopes, next) = {
            // One lock for both steps, so that of two requests with one token one fails.
            let mut sessions = self.sessions();
            let grant = sessions.refresh(token, now)?;
            if grant.client_id != client.id {
                let text = "the refresh token was given to another client";
                return Err(OAuthError::invalid_grant(text));
            }
            let scopes = match asked {
                None => grant.scopes.clone(),
                Some(asked) => part_of(asked, |scope| grant.has(scope))?,
            };
            let next =
                sessions.rotate(token, now).map_err(|error| OAuthError::server_error(&error))?;
            (grant, scopes, next)
        };
        let user = self.user_of(&grant)?;
        Ok(self.user_tokens(user, &grant, &scopes)?.with_refresh_token(next))
    }

    fn user_of(&self, grant: &Grant) -> Result<&User, OAuthError> {
        self.directory.user(&grant.sub).ok_or(OAuthError::invalid_grant("the user is unknown"))
    }
}

/// The scopes of a text, if all of them may be had.
fn part_of(asked: &str, may_have: impl Fn(&str) -> bool) -> Result<Vec<String>, OAuthError> {
    let scopes = asked.split(' ').filter(|scope| !scope.is_empty());
    let scopes: Vec<_> = scopes.map(str::to_owned).collect();
    if scopes.iter().all(|scope| may_have(scope)) {
        Ok(scopes)
    } else {
        Err(OAuthError::INVALID_SCOPE)
    }
}
