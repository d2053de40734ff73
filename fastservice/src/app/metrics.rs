//! What a service counts.

use std::sync::Arc;

use super::core::Endpoint;
use crate::{
    context::Observer,
    extract::Environment,
    metrics::{Metrics, Source},
    settings::Settings,
};
#[cfg(feature = "db")]
use crate::{
    db::{Db, PoolState},
    metrics::Kind,
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
#[cfg(feature = "db")]
fn sources(environment: &Environment) -> Vec<Source> {
    environment.state::<Db>().map(pool).into_iter().collect()
}

#[cfg(not(feature = "db"))]
fn sources(_: &Environment) -> Vec<Source> {
    Vec::new()
}

/// The pool of the database, by the names of OpenTelemetry.
#[cfg(feature = "db")]
fn pool(db: Arc<Db>) -> Source {
    Box::new(move |page| {
        let PoolState { idle, in_use, max_size, waiting, .. } = db.state();
        let count = "db_client_connection_count";
        page.family(count, Kind::Gauge, "Open connections to the database.");
        page.sample(count, &[("db_client_connection_state", "idle")], idle);
        page.sample(count, &[("db_client_connection_state", "used")], in_use);
        let max = "db_client_connection_max";
        page.family(max, Kind::Gauge, "The most connections that may be open.");
        page.sample(max, &[], max_size);
        let pending = "db_client_connection_pending_requests";
        page.family(pending, Kind::Gauge, "Requests that wait for a connection.");
        page.sample(pending, &[], waiting);
    })
}
