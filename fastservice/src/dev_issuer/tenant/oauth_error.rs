//! Refusals in OAuth's words.

use http::{HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    error::{Error, Result},
    response::{IntoResponse, Json, Response},
};

/// A refusal in OAuth's words (RFC 6749 sections 4.1.2.1 and 5.2).
///
/// Descriptions are constants, because they may not have any character (section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct OAuthError {
    error: &'static str,
    error_description: &'static str,
    /// Whether the client came with HTTP authentication, so that a 401 names the scheme.
    #[serde(skip)]
    has_basic: bool,
}

impl OAuthError {
    pub(super) const REPEATED: Self = Self::invalid_request("a parameter is given twice");
    pub(super) const INVALID_CLIENT: Self =
        Self::new("invalid_client", "client_id or client_secret is missing or wrong");
    pub(super) const INVALID_SCOPE: Self =
        Self::new("invalid_scope", "the client may not have one of these scopes");
    /// RFC 8707 section 2, which gave the audience's error a name of its own.
    pub(super) const INVALID_TARGET: Self = Self::new("invalid_target", "the audience is unknown");

    pub(super) const fn new(error: &'static str, error_description: &'static str) -> Self {
        Self { error, error_description, has_basic: false }
    }

    /// The cause is for the log alone.
    pub(super) fn server_error(cause: &Error) -> Self {
        tracing::error!(error = cause.chain(), "the development issuer could not make a token");
        Self::new("server_error", "the token could not be made")
    }

    pub(super) const fn invalid_request(error_description: &'static str) -> Self {
        Self::new("invalid_request", error_description)
    }

    pub(super) const fn invalid_grant(error_description: &'static str) -> Self {
        Self::new("invalid_grant", error_description)
    }

    pub(super) const fn unauthorized_client(error_description: &'static str) -> Self {
        Self::new("unauthorized_client", error_description)
    }

    /// To a client that came with `Authorization`.
    pub(super) const fn to_basic(self) -> Self {
        Self { has_basic: true, ..self }
    }

    pub(super) fn error(&self) -> &'static str {
        self.error
    }

    pub(super) fn description(&self) -> &'static str {
        self.error_description
    }

    fn status(self) -> StatusCode {
        match self.error {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            "server_error" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Result<Response> {
        let mut response = (self.status(), Json(self)).into_response()?;
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.has_basic && self.status() == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static(r#"Basic realm="dev-issuer", charset="UTF-8""#);
            headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        Ok(response)
    }
}
