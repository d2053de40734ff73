use std::sync::Arc;

use http::{HeaderValue, Method, header};

use super::Metrics;
use crate::{
    error::{Error, Result},
    extract::{Request, State},
    registry::{Route, Source},
    response::{IntoResponse, Response},
};

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// `GET /metrics` answers in Prometheus' text format.
pub(crate) static METRICS: Route = Route::new(
    Method::GET,
    "/metrics",
    |_| {},
    |request| Box::pin(metrics(request)),
    Source {
        function: "metrics",
        module: module_path!(),
        package: env!("CARGO_PKG_NAME"),
        file: file!(),
        line: line!(),
    },
)
.summary("What the service has counted, for Prometheus.")
.tags(&["metrics"])
.hidden()
.quiet();

async fn metrics(mut request: Request) -> Result<Response> {
    let metrics: State<Arc<Metrics>> = request.extract().await?;
    // Thousands of series take a while, in which this thread answers others.
    let text = tokio::task::spawn_blocking(move || metrics.render()).await;
    ([(header::CONTENT_TYPE, TEXT)], text.map_err(Error::internal)?).into_response()
}
