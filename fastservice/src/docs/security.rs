//! How callers prove who they are.

use serde_json::{Map, Value, json};

use crate::{auth::Rule, settings::AuthSettings};

const OAUTH: &str = "oauth2";
const OIDC: &str = "openIdConnect";
const BEARER: &str = "bearer";

/// The addresses of the service itself that the schemes may name.
pub(super) fn own_paths() -> impl Iterator<Item = &'static str> {
    #[cfg(feature = "dev-issuer")]
    return [crate::dev_issuer::AUTHORIZE_PATH, crate::dev_issuer::GRANT_PATH].into_iter();
    #[cfg(not(feature = "dev-issuer"))]
    std::iter::empty()
}

/// The ways that the settings know.
#[derive(Debug)]
pub(super) struct Security<'s> {
    auth: &'s AuthSettings,
    #[cfg_attr(not(feature = "dev-issuer"), allow(dead_code, reason = "it never does"))]
    issues_tokens: bool,
}

impl<'s> Security<'s> {
    pub(super) fn new(auth: &'s AuthSettings, issues_tokens: bool) -> Self {
        Self { auth, issues_tokens }
    }

    /// Where tokens are asked for, when that is known: to authorize, and to get one.
    fn endpoints(&self) -> Option<(String, String)> {
        #[cfg(feature = "dev-issuer")]
        if self.issues_tokens {
            use crate::dev_issuer::{AUTHORIZE_PATH, GRANT_PATH};
            return Some((AUTHORIZE_PATH.to_owned(), GRANT_PATH.to_owned()));
        }
        let domain = self.auth.auth0_domain.as_ref()?;
        Some((format!("https://{domain}/authorize"), format!("https://{domain}/oauth/token")))
    }

    /// The schemes of the document, where any route is private.
    pub(super) fn schemes(&self, scopes: &[&'static str]) -> Map<String, Value> {
        let mut schemes = Map::new();
        let scopes: Map<_, _> =
            scopes.iter().map(|scope| ((*scope).to_owned(), "".into())).collect();
        if let Some((authorize, token)) = self.endpoints() {
            let flows = json!({
                "authorizationCode": {
                    "authorizationUrl": authorize, "tokenUrl": token, "scopes": scopes,
                    "x-usePkce": "SHA-256",
                },
                "clientCredentials": {"tokenUrl": token, "scopes": scopes},
            });
            schemes.insert(OAUTH.to_owned(), json!({"type": "oauth2", "flows": flows}));
        }
        if let Some(issuer) = self.auth.oidc_issuers.first() {
            let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
            let url = format!("{issuer}/.well-known/openid-configuration");
            schemes.insert(OIDC.to_owned(), json!({"type": OIDC, "openIdConnectUrl": url}));
        }
        let bearer = json!({"type": "http", "scheme": "bearer", "bearerFormat": "JWT"});
        schemes.insert(BEARER.to_owned(), bearer);
        schemes
    }

    /// What a token needs: one of these. Of several scopes one of which is enough, each is
    /// a way of its own.
    pub(super) fn of_rule(&self, rule: &Rule) -> Value {
        let mut ways = Vec::new();
        let all = rule.scopes;
        let any: Vec<_> = rule.any_scopes.iter().map(|scope| [all, &[*scope]].concat()).collect();
        let sets = if any.is_empty() { vec![all.to_vec()] } else { any };
        for scopes in sets {
            for scheme in self.names() {
                ways.push(json!({scheme: scopes}));
            }
        }
        ways.into()
    }

    /// A token, or none.
    pub(super) fn optional(&self) -> Value {
        let ways = self.names().map(|scheme| json!({scheme: []}));
        std::iter::once(json!({})).chain(ways).collect()
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        let oauth = self.endpoints().map(|_| OAUTH);
        let oidc = self.auth.oidc_issuers.first().map(|_| OIDC);
        oauth.into_iter().chain(oidc).chain([BEARER])
    }
}
