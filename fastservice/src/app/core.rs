use std::sync::Arc;

use crate::{
    background::Tasks,
    context::{Observer, Proxies},
    extract::Environment,
    registry::Route,
    response::ErrorForm,
    routing::Router,
    settings::Settings,
};

/// What the way of a request needs.
pub(super) struct Core {
    pub(super) router: Router<Endpoint>,
    pub(super) environment: Arc<Environment>,
    pub(super) proxies: Option<Proxies>,
    pub(super) error_form: ErrorForm,
    pub(super) observers: Vec<Box<dyn Observer>>,
    pub(super) tasks: Tasks,
}

impl Core {
    pub(super) fn new(
        router: Router<Endpoint>,
        environment: Environment,
        observers: Vec<Box<dyn Observer>>,
        settings: &Settings,
    ) -> Self {
        let http = &settings.http;
        Self {
            router,
            environment: Arc::new(environment),
            proxies: Proxies::new(&settings.proxy),
            error_form: ErrorForm { format: http.error_format, shows_input: http.error_input },
            observers,
            tasks: Tasks::default(),
        }
    }
}

/// A route at its full path.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) route: &'static Route,
    pub(crate) path: Arc<str>,
    /// Its place in the list of all.
    pub(crate) number: usize,
}
