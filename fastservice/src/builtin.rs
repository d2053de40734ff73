//! The framework's own routes.

use http::Method;

use crate::{
    json::Json,
    registry::{Route, Source},
    response::IntoResponse,
    settings::Settings,
};

/// Where the heartbeat answers.
pub(crate) const HEARTBEAT_PATH: &str = "/heartbeat/";

/// `GET /heartbeat/` answers `["ok"]` while the process runs. It asks nothing else.
pub(crate) static HEARTBEAT: Route = Route::new(
    Method::GET,
    HEARTBEAT_PATH,
    |_| {},
    |_| Box::pin(async { Json(["ok"]).into_response() }),
    Source {
        function: "heartbeat",
        module: module_path!(),
        package: env!("CARGO_PKG_NAME"),
        file: file!(),
        line: line!(),
    },
)
.summary("Whether the service is alive.")
.tags(&["heartbeat"])
.quiet();

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
    std::iter::once(&HEARTBEAT).chain(metrics().filter(move |_| serves_metrics)).chain(issuer)
}

/// Those of the port of the metrics.
pub(crate) fn operations() -> impl Iterator<Item = &'static Route> {
    std::iter::once(&HEARTBEAT).chain(metrics())
}

fn metrics() -> impl Iterator<Item = &'static Route> {
    #[cfg(feature = "metrics")]
    return std::iter::once(&crate::metrics::METRICS);
    #[cfg(not(feature = "metrics"))]
    std::iter::empty()
}
