//! The composition root: what a service is made of.

mod access;
mod config;
mod core;
mod cross_origin;
#[cfg(feature = "db")]
mod database;
mod departure;
mod document;
mod handling;
mod layered;
#[cfg(feature = "metrics")]
mod metrics;
mod operations;
#[cfg(feature = "client")]
mod outgoing;
#[cfg(feature = "dev-issuer")]
mod own_tokens;
#[cfg(not(feature = "dev-issuer"))]
#[path = "no_own_tokens.rs"]
mod own_tokens;
mod pipeline;
mod preparation;
mod prestart;
mod readiness;
mod service;
mod startup;

use std::{fmt, future::Future, sync::Arc};

#[cfg(feature = "cli")]
pub(crate) use self::preparation::Pending;
use self::{
    core::Classifier,
    layered::{AnyLayer, any_layer},
    preparation::{Migrate, Preparation, making_state, preparation},
};
#[cfg(feature = "cli")]
pub(crate) use self::{
    core::Endpoint,
    document::document,
    startup::{check, list, start},
};
pub use self::{layered::Inner, service::Service, startup::StartError};
use crate::{
    auth::Authenticator,
    body::RequestBody,
    context::Observer,
    error::{BoxError, Result},
    health,
    openapi::StateType,
    settings::{Section, Settings, SettingsError, Source},
};

/// A service: all endpoints of the process, and what they need.
///
/// ```no_run
/// use fastservice::prelude::*;
///
/// #[public_api(get = "/hello/{name}")]
/// async fn hello(name: String) -> String {
///     format!("Hello {name}")
/// }
///
/// fn main() -> std::process::ExitCode {
///     App::new().run()
/// }
/// ```
#[derive(Default)]
pub struct App {
    name: Option<String>,
    version: Option<String>,
    settings: Option<Settings>,
    public_prefix: String,
    private_prefix: String,
    crates: Vec<&'static str>,
    modules: Vec<&'static str>,
    authenticator: Option<Arc<dyn Authenticator>>,
    states: Vec<StateType>,
    sections: Vec<Section>,
    checks: Vec<Check>,
    preparations: Vec<Preparation>,
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "for the command line"))]
    migrations: Vec<Migrate>,
    classifiers: Vec<Classifier>,
    layers: Vec<AnyLayer>,
    observers: Vec<Box<dyn Observer>>,
    readiness_checks: Vec<health::Check>,
}

/// Says what is wrong with the settings, without opening anything.
type Check = fn(&Settings) -> Result<(), String>;

impl App {
    /// A service of every endpoint that is linked into the process.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the service; the setting `SERVICE_NAME` goes before it.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Says which version of the interface this is, for its documentation. Default: `0.1.0`.
    ///
    /// ```
    /// use fastservice::App;
    ///
    /// let app = App::new().version(env!("CARGO_PKG_VERSION"));
    /// ```
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Puts `prefix`, such as `/pub`, before the paths of public endpoints. The
    /// setting `PUBLIC_PREFIX` goes before it.
    #[must_use]
    pub fn public_prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.public_prefix);
        self
    }

    /// Puts `prefix`, such as `/priv`, before the paths of private endpoints. The
    /// setting `PRIVATE_PREFIX` goes before it.
    #[must_use]
    pub fn private_prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.private_prefix);
        self
    }

    /// Gives a value to every `State<T>` argument; a later one of the same type wins.
    #[must_use]
    pub fn state<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.states.push(StateType::of::<T>());
        self.preparations.push(preparation(|_, environment| environment.set_state(value)));
        self
    }

    /// Makes a state at start from the settings. Its failure stops the start.
    ///
    /// ```
    /// use fastservice::{prelude::*, settings::Settings};
    ///
    /// struct Cache(String);
    ///
    /// async fn open_cache(settings: Settings) -> std::io::Result<Cache> {
    ///     Ok(Cache(settings.service_name))
    /// }
    ///
    /// let app = App::new().state_from(open_cache);
    /// ```
    #[must_use]
    pub fn state_from<T, E, F>(mut self, make: impl FnOnce(Settings) -> F + Send + 'static) -> Self
    where
        T: Send + Sync + 'static,
        E: Into<BoxError>,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        self.states.push(StateType::of::<T>());
        self.preparations.push(making_state(make));
        self
    }

    /// Makes values of `T` with `make` instead of from the request, wherever an
    /// endpoint or another extractor asks for one: for tests.
    #[must_use]
    pub fn replace<T: Send + 'static>(
        mut self,
        make: impl Fn() -> T + Send + Sync + 'static,
    ) -> Self {
        self.preparations.push(preparation(|_, environment| environment.replace(make)));
        self
    }

    /// Sets who says for whom a token speaks, in place of the one of the settings.
    #[must_use]
    pub fn authenticator(mut self, authenticator: impl Authenticator) -> Self {
        self.authenticator = Some(Arc::new(authenticator));
        self
    }

    /// Wraps every request in a layer of `tower`, such as those of `tower-http`.
    /// The last one added is the outermost. Inside it every error is an answer
    /// already; `X-Request-ID` is added outside of all.
    #[must_use]
    pub fn layer<L, B>(mut self, layer: L) -> Self
    where
        L: tower_layer::Layer<layered::Inner> + Send + Sync + 'static,
        L::Service: tower_service::Service<http::Request<RequestBody>, Response = http::Response<B>>
            + Clone
            + Send
            + Sync
            + 'static,
        <L::Service as tower_service::Service<http::Request<RequestBody>>>::Error: Into<BoxError>,
        <L::Service as tower_service::Service<http::Request<RequestBody>>>::Future: Send,
        B: http_body::Body<Data = bytes::Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        self.layers.push(any_layer(layer));
        self
    }

    /// Tells `observer` of every request, for example to count them.
    ///
    /// ```
    /// use fastservice::{context::{Ending, Observer}, prelude::*};
    ///
    /// struct SlowRequests;
    ///
    /// impl Observer for SlowRequests {
    ///     fn ended(&self, ending: &Ending<'_>) {
    ///         if ending.elapsed.as_secs() >= 1 {
    ///             println!("{:?} took {:?}", ending.context.route(), ending.elapsed);
    ///         }
    ///     }
    /// }
    ///
    /// let app = App::new().observer(SlowRequests);
    /// ```
    #[must_use]
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observers.push(Box::new(observer));
        self
    }

    /// Expects a route of each of these crates, by the names that code uses. The
    /// service does not start without: a crate that the binary never names is
    /// not linked and loses its routes. [`link!`](crate::link) does both.
    #[must_use]
    pub fn routes_from(mut self, crates: &[&'static str]) -> Self {
        self.crates.extend(crates);
        self
    }

    /// Serves only the routes that are written in this module or below it, by
    /// its path such as `module_path!()`; call it again for more. For tests, as
    /// a process has one list of routes.
    #[must_use]
    pub fn only_routes_in(mut self, module: &'static str) -> Self {
        self.modules.push(module);
        self
    }

    /// Uses these settings instead of those of the environment and its files.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = Some(settings);
        self
    }

    /// Checks everything and makes the service, which is also a `tower` service.
    ///
    /// # Errors
    /// Everything that is wrong, at once: settings, routes that clash, states
    /// that are missing, private endpoints without an issuer.
    pub async fn start(self) -> Result<Service, StartError> {
        startup::start(self, None).await
    }

    pub(crate) fn take_settings(&mut self) -> Result<Settings, SettingsError> {
        match self.settings.take() {
            Some(settings) => settings.and_sections(&self.sections),
            None => self.settings_of(Source::environment()),
        }
    }

    pub(crate) fn settings_of(&self, source: Source) -> Result<Settings, SettingsError> {
        let source = match &self.name {
            Some(name) => source.with_default("SERVICE_NAME", name),
            None => source,
        };
        let source = source.with_default("PUBLIC_PREFIX", &self.public_prefix);
        let source = source.with_default("PRIVATE_PREFIX", &self.private_prefix);
        Settings::with_sections(source, &self.sections)
    }

    #[cfg(feature = "cli")]
    pub(crate) fn take_migrations(&mut self) -> Vec<Migrate> {
        std::mem::take(&mut self.migrations)
    }

    pub(crate) fn has_authenticator(&self) -> bool {
        self.authenticator.is_some()
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("public_prefix", &self.public_prefix)
            .field("private_prefix", &self.private_prefix)
            .finish_non_exhaustive()
    }
}
