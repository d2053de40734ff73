use std::{fmt, sync::Arc};

use http::Method;
use tempfile::TempDir;

use super::{TestRequest, TestToken};
use crate::{
    app::{App, Service},
    auth::TokenVerifier,
    dev_issuer::DevIssuer,
    error::BoxError,
    settings::Source,
};

const AUDIENCE: &str = "test-api";

/// A started service, called without a socket.
///
/// Its settings are the defaults, not the environment of the process. Its
/// database is a new one, which is removed with it. It accepts the tokens of an
/// issuer of its own; sign them with [`TestRequest::token`]. That issuer also grants the tokens
/// with which the service calls others, to the machine `test-client` for any audience and scope,
/// unless the settings name an authority by `TOKEN_URL`, `AUTH0_DOMAIN` or `OIDC_ISSUERS`.
///
/// ```standalone_crate
/// use fastservice::{prelude::*, testing::{TestClient, TestToken}};
///
/// #[private_api(get = "/me", scope = "profile")]
/// async fn me(user: UserId) -> String {
///     format!("you are {user}")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = TestClient::new(App::new()).await;
///
/// let answer = client.get("/me").token(TestToken::new("auth0|ali").scopes(["profile"])).await;
/// assert_eq!((answer.status().as_u16(), answer.text()), (200, "you are auth0|ali"));
///
/// let refused = client.get("/me").await;
/// assert_eq!(refused.status(), 401);
/// # }
/// ```
///
/// To replace a dependency, give it to the [`App`]: [`App::state`] for a state,
/// [`App::replace`] for whatever an extractor makes. An answer is given to the test
/// once all that runs on after requests has ended, such as background tasks.
pub struct TestClient {
    service: Service,
    issuer: Arc<DevIssuer>,
    // After the service, which has files open in it.
    _folder: TempDir,
}

impl TestClient {
    /// Starts the service.
    ///
    /// # Panics
    /// When it does not start; the text says why.
    pub async fn new(app: App) -> Self {
        Self::with_settings(app, []).await
    }

    /// Starts the service with some settings, by their names.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    pub async fn with_settings<'s>(
        app: App,
        settings: impl IntoIterator<Item = (&'s str, &'s str)>,
    ) -> Self {
        match Self::start(app, settings.into_iter().collect()).await {
            Ok(client) => client,
            Err(error) => panic!("the service does not start:\n{error}"),
        }
    }

    async fn start(app: App, settings: Vec<(&str, &str)>) -> Result<Self, BoxError> {
        let folder = tempfile::tempdir()?;
        let database = format!("sqlite:{}", folder.path().join("test.db").display());
        let pairs = [("DATABASE_URL", database.as_str())].into_iter().chain(settings);
        let settings = app.settings_of(Source::pairs(pairs))?;
        let issuer =
            DevIssuer::new("http://localhost/", AUDIENCE).map_err(|error| error.chain())?;
        let verifier = TokenVerifier::builder()
            .issuer(issuer.issuer())
            .accept_http_on_loopback()
            .audience(AUDIENCE)
            .keys(issuer.key_set())
            .build()?;
        let issuer = Arc::new(issuer);
        #[cfg(feature = "client")]
        let app = super::outgoing::with_tokens_of(&issuer, app);
        let app = if app.has_authenticator() { app } else { app.authenticator(verifier) };
        // It is large, and every test holds the future of this one.
        let service = Box::pin(app.settings(settings).start()).await?;
        Ok(Self { service, issuer, _folder: folder })
    }

    /// A GET request; awaiting it sends it.
    pub fn get(&self, path: &str) -> TestRequest {
        self.request(Method::GET, path)
    }

    /// A POST request; awaiting it sends it.
    pub fn post(&self, path: &str) -> TestRequest {
        self.request(Method::POST, path)
    }

    /// A PUT request; awaiting it sends it.
    pub fn put(&self, path: &str) -> TestRequest {
        self.request(Method::PUT, path)
    }

    /// A PATCH request; awaiting it sends it.
    pub fn patch(&self, path: &str) -> TestRequest {
        self.request(Method::PATCH, path)
    }

    /// A DELETE request; awaiting it sends it.
    pub fn delete(&self, path: &str) -> TestRequest {
        self.request(Method::DELETE, path)
    }

    /// A request of any method; awaiting it sends it.
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        TestRequest::new(self.service.clone(), self.issuer.clone(), method, path)
    }

    /// A signed token, for what needs it as text.
    ///
    /// # Panics
    /// When signing fails.
    #[must_use]
    pub fn sign(&self, token: &TestToken) -> String {
        match self.issuer.token(token) {
            Ok(token) => token,
            Err(error) => panic!("the token cannot be signed: {error}"),
        }
    }

    /// The service itself, to serve it on a socket or wrap it.
    #[must_use]
    pub fn service(&self) -> &Service {
        &self.service
    }
}

impl fmt::Debug for TestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestClient").field("service", &self.service).finish_non_exhaustive()
    }
}
