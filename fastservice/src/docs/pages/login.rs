use std::collections::BTreeSet;

use http::Uri;

use crate::{
    docs::operation,
    registry::Route,
    settings::{AuthSettings, Settings, is_host_and_port},
};

/// Who logs in from the pages, for what, and where.
#[derive(Debug, Default)]
pub(super) struct Login<'s> {
    /// Empty: who logs in types it.
    pub(super) client_id: &'s str,
    /// Auth0's parameter; empty for none.
    pub(super) audience: &'s str,
    /// What is asked for unless who logs in wants less, separated by blanks.
    pub(super) scopes: String,
    /// The origins of the issuers, where the service is not its own.
    pub(super) issuers: Vec<String>,
}

impl<'s> Login<'s> {
    /// For all that the routes of the document may ask for.
    pub(super) fn new(
        settings: &'s Settings,
        issues_tokens: bool,
        routes: impl Iterator<Item = &'static Route>,
    ) -> Self {
        let auth = &settings.auth;
        let described = routes.filter(|route| !route.text.hidden);
        let scopes: BTreeSet<_> = described.flat_map(operation::scopes).collect();
        Self {
            client_id: settings.docs.client_id.as_deref().unwrap_or(usual_client(issues_tokens)),
            audience: auth.api_identifiers.first().map_or("", String::as_str),
            scopes: scopes.into_iter().collect::<Vec<_>>().join(" "),
            issuers: issuers(auth),
        }
    }
}

#[cfg(feature = "dev-issuer")]
fn usual_client(issues_tokens: bool) -> &'static str {
    if issues_tokens { crate::dev_issuer::DOCS } else { "" }
}

#[cfg(not(feature = "dev-issuer"))]
fn usual_client(_: bool) -> &'static str {
    ""
}

/// Those that the document names.
fn issuers(auth: &AuthSettings) -> Vec<String> {
    let tenant = auth.auth0_domain.as_ref().map(|domain| format!("https://{domain}"));
    let other = auth.oidc_issuers.first().and_then(|issuer| origin(issuer));
    tenant.into_iter().chain(other).collect()
}

/// Of a URL; nothing that would be more than one word of a policy.
fn origin(url: &str) -> Option<String> {
    let url: Uri = url.parse().ok()?;
    let (scheme, authority) = (url.scheme_str()?, url.authority()?.as_str());
    is_host_and_port(authority).then(|| format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_has_an_origin() {
        for (url, expected) in [
            ("https://id.example.com/realms/a", "https://id.example.com"),
            ("http://localhost:9000", "http://localhost:9000"),
            ("https://[::1]:1/", "https://[::1]:1"),
        ] {
            assert_eq!(origin(url).as_deref(), Some(expected));
        }
        for url in ["", "/a", "id.example.com", "https://a;b/", "https://a,b/", "https://me@a/"] {
            assert_eq!(origin(url), None, "{url}");
        }
    }
}
