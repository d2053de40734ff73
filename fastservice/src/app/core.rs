use std::sync::Arc;

use crate::{
    background::Tasks,
    context::{Observer, Proxies},
    error::Error,
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
    classifiers: Vec<Classifier>,
    pub(super) observers: Vec<Box<dyn Observer>>,
    pub(super) tasks: Tasks,
}

/// Says of a 500 what it is, if its cause tells.
pub(super) type Classifier = fn(Error) -> Error;

impl Core {
    pub(super) fn new(
        router: Router<Endpoint>,
        environment: Environment,
        observers: Vec<Box<dyn Observer>>,
        classifiers: Vec<Classifier>,
        settings: &Settings,
    ) -> Self {
        let http = &settings.http;
        Self {
            router,
            environment: Arc::new(environment),
            proxies: Proxies::new(&settings.proxy),
            error_form: ErrorForm { format: http.error_format, shows_input: http.error_input },
            classifiers,
            observers,
            tasks: Tasks::default(),
        }
    }

    /// The same with other routes, and with nobody who is told of their requests.
    pub(super) fn with_routes(&self, router: Router<Endpoint>) -> Self {
        Self {
            router,
            environment: self.environment.clone(),
            proxies: None,
            error_form: self.error_form,
            classifiers: self.classifiers.clone(),
            observers: Vec::new(),
            tasks: self.tasks.clone(),
        }
    }

    /// The error as a client is to see it.
    pub(super) fn classified(&self, error: Error) -> Error {
        self.classifiers.iter().fold(error, |error, classify| classify(error))
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
