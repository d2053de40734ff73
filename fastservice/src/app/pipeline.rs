//! The way of a request, on one screen.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use http::{HeaderValue, StatusCode, Version, header};

use super::{
    core::{Core, Endpoint},
    handling::{Handling, OnLeave},
};
use crate::{
    background::panic_text,
    error::{Error, Result},
    extract::Request,
    registry::HandlerFuture,
    response::{IntoResponse, Response},
    routing::Found,
};

/// Answers a request. The only place where an error becomes a response.
pub(super) async fn respond(core: Arc<Core>, request: Request) -> Response {
    let request_id = request.context().request_id();
    match AssertUnwindSafe(walk(&core, request)).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => core.error_form.response(&logged(core.classified(error)), request_id),
        Err(panic) => core.error_form.response(&logged(panicked(&*panic)), request_id),
    }
}

/// Each step takes what the one before made.
async fn walk(core: &Core, mut request: Request) -> Result<Response> {
    check_host(&request)?;
    let (method, uri) = (request.method(), request.uri());
    let found = match core.router.find(method, uri.path(), uri.query())? {
        Found::Route(found) => found,
        Found::Allow(methods) => {
            return (StatusCode::NO_CONTENT, ([(header::ALLOW, methods)], ())).into_response();
        }
        Found::Redirect(path) => {
            let location = below(request.context().prefix(), path)?;
            let headers = [(header::LOCATION, location)];
            return (StatusCode::TEMPORARY_REDIRECT, headers, ()).into_response();
        }
    };
    let Endpoint { route, path, number } = found.route;
    let limits = route.limits;
    let context = request.context().clone();
    context.enter(path.clone(), *number, route.is_quiet);
    request.enter(found.params, limits.body);
    let guard = &core.environment.guard;
    if let Some(claims) = guard.verify(&route.access, request.headers()).await? {
        // Before it is known whether they may: a refusal names its caller in the log.
        context.identify(claims.clone());
        guard.permit(&route.access, &claims)?;
    }
    let mut handler = (route.call)(request);
    if let Some(limit) = limits.timeout {
        handler = Box::pin(within(limit, handler));
    }
    let on_leave = if route.is_cancellable() { OnLeave::Drop } else { OnLeave::RunOn };
    let mut response = Handling::new(handler, on_leave, context, &core.tasks).await?;
    if let Some(status) = limits.status.filter(|_| response.status() == StatusCode::OK) {
        *response.status_mut() = status;
    }
    Ok(response)
}

/// The path as the client sees it, before a proxy takes its prefix off.
fn below(prefix: &str, path: HeaderValue) -> Result<HeaderValue> {
    if prefix.is_empty() {
        return Ok(path);
    }
    Ok(HeaderValue::from_bytes(&[prefix.as_bytes(), path.as_bytes()].concat())?)
}

/// RFC 9112 section 3.2: an HTTP/1.1 request has one `Host`.
fn check_host(request: &Request) -> Result<()> {
    let hosts = request.context().hosts();
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        return Err(
            Error::bad_request("a request has one `Host` header").with_code("malformed_host")
        );
    }
    Ok(())
}

async fn within(limit: Duration, handler: HandlerFuture) -> Result<Response> {
    let too_slow = |_| {
        let detail = "the endpoint took longer than its time limit";
        Error::unavailable(detail).with_code("handler_timeout")
    };
    tokio::time::timeout(limit, handler).await.map_err(too_slow)?
}

pub(super) fn panicked(panic: &(dyn std::any::Any + Send)) -> Error {
    Error::internal(format!("the handler panicked: {}", panic_text(panic)))
}

pub(super) fn logged(error: Error) -> Error {
    let (status, code) = (error.status().as_u16(), error.code());
    // Of an issuer that is away the log is told by who asks it, not by who calls.
    if error.status().is_server_error() && code != "auth_unavailable" {
        tracing::error!(status, code, cause = error.chain(), "request failed");
    } else {
        tracing::debug!(status, code, cause = error.chain(), "request refused");
    }
    error
}
