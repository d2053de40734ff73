//! The framework's own routes.

use http::Method;

use crate::{
    json::Json,
    registry::{Route, Source},
    response::IntoResponse,
};

/// Where the heartbeat answers.
pub(crate) const HEARTBEAT_PATH: &str = "/heartbeat/";

/// `GET /heartbeat/` answers `["ok"]` while the process runs. It asks nothing else.
pub(crate) static HEARTBEAT: Route = Route::new(
    Method::GET,
    HEARTBEAT_PATH,
    |_| Box::pin(async { Json(["ok"]).into_response() }),
    |_| {},
    Source {
        function: "heartbeat",
        module: module_path!(),
        package: env!("CARGO_PKG_NAME"),
        file: file!(),
        line: line!(),
    },
)
.summary("Whether the service is alive.")
.tags(&["heartbeat"]);

/// All of them.
pub(crate) fn routes() -> impl Iterator<Item = &'static Route> {
    [&HEARTBEAT].into_iter()
}
