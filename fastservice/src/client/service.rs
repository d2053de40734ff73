//! A client of one other service.

use std::{fmt, sync::Arc};

use http::Method;
use reqwest::Url;

use super::{
    AccessTokens, Client, ClientRequest,
    access_tokens::{Slot, Wanted},
};
use crate::{auth::ConfigError, error::BoxError};

/// A client of one other service: each call goes to its base URL and carries the token for
/// it, the request id and the trace.
///
/// A service knows several, so each is a state of a type of its own:
///
/// ```
/// use fastservice::{client::ServiceClient, prelude::*};
///
/// struct Prices(ServiceClient);
///
/// #[public_api(get = "/items/{id}/price")]
/// async fn price(id: u64, prices: State<Prices>) -> Result<String> {
///     prices.0.get(&format!("/items/{id}")).send().await?.error_for_status()?.text().await
/// }
///
/// let app = App::new().service_client(
///     |_| ServiceClient::to("https://prices.example.com/", "https://prices-api"),
///     Prices,
/// );
/// ```
///
/// A token that the other service refuses with 401 is replaced, and the call is sent once
/// more; a body that is a stream cannot be sent again. Calls answer as those of [`Client`], and as
/// [`AccessTokens::get`] where there is no token. Cloning is cheap.
#[derive(Clone)]
pub struct ServiceClient {
    client: Client,
    base: Arc<Base>,
    slot: Arc<Slot>,
}

/// What a [`ServiceClient`] calls; `App::service_client` builds it.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct ServiceClientBuilder {
    base_url: String,
    audience: String,
    scopes: Vec<String>,
    organization: Option<String>,
}

impl ServiceClientBuilder {
    /// Asks for these scopes. Default: those that the authority gives by itself.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Asks for a token of this organization of Auth0. Default: none.
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organization = Some(id.into());
        self
    }

    /// The client. Its token is got at the service's start, where the `App` has the tokens,
    /// else by the first call, and renewed for good.
    ///
    /// # Errors
    /// The base URL is not one of `http` or `https`, or has a user, query or fragment; the
    /// audience is empty.
    pub fn build(
        self,
        client: &Client,
        tokens: &AccessTokens,
    ) -> Result<ServiceClient, ConfigError> {
        let mut faults = Vec::new();
        let base = Base::parse(&self.base_url).map_err(|fault| faults.push(fault));
        if self.audience.is_empty() {
            faults.push(format!("the audience of {:?} is empty", self.base_url));
        }
        let wanted = Wanted::new(&self.audience, &self.scopes, self.organization.as_deref());
        let (Ok(base), true) = (base, faults.is_empty()) else {
            return Err(ConfigError::new(faults));
        };
        let slot = tokens.slot(&wanted).map_err(|error| ConfigError::new(vec![error.chain()]))?;
        slot.declare();
        Ok(ServiceClient { client: client.clone(), base: Arc::new(base), slot })
    }
}

impl ServiceClient {
    /// A client of the service below `base_url`, whose tokens are for `audience`. With `http`
    /// they can be read on their way, so that is for networks of one's own.
    pub fn to(base_url: impl Into<String>, audience: impl Into<String>) -> ServiceClientBuilder {
        ServiceClientBuilder {
            base_url: base_url.into(),
            audience: audience.into(),
            scopes: Vec::new(),
            organization: None,
        }
    }

    /// A GET request. The path begins with `/` and is added to the base URL; one that leads
    /// out of it is a failure.
    pub fn get(&self, path: &str) -> ClientRequest {
        self.request(Method::GET, path)
    }

    /// A POST request.
    pub fn post(&self, path: &str) -> ClientRequest {
        self.request(Method::POST, path)
    }

    /// A PUT request.
    pub fn put(&self, path: &str) -> ClientRequest {
        self.request(Method::PUT, path)
    }

    /// A PATCH request.
    pub fn patch(&self, path: &str) -> ClientRequest {
        self.request(Method::PATCH, path)
    }

    /// A DELETE request.
    pub fn delete(&self, path: &str) -> ClientRequest {
        self.request(Method::DELETE, path)
    }

    /// A request of any method.
    pub fn request(&self, method: Method, path: &str) -> ClientRequest {
        let url = self.base.join(path);
        ClientRequest::new(self.client.clone(), method, url).with_token_of(self.slot.clone())
    }
}

impl fmt::Debug for ServiceClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceClient").field("base", &self.base).finish_non_exhaustive()
    }
}

/// The URL of a service, without the slash at its end.
#[derive(Debug)]
struct Base(Url);

impl Base {
    fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        });
        url.map(Self).ok_or_else(|| {
            "the base URL of a service client is not one of http or https without user, query and \
             fragment"
                .to_owned()
        })
    }

    /// A token must not go elsewhere, whatever the path is made of.
    fn join(&self, path: &str) -> Result<Url, BoxError> {
        if !path.starts_with('/') {
            return Err("the path of a call begins with `/`".into());
        }
        let base = self.0.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}{path}"))
            .map_err(|error| format!("the URL of a call: {error}"))?;
        let folder = self.0.path().trim_end_matches('/');
        let below = url.path().strip_prefix(folder);
        if url.origin() != self.0.origin() || !below.is_some_and(|rest| rest.starts_with('/')) {
            return Err("the path of a call leads out of the service's base URL".into());
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(base: &str, path: &str) -> Option<String> {
        Base::parse(base).unwrap().join(path).ok().map(String::from)
    }

    #[test]
    fn a_path_is_added_to_the_base() {
        for (base, path, whole) in [
            ("https://a.test", "/x", "https://a.test/x"),
            ("https://a.test/", "/x?y=1", "https://a.test/x?y=1"),
            ("http://a.test:81/v1", "/x", "http://a.test:81/v1/x"),
            ("https://a.test/v1/", "/", "https://a.test/v1/"),
            ("https://a.test/v1", "//b.test/", "https://a.test/v1//b.test/"),
            ("https://a.test/v1", "/x/../y", "https://a.test/v1/y"),
        ] {
            assert_eq!(joined(base, path).as_deref(), Some(whole), "{base} {path}");
        }
    }

    #[test]
    fn no_path_leads_elsewhere() {
        for path in ["", "x", "@b.test/", ".b.test/", ":81/", "https://b.test/", "?x", "#x"] {
            assert_eq!(joined("https://a.test", path), None, "{path}");
        }
        for path in ["/..", "/../admin", "/x/../../admin", "/%2e%2e/admin", "/..\\admin"] {
            assert_eq!(joined("https://a.test/v1", path), None, "{path}");
        }
    }

    #[test]
    fn a_base_is_a_plain_url() {
        for base in
            ["", "/x", "ftp://a.test", "https://u@a.test", "https://a.test?x", "https://a.test/#x"]
        {
            assert!(Base::parse(base).is_err(), "{base}");
        }
    }
}
