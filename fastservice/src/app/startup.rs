//! From an `App` to a `Service`: everything is checked, every fault reported at once.

use std::{fmt, net::SocketAddr, sync::Arc};

use super::{
    App,
    service::{Core, Endpoint, Service},
};
use crate::{
    auth::{Access, Guard},
    builtin,
    extract::Environment,
    openapi::Operation,
    registry::{self, Route},
    response::ErrorForm,
    routing::{InsertError, PathTemplate, Router},
    settings::{HttpSettings, Settings},
};

/// Why a service did not start: everything that is wrong, at once.
#[derive(Debug)]
pub struct StartError(Vec<String>);

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for StartError {}

impl From<crate::settings::SettingsError> for StartError {
    fn from(error: crate::settings::SettingsError) -> Self {
        Self(error.to_string().lines().map(str::to_owned).collect())
    }
}

/// Collects faults, so that one start shows them all.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, fault: impl Into<String>) {
        self.0.push(fault.into());
    }

    fn into_result<T>(self, value: T) -> Result<T, StartError> {
        if self.0.is_empty() { Ok(value) } else { Err(StartError(self.0)) }
    }
}

/// Starts the service; `address` is where it listens already.
pub(crate) async fn start(
    mut app: App,
    address: Option<SocketAddr>,
) -> Result<Service, StartError> {
    let settings = app.take_settings()?;
    let mut faults = Faults::default();
    let endpoints = endpoints(&app, &settings.http, &mut faults);
    let guard = guard(&mut app, &settings, address, &mut faults)?;
    let router = router(&endpoints, &mut faults);
    let HttpSettings { body_limit, body_timeout, .. } = settings.http;
    let mut environment = Environment::new(guard, body_limit, body_timeout);
    for preparation in app.preparations {
        if let Err(error) = preparation(&settings, &mut environment).await {
            faults.add(chain(&*error));
        }
    }
    check_access(&endpoints, &environment, &mut faults);
    check_arguments(&endpoints, &environment, &mut faults);
    let error_form =
        ErrorForm { format: settings.http.error_format, shows_input: settings.http.error_input };
    tracing::info!(endpoints = endpoints.len(), "endpoints collected");
    let core = Core { router, environment: Arc::new(environment), error_form };
    faults.into_result(Service::new(core, app.layers))
}

/// Every endpoint at its full path, in order, for the list of routes.
pub(crate) fn list(app: &App, settings: &HttpSettings) -> Result<Vec<Endpoint>, StartError> {
    let mut faults = Faults::default();
    let endpoints = endpoints(app, settings, &mut faults);
    let _ = router(&endpoints, &mut faults);
    faults.into_result(endpoints)
}

fn endpoints(app: &App, settings: &HttpSettings, faults: &mut Faults) -> Vec<Endpoint> {
    let is_chosen = |route: &&Route| {
        app.modules.is_empty() || app.modules.iter().any(|module| route.source.is_in(module))
    };
    let routes: Vec<_> = registry::routes().into_iter().filter(is_chosen).collect();
    if routes.is_empty() {
        faults.add(
            "no endpoint is registered; annotate a function with `#[public_api]` or \
             `#[private_api]`, and write `fastservice::link!(name);` for each crate of handlers",
        );
    }
    for name in app.crates.iter().copied().chain(registry::linked_crates()) {
        if !routes.iter().any(|route| route.source.crate_name() == name) {
            faults.add(format!(
                "the crate `{name}` registers no endpoint; is it linked by \
                 `fastservice::link!({name});` in the binary?"
            ));
        }
    }
    let public = settings.public_prefix.as_ref().unwrap_or(&app.public_prefix);
    let private = settings.private_prefix.as_ref().unwrap_or(&app.private_prefix);
    let prefixed = routes.into_iter().map(|route| match route.access {
        Access::Public => (public.as_str(), route),
        Access::Private(_) => (private.as_str(), route),
    });
    let own = builtin::routes().map(|route| ("", route));
    let mut endpoints: Vec<_> = prefixed
        .chain(own)
        .map(|(prefix, route)| Endpoint { route, path: format!("{prefix}{}", route.path).into() })
        .collect();
    endpoints.sort_by(|a, b| {
        (&a.path, a.route.method.as_str()).cmp(&(&b.path, b.route.method.as_str()))
    });
    endpoints
}

fn router(endpoints: &[Endpoint], faults: &mut Faults) -> Router<Endpoint> {
    let mut router = Router::new();
    for endpoint in endpoints {
        let Endpoint { route, path } = endpoint;
        let (method, source) = (&route.method, route.source);
        let prefix = path.strip_suffix(route.path).unwrap_or_default();
        let template = match PathTemplate::parse(prefix, route.path) {
            Ok(template) => template,
            Err(fault) => {
                faults.add(format!("{fault} ({source})"));
                continue;
            }
        };
        match router.insert(method.clone(), template, endpoint.clone()) {
            Ok(()) => {}
            Err(InsertError::Taken(other)) => faults.add(format!(
                "two endpoints answer {method} {path}: {source} and {}{}",
                other.route.source,
                if other.path == *path { String::new() } else { format!(" (as {})", other.path) },
            )),
            Err(InsertError::Clash(other)) => faults.add(format!(
                "{path} ({source}) and {} ({}) take the same requests: one has a name where the \
                 other takes the rest",
                other.path, other.route.source,
            )),
            Err(InsertError::Unfit(fault)) => faults.add(format!("{path} ({source}): {fault}")),
        }
    }
    router
}

fn guard(
    app: &mut App,
    settings: &Settings,
    address: Option<SocketAddr>,
    faults: &mut Faults,
) -> Result<Guard, StartError> {
    let _ = (address, &mut *app);
    let guard = Guard::new(&settings.service_name, &settings.auth.m2m_users).or_else(|error| {
        faults.add(error.to_string());
        Guard::new("service", &[] as &[&str])
    });
    guard.map_err(|error| StartError(vec![error.to_string()]))
}

/// Private means private: no issuer, no start.
fn check_access(endpoints: &[Endpoint], environment: &Environment, faults: &mut Faults) {
    let private = endpoints.iter().find(|e| matches!(e.route.access, Access::Private(_)));
    if let Some(Endpoint { route, path }) = private
        && !environment.guard.has_authenticator()
    {
        faults.add(format!(
            "no AUTH0_DOMAIN is set, but {} {path} is private ({})",
            route.method, route.source
        ));
    }
}

/// Every state that an argument takes was given, and no body is taken twice.
fn check_arguments(endpoints: &[Endpoint], environment: &Environment, faults: &mut Faults) {
    for Endpoint { route, path } in endpoints {
        let mut operation = Operation::default();
        (route.describe)(&mut operation);
        for state in operation.states {
            if !environment.has_state(state.id) {
                faults.add(format!(
                    "{} {path} takes `State<{}>`, which was not given; add `.state(..)` to the \
                     App ({})",
                    route.method, state.name, route.source
                ));
            }
        }
    }
}

/// An error with its causes.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
