use std::sync::Arc;

use crate::{
    background::Tasks, context::Observer, error::Error, extract::Environment, registry::Route,
    response::ErrorForm, routing::Router, settings::HttpSettings,
};

/// What the way of a request needs.
pub(super) struct Core {
    pub(super) router: Router<Endpoint>,
    pub(super) environment: Arc<Environment>,
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
        settings: &HttpSettings,
    ) -> Self {
        let error_form =
            ErrorForm { format: settings.error_format, shows_input: settings.error_input };
        let environment = Arc::new(environment);
        let tasks = Tasks::default();
        Self { router, environment, error_form, classifiers, observers, tasks }
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
}
