//! A client of one other service.

use std::{fmt, sync::Arc};

use http::Method;

use super::{
    AccessTokens, Client, ClientRequest,
    access_tokens::{Slot, Wanted},
    base::Base,
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
/// more, unless the token is younger than half a minute or no other can be got: then the 401 is
/// the answer. A body that is a stream cannot be sent again. Redirects are followed below the
/// base URL only. Calls answer as those of [`Client`], and as [`AccessTokens::get`] where there
/// is no token. Cloning is cheap.
#[derive(Clone)]
pub struct ServiceClient {
    client: Client,
    base: Arc<Base>,
    slot: Arc<Slot>,
}

/// What a [`ServiceClient`] calls; `App::service_client` builds it.
#[derive(Clone)]
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
            faults.push("the audience of a service client is empty".to_owned());
        }
        let wanted = Wanted::new(&self.audience, &self.scopes, self.organization.as_deref());
        let (Ok(base), true) = (base, faults.is_empty()) else {
            // Named by the audience, as the URL may hold a secret.
            let of = |fault| format!("{fault} (audience {:?})", self.audience);
            return Err(ConfigError::new(faults.into_iter().map(of).collect()));
        };
        let base = Arc::new(base);
        let slot = tokens.slot(&wanted).map_err(|error| ConfigError::new(vec![error.chain()]))?;
        slot.declare();
        Ok(ServiceClient { client: client.within(base.clone()), base, slot })
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

    /// A GET request. The path begins with `/` and is added to the base URL; one with a segment
    /// `..`, encoded or not, is a failure.
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

    /// Makes its HTTP client, so that no request waits for the certificates to be read.
    pub(crate) async fn open(&self) -> Result<(), BoxError> {
        self.client.open().await.map(drop)
    }

    /// A request of any method.
    pub fn request(&self, method: Method, path: &str) -> ClientRequest {
        let url = self.base.join(path);
        ClientRequest::new(self.client.clone(), method, url).with_token_of(self.slot.clone())
    }
}

/// Without the base URL, which may have a user.
impl fmt::Debug for ServiceClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceClientBuilder")
            .field("audience", &self.audience)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ServiceClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceClient").field("base", &self.base).finish_non_exhaustive()
    }
}
