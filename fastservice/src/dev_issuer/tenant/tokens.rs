//! What its tokens say, in the shapes of Auth0's.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderValue, header};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::{
    OAuthError, Tenant,
    directory::{Client, User},
    sessions::{Grant, random_text},
};
use crate::{
    dev_issuer::TokenRequest,
    error::Result,
    response::{IntoResponse, Json, Response},
};

const ACCESS_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
const ID_LIFETIME: Duration = Duration::from_secs(10 * 60 * 60);

/// The answer to a right token request (RFC 6749 section 5.1).
#[derive(Serialize, JsonSchema)]
pub(super) struct Tokens {
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    token_type: &'static str,
    expires_in: u64,
    /// Also when it is empty: one that is left out means what was asked for.
    scope: String,
}

impl Tokens {
    fn new(access_token: String, scope: String) -> Self {
        let expires_in = ACCESS_LIFETIME.as_secs();
        let (id_token, refresh_token) = (None, None);
        Self { access_token, id_token, refresh_token, token_type: "Bearer", expires_in, scope }
    }

    pub(super) fn with_refresh_token(self, refresh_token: Option<String>) -> Self {
        Self { refresh_token, ..self }
    }
}

impl IntoResponse for Tokens {
    fn into_response(self) -> Result<Response> {
        let no_store = HeaderValue::from_static("no-store");
        ([(header::CACHE_CONTROL, no_store)], Json(self)).into_response()
    }
}

impl Tenant {
    /// The token of a machine.
    pub(super) fn machine_tokens(
        &self,
        client: &Client,
        audience: &str,
        scopes: &[String],
    ) -> Result<Tokens, OAuthError> {
        let scope = scopes.join(" ");
        let request = TokenRequest::for_machine(&client.id)
            .claim("aud", audience)
            .claim("scope", scope.as_str())
            .permissions(client.rights.permissions.iter().map(String::as_str));
        Ok(Tokens::new(self.access_token(request)?, scope))
    }

    /// The tokens of a user, for some of the scopes of a grant.
    pub(super) fn user_tokens(
        &self,
        user: &User,
        grant: &Grant,
        scopes: &[String],
    ) -> Result<Tokens, OAuthError> {
        let has_openid = scopes.iter().any(|scope| scope == "openid");
        let scope = scopes.join(" ");
        let request = with_claims(TokenRequest::new(user.sub.as_str()), user)
            .claim("aud", self.user_audience(&grant.audience, has_openid))
            .claim("azp", grant.client_id.as_str())
            .claim("scope", scope.as_str())
            .permissions(user.rights.permissions.iter().map(String::as_str));
        let mut tokens = Tokens::new(self.access_token(request)?, scope);
        if has_openid {
            tokens.id_token = Some(self.id_token(user, grant, scopes, &tokens.access_token)?);
        }
        Ok(tokens)
    }

    /// A token with `openid` is for its own `/userinfo` too, as Auth0 has it.
    fn user_audience(&self, audience: &str, has_openid: bool) -> serde_json::Value {
        if has_openid {
            json!([audience, format!("{}userinfo", self.issuer.issuer())])
        } else {
            json!(audience)
        }
    }

    fn access_token(&self, request: TokenRequest) -> Result<String, OAuthError> {
        let jti = random_text().map_err(|error| OAuthError::server_error(&error))?;
        self.signed(&request.lifetime(ACCESS_LIFETIME).claim("jti", jti))
    }

    /// OpenID Connect Core 1.0 sections 2 and 3.1.3.6.
    fn id_token(
        &self,
        user: &User,
        grant: &Grant,
        scopes: &[String],
        access_token: &str,
    ) -> Result<String, OAuthError> {
        let digest = digest::digest(&digest::SHA256, access_token.as_bytes());
        let (half, _) = digest.as_ref().split_at(digest.as_ref().len() / 2);
        let request = with_claims(TokenRequest::new(user.sub.as_str()), user)
            .lifetime(ID_LIFETIME)
            .claim("aud", grant.client_id.as_str())
            .claim("auth_time", grant.auth_time)
            .claim("at_hash", URL_SAFE_NO_PAD.encode(half));
        let request = match &grant.nonce {
            Some(nonce) => request.claim("nonce", nonce.as_str()),
            None => request,
        };
        let profile = user.profile(|scope| scopes.iter().any(|own| own == scope));
        let named =
            profile.into_iter().fold(request, |request, (name, value)| request.claim(name, value));
        self.signed(&named)
    }

    fn signed(&self, request: &TokenRequest) -> Result<String, OAuthError> {
        self.issuer.token(request).map_err(|error| OAuthError::server_error(&error))
    }
}

fn with_claims(request: TokenRequest, user: &User) -> TokenRequest {
    let claims = user.claims.iter();
    claims.fold(request, |request, (name, value)| request.claim(name.as_str(), value.clone()))
}
