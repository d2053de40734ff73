//! The framework's own routes.

use http::Method;

use crate::{
    docs, health,
    json::Json,
    registry::{HandlerFuture, Route, Source},
    response::IntoResponse,
    settings::Settings,
};

/// Where the heartbeat answers.
pub(crate) const HEARTBEAT_PATH: &str = "/heartbeat/";
/// Where the service says whether requests may come.
pub(crate) const READY_PATH: &str = "/ready";

/// In both forms, because probes follow no redirect.
static HEALTH: [Route; 4] = [
    heartbeat(HEARTBEAT_PATH),
    heartbeat("/heartbeat").hidden(),
    ready(READY_PATH),
    ready("/ready/").hidden(),
];

/// Answers `["ok"]` while the process runs. It asks nothing else.
const fn heartbeat(path: &'static str) -> Route {
    let answer = |_| -> HandlerFuture { Box::pin(async { Json(["ok"]).into_response() }) };
    let describe = <Json<[&'static str; 1]> as IntoResponse>::describe;
    Route::new(Method::GET, path, describe, answer, source("heartbeat", line!()))
        .summary("Whether the service is alive.")
        .tags(&["heartbeat"])
        .quiet()
}

/// Answers 200 when every check passes, and 503 when one fails or a stop has begun.
const fn ready(path: &'static str) -> Route {
    let answer = |request| -> HandlerFuture { Box::pin(health::ready(request)) };
    Route::new(Method::GET, path, health::describe, answer, source("ready", line!()))
        .summary("Whether the service can do its work.")
        .tags(&["heartbeat"])
        .quiet()
}

const fn source(function: &'static str, line: u32) -> Source {
    let (module, package) = (module_path!(), env!("CARGO_PKG_NAME"));
    Source { function, module, package, file: file!(), line }
}

/// All of them; those of the development issuer where it is the service's issuer,
/// the metrics where they have no port of their own.
pub(crate) fn routes(
    settings: &Settings,
    issues_tokens: bool,
) -> impl Iterator<Item = &'static Route> {
    let serves_metrics = settings.metrics.are_on_main_port();
    #[cfg(feature = "dev-issuer")]
    let issuer = crate::dev_issuer::ROUTES.iter().filter(move |_| issues_tokens);
    #[cfg(not(feature = "dev-issuer"))]
    let issuer = std::iter::empty().filter(move |_: &&Route| issues_tokens);
    let (has_document, has_pages) = (settings.http.openapi, settings.shows_pages());
    let document = std::iter::once(&docs::OPENAPI).filter(move |_| has_document);
    let metrics = metrics().filter(move |_| serves_metrics);
    let pages = pages().filter(move |_| has_pages);
    HEALTH.iter().chain(metrics).chain(issuer).chain(document).chain(pages)
}

/// Those of the port of the metrics.
pub(crate) fn operations() -> impl Iterator<Item = &'static Route> {
    HEALTH.iter().chain(metrics())
}

fn metrics() -> impl Iterator<Item = &'static Route> {
    #[cfg(feature = "metrics")]
    return std::iter::once(&crate::metrics::METRICS);
    #[cfg(not(feature = "metrics"))]
    std::iter::empty()
}

fn pages() -> impl Iterator<Item = &'static Route> {
    #[cfg(feature = "docs")]
    return docs::pages::ROUTES.iter();
    #[cfg(not(feature = "docs"))]
    std::iter::empty()
}
