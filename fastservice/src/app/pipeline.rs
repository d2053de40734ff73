//! The way of a request, on one screen.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use http::{StatusCode, Version, header};

use super::core::{Core, Endpoint};
use crate::{
    context::Context,
    error::{Error, Result},
    extract::Request,
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
        Found::Redirect(location) => {
            let location = ([(header::LOCATION, location)], ());
            return (StatusCode::TEMPORARY_REDIRECT, location).into_response();
        }
    };
    let (Endpoint { route, path }, limits) = (found.route, found.route.route.limits);
    request.context().enter(path.clone());
    request.enter(found.params, limits.body);
    let claims = core.environment.guard.admit(&route.access, request.headers()).await?;
    if let Some(claims) = claims {
        request.context().identify(claims);
    }
    let handler = (route.call)(request);
    let mut response = match limits.timeout {
        None => handler.await?,
        Some(limit) => tokio::time::timeout(limit, handler).await.map_err(|_| too_slow())??,
    };
    if let Some(status) = limits.status.filter(|_| response.status() == StatusCode::OK) {
        *response.status_mut() = status;
    }
    Ok(response)
}

/// RFC 9112 section 3.2: an HTTP/1.1 request has one `Host`.
fn check_host(request: &Request) -> Result<()> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (first, second) = (hosts.next(), hosts.next());
    if second.is_some() || (first.is_none() && request.version() == Version::HTTP_11) {
        return Err(
            Error::bad_request("a request has one `Host` header").with_code("malformed_host")
        );
    }
    Ok(())
}

fn too_slow() -> Error {
    Error::unavailable("the endpoint took longer than its time limit").with_code("handler_timeout")
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::internal(format!("the handler panicked: {}", text.unwrap_or("no text")))
}

fn logged(error: Error) -> Error {
    let (status, code) = (error.status().as_u16(), error.code());
    let context = Context::current();
    let request_id = context.as_ref().map(|context| context.request_id().to_string());
    let route = context.as_ref().and_then(Context::route);
    if error.status().is_server_error() {
        tracing::error!(status, code, request_id, route, cause = error.chain(), "request failed");
    } else {
        tracing::debug!(status, code, request_id, route, "request refused");
    }
    error
}
