//! The grant `client_credentials` (RFC 6749 section 4.4): tokens for machines.

use std::{error::Error as StdError, fmt, time::Duration};

use aws_lc_rs::{constant_time, digest};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::{DevIssuer, TokenRequest};

const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// A machine that the [`DevIssuer`] knows.
#[derive(Clone)]
pub struct DevClient {
    id: String,
    secret: String,
    scopes: Vec<String>,
    permissions: Vec<String>,
}

impl DevClient {
    /// A client without scopes and permissions.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), secret: secret.into(), scopes: Vec::new(), permissions: Vec::new() }
    }

    /// The scopes that it may ask for, and gets if it names none.
    #[must_use]
    pub fn with_scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// The permissions that its tokens have.
    #[must_use]
    pub fn with_permissions(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.permissions = names.into_iter().map(Into::into).collect();
        self
    }

    fn has_secret(&self, secret: &str) -> bool {
        // Of digests, as the comparison is constant in time for equal lengths only.
        let digest = |text: &str| digest::digest(&digest::SHA256, text.as_bytes());
        let (ours, theirs) = (digest(&self.secret), digest(secret));
        constant_time::verify_slices_are_equal(ours.as_ref(), theirs.as_ref()).is_ok()
    }

    /// The scopes of its next token, as one text.
    fn granted(&self, asked: Option<&str>) -> Result<String, OAuthError> {
        let Some(asked) = asked else { return Ok(self.scopes.join(" ")) };
        let asked: Vec<_> = asked.split(' ').filter(|scope| !scope.is_empty()).collect();
        if asked.iter().all(|scope| self.scopes.iter().any(|own| own == scope)) {
            Ok(asked.join(" "))
        } else {
            Err(OAuthError::INVALID_SCOPE)
        }
    }
}

impl fmt::Debug for DevClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevClient")
            .field("id", &self.id)
            .field("scopes", &self.scopes)
            .field("permissions", &self.permissions)
            .finish_non_exhaustive()
    }
}

/// The body of a token request, as a form or, as Auth0 also takes it, as JSON.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ClientCredentials {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    audience: Option<String>,
    scope: Option<String>,
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("grant_type", &self.grant_type)
            .field("client_id", &self.client_id)
            .field("audience", &self.audience)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// The answer to a right token request (RFC 6749 section 5.1).
#[derive(Clone, Serialize)]
pub struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
}

impl TokenResponse {
    /// The token.
    #[must_use]
    pub fn access_token(&self) -> &str {
        &self.access_token
    }
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// The answer to a wrong token request (RFC 6749 section 5.2); `Serialize` gives its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OAuthError {
    error: &'static str,
    error_description: &'static str,
}

impl OAuthError {
    const INVALID_REQUEST: Self = Self::new("invalid_request", "grant_type is missing");
    const INVALID_CLIENT: Self =
        Self::new("invalid_client", "client_id or client_secret is missing or wrong");
    const INVALID_SCOPE: Self = Self::new("invalid_scope", "the client may not have this scope");
    /// RFC 8707 section 2, which gave the audience's error a name of its own.
    const INVALID_TARGET: Self = Self::new("invalid_target", "the audience is unknown");
    const UNSUPPORTED_GRANT_TYPE: Self =
        Self::new("unsupported_grant_type", "grant_type must be client_credentials");
    const SERVER_ERROR: Self = Self::new("server_error", "the token could not be signed");

    const fn new(error: &'static str, error_description: &'static str) -> Self {
        Self { error, error_description }
    }

    /// The error code.
    #[must_use]
    pub fn error(&self) -> &'static str {
        self.error
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.error {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            "server_error" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error, self.error_description)
    }
}

impl StdError for OAuthError {}

impl DevIssuer {
    /// Answers a token request of a known client. Without an audience it means the issuer's.
    ///
    /// ```
    /// use fastservice::dev_issuer::{DevClient, DevIssuer};
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), fastservice::Error> {
    /// let issuer = DevIssuer::new("http://localhost:8081/", "items")?
    ///     .with_client(DevClient::new("billing", "secret").with_scopes(["read:items"]));
    /// let form = serde_json::from_value(json!({
    ///     "grant_type": "client_credentials", "client_id": "billing", "client_secret": "secret",
    /// }))?;
    ///
    /// let answer = issuer.client_credentials(&form)?;
    ///
    /// assert_eq!(serde_json::to_value(&answer)?["scope"], "read:items");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The codes of RFC 6749 section 5.2, and `invalid_target` for another audience.
    pub fn client_credentials(
        &self,
        form: &ClientCredentials,
    ) -> Result<TokenResponse, OAuthError> {
        let grant_type = form.grant_type.as_deref().ok_or(OAuthError::INVALID_REQUEST)?;
        if grant_type != "client_credentials" {
            return Err(OAuthError::UNSUPPORTED_GRANT_TYPE);
        }
        let id = form.client_id.as_deref().unwrap_or_default();
        let secret = form.client_secret.as_deref().unwrap_or_default();
        let client = self.clients.iter().find(|client| client.id == id);
        let client =
            client.filter(|client| client.has_secret(secret)).ok_or(OAuthError::INVALID_CLIENT)?;
        if form.audience.as_ref().is_some_and(|audience| *audience != self.audience) {
            return Err(OAuthError::INVALID_TARGET);
        }
        let scope = client.granted(form.scope.as_deref())?;
        let request = TokenRequest::for_machine(&client.id)
            .lifetime(LIFETIME)
            .claim("scope", scope.as_str())
            .permissions(client.permissions.iter().map(String::as_str));
        let access_token = self.token(&request).map_err(|_| OAuthError::SERVER_ERROR)?;
        let expires_in = LIFETIME.as_secs();
        Ok(TokenResponse { access_token, token_type: "Bearer", expires_in, scope })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use serde_json::{Value, json};

    use super::*;

    static ISSUER: LazyLock<DevIssuer> = LazyLock::new(|| {
        let client = DevClient::new("billing", "secret").with_scopes(["read:items", "write:items"]);
        DevIssuer::new("http://localhost:8081/", "items").unwrap().with_client(client)
    });

    fn answer(changes: &Value) -> Result<TokenResponse, OAuthError> {
        let mut form = json!({
            "grant_type": "client_credentials",
            "client_id": "billing",
            "client_secret": "secret",
            "audience": "items",
        });
        for (name, value) in changes.as_object().unwrap() {
            form[name] = value.clone();
        }
        ISSUER.client_credentials(&serde_json::from_value(form).unwrap())
    }

    #[test]
    fn a_client_gets_what_it_asks_for_and_may_have() {
        assert_eq!(answer(&json!({})).unwrap().scope, "read:items write:items");
        assert_eq!(answer(&json!({"scope": "read:items"})).unwrap().scope, "read:items");
    }

    #[test]
    fn wrong_requests_get_the_codes_of_oauth() {
        let wrong = [
            (json!({"grant_type": null}), "invalid_request", 400),
            (json!({"grant_type": "password"}), "unsupported_grant_type", 400),
            (json!({"client_id": "other"}), "invalid_client", 401),
            (json!({"client_secret": "Secret"}), "invalid_client", 401),
            (json!({"client_secret": null}), "invalid_client", 401),
            (json!({"audience": "others"}), "invalid_target", 400),
            (json!({"scope": "read:items admin"}), "invalid_scope", 400),
        ];
        for (changes, code, status) in wrong {
            let error = answer(&changes).unwrap_err();
            assert_eq!((error.error(), error.status().as_u16()), (code, status), "{changes}");
        }
    }

    #[test]
    fn no_secret_and_no_token_is_shown_by_debug() {
        let answer = answer(&json!({})).unwrap();

        assert!(!format!("{:?}", ISSUER.clients).contains("secret"));
        assert!(!format!("{answer:?}").contains(answer.access_token()));
    }
}
