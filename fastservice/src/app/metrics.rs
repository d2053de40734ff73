//! What a service counts.

use std::sync::Arc;

use super::core::Endpoint;
#[cfg(feature = "db")]
use crate::db::{Db, PoolState};
use crate::{
    auth::Authenticator,
    context::Observer,
    extract::Environment,
    metrics::{Kind, Metrics, Source},
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

/// What is asked when the metrics are: the cache of tokens, and the states that have some.
fn sources(environment: &Environment) -> Vec<Source> {
    let mut sources = Vec::new();
    let authenticator = environment.guard.authenticator();
    let remembering = authenticator.filter(|authenticator| authenticator.cache_counts().is_some());
    sources.extend(remembering.cloned().map(token_cache));
    #[cfg(feature = "db")]
    sources.extend(environment.state::<Db>().map(pool));
    sources
}

fn token_cache(authenticator: Arc<dyn Authenticator>) -> Source {
    Box::new(move |page| {
        let counts = authenticator.cache_counts().unwrap_or_default();
        let lookups = "fastservice_token_cache_requests_total";
        page.family(lookups, Kind::Counter, "Tokens looked up among the verified ones.");
        page.sample(lookups, &[("result", "hit")], counts.hits);
        page.sample(lookups, &[("result", "miss")], counts.misses);
        let evictions = "fastservice_token_cache_evictions_total";
        page.family(evictions, Kind::Counter, "Verified tokens that made room for others.");
        page.sample(evictions, &[], counts.evictions);
        let entries = "fastservice_token_cache_entries";
        page.family(entries, Kind::Gauge, "Verified tokens that are remembered.");
        page.sample(entries, &[], counts.entries);
    })
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
