//! Calls to other services, which carry the context of the request.

mod access_tokens;
mod base;
mod failure;
mod request;
mod response;
mod service;

use std::{fmt, sync::Arc};

use http::Method;
use reqwest::{ClientBuilder, redirect};
use tokio::sync::OnceCell;

pub(crate) use self::access_tokens::OwnIssuer;
use self::base::Base;
pub use self::{
    access_tokens::{AccessToken, AccessTokens},
    request::ClientRequest,
    response::ClientResponse,
    service::{ServiceClient, ServiceClientBuilder},
};
use crate::{
    error::{BoxError, Result},
    extract::{Argument, FromRequest, Request, State},
    openapi::Operation,
    settings::ClientSettings,
};

/// More redirects than this are a failure.
const MOST_REDIRECTS: usize = 5;

/// The service's HTTP client, as an argument of a handler.
///
/// Each call carries the headers of [`Context::carry_into`](crate::context::Context::carry_into),
/// and ends within the setting `CLIENT_TIMEOUT`. Connections are kept and shared.
/// Certificates are checked against those of the system. Redirects are followed within
/// the origin only, so that no token goes to another one. Proxies of the environment
/// are not used. Cloning is cheap.
///
/// ```
/// use fastservice::prelude::*;
///
/// #[derive(serde::Deserialize, serde::Serialize, JsonSchema)]
/// struct Price { cents: u64 }
///
/// #[public_api(get = "/items/{id}/price")]
/// async fn price(id: u64, client: Client) -> Result<Json<Price>> {
///     let answer = client.get(&format!("http://prices:8000/items/{id}")).send().await?;
///     Ok(Json(answer.error_for_status()?.json().await?))
/// }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    settings: ClientSettings,
    user_agent: String,
    /// Where redirects may lead, beside the limit of all.
    base: Option<Arc<Base>>,
    // Made by the first who needs it, as the certificates take time to read.
    http: OnceCell<reqwest::Client>,
}

impl Client {
    /// A client that calls itself by the name of the service. It opens nothing yet.
    ///
    /// ```
    /// use fastservice::{client::Client, settings::Settings};
    ///
    /// let settings = Settings::from_pairs([("CLIENT_TIMEOUT", "2s")])?;
    /// let client = Client::new(&settings.client, &settings.service_name);
    /// # Ok::<(), fastservice::settings::SettingsError>(())
    /// ```
    #[must_use]
    pub fn new(settings: &ClientSettings, service_name: &str) -> Self {
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        let name = service_name.replace(|c| !is_token(c), "-");
        let user_agent = format!("{name} fastservice/{}", env!("CARGO_PKG_VERSION"));
        Self::with(settings.clone(), user_agent, None)
    }

    /// The same with connections of its own, which follows redirects below this URL only.
    fn within(&self, base: Arc<Base>) -> Self {
        Self::with(self.0.settings.clone(), self.0.user_agent.clone(), Some(base))
    }

    fn with(settings: ClientSettings, user_agent: String, base: Option<Arc<Base>>) -> Self {
        Self(Arc::new(Inner { settings, user_agent, base, http: OnceCell::new() }))
    }

    /// A GET request.
    pub fn get(&self, url: &str) -> ClientRequest {
        self.request(Method::GET, url)
    }

    /// A POST request.
    pub fn post(&self, url: &str) -> ClientRequest {
        self.request(Method::POST, url)
    }

    /// A PUT request.
    pub fn put(&self, url: &str) -> ClientRequest {
        self.request(Method::PUT, url)
    }

    /// A PATCH request.
    pub fn patch(&self, url: &str) -> ClientRequest {
        self.request(Method::PATCH, url)
    }

    /// A DELETE request.
    pub fn delete(&self, url: &str) -> ClientRequest {
        self.request(Method::DELETE, url)
    }

    /// A request of any method.
    pub fn request(&self, method: Method, url: &str) -> ClientRequest {
        // The URL itself may hold a secret.
        let url = reqwest::Url::parse(url);
        let url = url.map_err(|error| format!("the URL of a call: {error}").into());
        ClientRequest::new(self.clone(), method, url)
    }

    /// Makes the client, unless it is there.
    pub(crate) async fn open(&self) -> Result<&reqwest::Client, BoxError> {
        self.0.http.get_or_try_init(|| self.build()).await
    }

    async fn build(&self) -> Result<reqwest::Client, BoxError> {
        let Inner { settings, user_agent, base, .. } = &*self.0;
        let base = base.clone();
        let builder = ClientBuilder::new()
            .user_agent(user_agent)
            .timeout(settings.timeout)
            .connect_timeout(settings.connect_timeout)
            .redirect(redirect::Policy::custom(move |to| follow(to, base.as_deref())))
            // It would tell the query to others.
            .referer(false)
            .no_proxy();
        // It reads the system's certificates from files.
        let built = tokio::task::spawn_blocking(|| builder.build()).await?;
        built.map_err(|source| {
            let source = crate::error::chain(&source);
            format!("the HTTP client cannot be made: {source}; are the system's CA certificates installed?").into()
        })
    }
}

fn follow(attempt: redirect::Attempt<'_>, base: Option<&Base>) -> redirect::Action {
    if base.is_some_and(|base| !base.has_below(attempt.url())) {
        return attempt.stop();
    }
    let origin = attempt.url().origin();
    if attempt.previous().last().is_none_or(|previous| previous.origin() != origin) {
        return attempt.stop();
    }
    if attempt.previous().len() > MOST_REDIRECTS {
        return attempt.error("too many redirects");
    }
    attempt.follow()
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl FromRequest for Client {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        let state: State<Self> = request.extract().await?;
        Ok(Self::clone(&state))
    }

    fn describe(operation: &mut Operation, _: Argument) {
        operation.needs_client = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn the_user_agent_is_made_of_tokens() {
        let settings = Settings::from_pairs([]).unwrap().client;

        let client = Client::new(&settings, "my café\r\n");

        let expected = concat!("my-caf--- fastservice/", env!("CARGO_PKG_VERSION"));
        assert_eq!(client.0.user_agent, expected);
    }
}
