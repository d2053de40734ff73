//! What the issuer says of itself (OpenID Connect Discovery 1.0 section 3).

use serde_json::{Value, json};

use super::{Tenant, directory::OPENID_SCOPES};

impl Tenant {
    pub(super) fn discovery(&self) -> Value {
        let issuer = self.issuer.issuer();
        let at = |path: &str| format!("{issuer}{path}");
        let scopes = self.directory.scopes.iter().map(String::as_str);
        let scopes: Vec<_> = OPENID_SCOPES.into_iter().chain(scopes).collect();
        json!({
            "issuer": issuer,
            "authorization_endpoint": at("authorize"),
            "token_endpoint": at("oauth/token"),
            "userinfo_endpoint": at("userinfo"),
            "jwks_uri": at(".well-known/jwks.json"),
            "scopes_supported": scopes,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported":
                ["authorization_code", "client_credentials", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported":
                ["client_secret_basic", "client_secret_post", "none"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": [
                "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "name",
                "email", "email_verified",
            ],
            "prompt_values_supported": ["none", "login", "consent", "select_account"],
            // The defaults of these are `true`.
            "request_uri_parameter_supported": false,
            "authorization_response_iss_parameter_supported": true,
        })
    }
}
