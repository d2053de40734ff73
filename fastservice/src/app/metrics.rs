//! What a service counts.

use std::sync::Arc;

use super::core::Endpoint;
use crate::{
    context::Observer,
    extract::Environment,
    metrics::{Metrics, Source},
    settings::Settings,
};

/// Who counts the requests; the metrics become the state of the route that shows them.
pub(super) fn count_requests(
    settings: &Settings,
    endpoints: &[Endpoint],
    environment: &mut Environment,
) -> Option<Box<dyn Observer>> {
    if !settings.metrics.enabled {
        return None;
    }
    let templates = endpoints.iter().map(|endpoint| endpoint.path.clone());
    let metrics = Metrics::new(&settings.service_name, templates, sources(environment));
    let metrics = Arc::new(metrics);
    environment.set_state(metrics.clone());
    Some(Box::new(metrics))
}

/// What is asked when the metrics are: the states that have some.
fn sources(_: &Environment) -> Vec<Source> {
    Vec::new()
}
