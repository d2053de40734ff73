//! From an `App` to a `Service`: everything is checked, every fault reported at once.

use std::{fmt, net::SocketAddr};

#[cfg(feature = "metrics")]
use super::metrics::count_requests;
use super::{
    App, access,
    core::{Core, Endpoint},
    cross_origin::cors,
    document::documentation,
    layered::AnyLayer,
    own_tokens::{self, OwnUsers},
    preparation::Preparation,
    prestart,
    readiness::readiness,
    service::Service,
};
use crate::{
    auth::{Access, Guard},
    builtin,
    error::chain,
    extract::Environment,
    openapi::{Operation, StateType},
    registry::{self, Route},
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

/// What a service is made of, after every check that opens nothing.
struct Plan {
    endpoints: Vec<Endpoint>,
    router: Router<Endpoint>,
    guard: Guard,
    own_users: Option<OwnUsers>,
    cors: Option<AnyLayer>,
}

/// Starts the service; `address` is where it listens already.
pub(crate) async fn start(
    mut app: App,
    address: Option<SocketAddr>,
) -> Result<Service, StartError> {
    let settings = app.take_settings()?;
    for hint in settings.hints() {
        tracing::warn!(hint, "a setting may be wrong");
    }
    let mut plan = plan(&app, &settings)?;
    prestart::run(&settings.prestart).await.map_err(|fault| StartError(vec![fault]))?;
    let documentation = documentation(&app, &settings, &plan.endpoints);
    app.preparations.extend(documentation);
    if let Some(users) = plan.own_users.take() {
        let own = own_tokens::of_itself(users, &settings, address);
        let (authenticator, issuer) = own.map_err(|error| StartError(vec![error.chain()]))?;
        plan.guard = plan.guard.with_authenticator(authenticator);
        app.preparations.push(issuer);
    }
    #[cfg(feature = "client")]
    {
        let own = own_tokens::own_grants(&app, &settings, address);
        let [first, last] = super::outgoing::client(&plan.endpoints, own);
        app.preparations.insert(0, first);
        app.preparations.push(last);
    }
    let verifies_tokens = plan.guard.has_authenticator();
    let mut environment = environment(app.preparations, &settings, plan.guard).await?;
    environment.set_state(readiness(app.readiness_checks, verifies_tokens, &settings.health));
    #[cfg(feature = "metrics")]
    app.observers.extend(count_requests(&settings, &plan.endpoints, &mut environment));
    tracing::info!(endpoints = plan.endpoints.len(), "endpoints collected");
    environment.guard.start();
    #[cfg(feature = "client")]
    super::outgoing::warm_up(&environment);
    let core = Core::new(plan.router, environment, app.observers, app.classifiers, &settings);
    Ok(Service::new(core, app.layers, plan.cors))
}

/// Checks all that `start` checks before it opens anything.
#[cfg(feature = "cli")]
pub(crate) fn check(app: &App, settings: &Settings) -> Result<(), StartError> {
    plan(app, settings).map(|_| ())
}

fn plan(app: &App, settings: &Settings) -> Result<Plan, StartError> {
    let mut faults = Vec::new();
    let endpoints = endpoints(app, settings, &mut faults);
    let router = router(&endpoints, &mut faults);
    check_endpoints(app, settings, &endpoints, &mut faults);
    check_metrics(settings, &mut faults);
    app.check_readiness(&mut faults);
    let cors = cors(&settings.cors, &endpoints, &mut faults);
    faults.extend(app.checks.iter().filter_map(|check| check(settings).err()));
    let authenticator = match &app.authenticator {
        None => access::of_settings(settings, &mut faults),
        given => given.clone(),
    };
    let own_users = own_tokens::own_users(app, settings, &endpoints, &mut faults);
    let guard = Guard::new(&settings.service_name, &settings.auth.m2m_users);
    let guard = guard.map_err(|error| faults.extend_from_slice(error.faults()));
    let (Ok(guard), true) = (guard, faults.is_empty()) else { return Err(StartError(faults)) };
    let guard = match authenticator {
        Some(authenticator) => guard.with_authenticator(authenticator),
        None => guard,
    };
    let guard = match settings.auth.main_issuer().filter(|_| app.authenticator.is_none()) {
        Some(issuer) => guard.machines_of(&issuer),
        None => guard,
    };
    Ok(Plan { endpoints, router, guard, own_users, cors })
}

fn check_metrics(settings: &Settings, faults: &mut Vec<String>) {
    let Some(port) = settings.metrics.port else { return };
    if !cfg!(feature = "metrics") {
        faults.push("METRICS_PORT is set; metrics need the feature `metrics`".to_owned());
    }
    if port == settings.server.port && port != 0 {
        faults.push(format!(
            "METRICS_PORT and PORT are both {port}; leave METRICS_PORT out to serve metrics on PORT"
        ));
    }
}

/// Takes every step, and reports every one that fails.
async fn environment(
    preparations: Vec<Preparation>,
    settings: &Settings,
    guard: Guard,
) -> Result<Environment, StartError> {
    let HttpSettings { body_limit, body_timeout, .. } = settings.http;
    let mut environment = Environment::new(guard, body_limit, body_timeout);
    let mut faults = Vec::new();
    for preparation in preparations {
        if let Err(error) = preparation(settings, &mut environment).await {
            faults.push(chain(&*error));
        }
    }
    if faults.is_empty() { Ok(environment) } else { Err(StartError(faults)) }
}

/// Every endpoint at its full path, in order, also where the service would not start.
#[cfg(feature = "cli")]
pub(crate) fn list(app: &App, settings: &Settings) -> Result<Vec<Endpoint>, StartError> {
    let mut faults = Vec::new();
    let endpoints = endpoints(app, settings, &mut faults);
    let _ = router(&endpoints, &mut faults);
    if faults.is_empty() { Ok(endpoints) } else { Err(StartError(faults)) }
}

fn endpoints(app: &App, settings: &Settings, faults: &mut Vec<String>) -> Vec<Endpoint> {
    let is_chosen = |route: &&Route| {
        app.modules.is_empty() || app.modules.iter().any(|module| route.source.is_in(module))
    };
    let registered = registry::routes();
    let routes: Vec<_> = registered.iter().copied().filter(is_chosen).collect();
    if routes.is_empty() {
        faults.push(
            "no endpoint is registered; annotate a function with `#[public_api]` or \
             `#[private_api]`, and write `fastservice::link!(name);` for each crate of handlers"
                .to_owned(),
        );
    }
    for name in app.crates.iter().copied().chain(registry::linked_crates()) {
        if !registered.iter().any(|route| route.source.crate_name() == name) {
            faults.push(format!(
                "the crate `{name}` registers no endpoint; is it linked by \
                 `fastservice::link!({name});` in the binary?"
            ));
        }
    }
    let public = settings.http.public_prefix.as_ref().unwrap_or(&app.public_prefix);
    let private = settings.http.private_prefix.as_ref().unwrap_or(&app.private_prefix);
    let prefixed = routes.into_iter().map(|route| match route.access {
        Access::Public => (public.as_str(), route),
        Access::Private(_) => (private.as_str(), route),
    });
    let own = builtin::routes(settings, app.issues_tokens(settings)).map(|route| ("", route));
    let mut endpoints: Vec<_> = prefixed
        .chain(own)
        .map(|(prefix, route)| {
            let path = format!("{prefix}{}", route.path).into();
            Endpoint { route, path, number: 0 }
        })
        .collect();
    endpoints.sort_by(|a, b| {
        (&a.path, a.route.method.as_str()).cmp(&(&b.path, b.route.method.as_str()))
    });
    for (number, endpoint) in endpoints.iter_mut().enumerate() {
        endpoint.number = number;
    }
    endpoints
}

fn router(endpoints: &[Endpoint], faults: &mut Vec<String>) -> Router<Endpoint> {
    let mut router = Router::new();
    for endpoint in endpoints {
        let Endpoint { route, path, .. } = endpoint;
        let (method, source) = (&route.method, route.source);
        let prefix = path.strip_suffix(route.path).unwrap_or_default();
        let template = match PathTemplate::parse(prefix, route.path) {
            Ok(template) => template,
            Err(fault) => {
                faults.push(format!("{fault} ({source})"));
                continue;
            }
        };
        match router.insert(method.clone(), template, endpoint.clone()) {
            Ok(()) => {}
            Err(InsertError::Taken(other)) => faults.push(format!(
                "two endpoints answer {method} {path}: {source} and {}{}",
                other.route.source,
                if other.path == *path { String::new() } else { format!(" (as {})", other.path) },
            )),
            Err(InsertError::Clash(other)) => faults.push(format!(
                "{path} ({source}) and {} ({}) take the same requests: one has a name where the \
                 other takes the rest",
                other.path, other.route.source,
            )),
            Err(InsertError::Unfit(fault)) => faults.push(format!("{path} ({source}): {fault}")),
        }
    }
    router
}

/// Private means private, a state that an argument takes was given, and an
/// endpoint for machines knows one.
fn check_endpoints(
    app: &App,
    settings: &Settings,
    endpoints: &[Endpoint],
    faults: &mut Vec<String>,
) {
    let has_issuer =
        app.has_authenticator() || settings.names_issuer() || app.issues_tokens(settings);
    for Endpoint { route, path, .. } in endpoints {
        let (method, source) = (&route.method, route.source);
        let mut operation = Operation::without_schemas();
        (route.describe)(&mut operation);
        let needs_issuer = operation.needs_identity || matches!(route.access, Access::Private(_));
        if needs_issuer && !has_issuer {
            faults.push(format!(
                "no AUTH0_DOMAIN is set, but {method} {path} asks who calls ({source}); set it, \
                 or build with the feature `dev-issuer`"
            ));
        }
        let is_for_machines = matches!(route.access, Access::Private(rule) if rule.m2m);
        if is_for_machines && settings.auth.m2m_users.is_empty() {
            faults.push(format!(
                "no M2M_USER is set, but {method} {path} is for machines ({source})"
            ));
        }
        faults
            .extend(app.missing(&operation.states).map(|StateType { argument, given_by, .. }| {
            format!(
                "{method} {path} takes `{argument}`, which was not given; add `{given_by}` to the \
                 App ({source})"
            )
        }));
    }
}
