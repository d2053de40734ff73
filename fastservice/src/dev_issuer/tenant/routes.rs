//! Where it answers.

use std::{collections::HashMap, time::Duration};

use http::{HeaderValue, Method, StatusCode, header};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{OAuthError, Tenant, gate, page, parameters::Parameters};
use crate::{
    auth::Rule,
    claims::Claims,
    context::Context,
    dev_issuer::TokenRequest,
    error::{Error, Result},
    extract::{Json, Request, State},
    registry::{HandlerFuture, Route, Source},
    response::{IntoResponse, Response},
};

/// Trades codes, refresh tokens and the secrets of machines for tokens.
pub(crate) const GRANT_PATH: &str = "/dev-issuer/oauth/token";
/// Where a user logs in.
pub(crate) const AUTHORIZE_PATH: &str = "/dev-issuer/authorize";
/// Gives any token to who asks: what the `token` command calls.
pub(crate) const TOKEN_PATH: &str = "/dev-issuer/token";
/// Makes a new key: what the `rotate-keys` command calls.
pub(crate) const ROTATE_PATH: &str = "/dev-issuer/rotate";
const LONGEST_LIFETIME: u64 = 10 * 365 * 24 * 3600;
/// The largest body or query; so much is remembered of a login.
const BODY_LIMIT: usize = 16 * 1024;
const FORM: &str = "application/x-www-form-urlencoded";
/// OpenID Connect Core 1.0 section 5.3.1.
const OPENID: Rule = Rule { scopes: &["openid"], ..Rule::NONE };

pub(crate) static ROUTES: [Route; 9] = [
    route(Method::GET, "/dev-issuer/.well-known/openid-configuration", "discovery", |request| {
        Box::pin(discovery(request))
    })
    .summary("What the development issuer can do, and where."),
    route(Method::GET, "/dev-issuer/.well-known/jwks.json", "jwks", |request| {
        Box::pin(jwks(request))
    })
    .summary("The development issuer's keys."),
    route(Method::GET, AUTHORIZE_PATH, "authorize", |request| Box::pin(authorize(request)))
        .summary("A page to log in."),
    route(Method::POST, AUTHORIZE_PATH, "authorize_by_form", |request| {
        Box::pin(authorize_by_form(request))
    })
    .summary("The answer of that page."),
    route(Method::POST, GRANT_PATH, "oauth_token", |request| Box::pin(oauth_token(request)))
        .summary("Tokens for a code, for a refresh token, or for a machine."),
    route(Method::GET, "/dev-issuer/userinfo", "userinfo", |request| Box::pin(userinfo(request)))
        .summary("Who a token is about.")
        .private(OPENID),
    route(Method::POST, "/dev-issuer/userinfo", "userinfo", |request| Box::pin(userinfo(request)))
        .summary("Who a token is about.")
        .private(OPENID),
    route(Method::POST, TOKEN_PATH, "any_token", |request| Box::pin(any_token(request)))
        .summary("Any token, for who develops."),
    route(Method::POST, ROTATE_PATH, "rotate", |request| Box::pin(rotate(request)))
        .summary("A new key, for who develops."),
];

const fn route(
    method: Method,
    path: &'static str,
    function: &'static str,
    call: fn(Request) -> HandlerFuture,
) -> Route {
    let source = Source {
        function,
        module: module_path!(),
        package: env!("CARGO_PKG_NAME"),
        file: file!(),
        line: line!(),
    };
    Route::new(method, path, |_| {}, call, source)
        .tags(&["development"])
        .body_limit(BODY_LIMIT)
        // No part of the interface: it is gone in production.
        .hidden()
}

/// The tenant, for a request that may come.
async fn tenant(request: &mut Request) -> Result<State<Tenant>> {
    let tenant: State<Tenant> = request.extract().await?;
    tenant.admit(request)?;
    Ok(tenant)
}

/// The tenant, for a request of the command line.
async fn tenant_of_command(request: &mut Request) -> Result<State<Tenant>> {
    gate::admit_command(request)?;
    request.extract().await
}

async fn discovery(mut request: Request) -> Result<Response> {
    let tenant = tenant(&mut request).await?;
    (cached(), Json(tenant.discovery())).into_response()
}

async fn jwks(mut request: Request) -> Result<Response> {
    let tenant = tenant(&mut request).await?;
    (cached(), Json(tenant.issuer().jwks())).into_response()
}

/// Short, as who develops rotates keys to see what happens.
fn cached() -> [(header::HeaderName, HeaderValue); 1] {
    [(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"))]
}

async fn authorize(mut request: Request) -> Result<Response> {
    let tenant = tenant(&mut request).await?;
    tenant.admit_navigation(&request)?;
    let query = Some(request.query()).filter(|query| query.len() <= BODY_LIMIT);
    match query.and_then(Parameters::of_form) {
        Some(parameters) => tenant.begin_login(&parameters),
        None => page::refusal("the query must be percent-encoded UTF-8 of 16 KiB at most"),
    }
}

/// The answer of the page, or a request by POST (OpenID Connect Core 1.0 section 3.1.2.1).
async fn authorize_by_form(mut request: Request) -> Result<Response> {
    let tenant = tenant(&mut request).await?;
    tenant.admit_navigation(&request)?;
    let Ok(form) = form(&mut request).await? else {
        return page::refusal("the body must be a form in UTF-8");
    };
    match form.one("login") {
        Ok(Some(handle)) => tenant.end_login(handle, &form),
        Ok(None) => tenant.begin_login(&form),
        Err(_) => page::refusal("login is given twice"),
    }
}

async fn oauth_token(mut request: Request) -> Result<Response> {
    let tenant = tenant(&mut request).await?;
    let parameters = form_or_json(&mut request).await?;
    match parameters.and_then(|parameters| tenant.tokens(&request, &parameters)) {
        Ok(tokens) => tokens.into_response(),
        Err(error) => error.into_response(),
    }
}

async fn form(request: &mut Request) -> Result<Result<Parameters, OAuthError>> {
    let is_form = request.media_type().is_some_and(|kind| kind.eq_ignore_ascii_case(FORM));
    let body = request.bytes().await?;
    let parameters = std::str::from_utf8(&body).ok().filter(|_| is_form);
    let parameters = parameters.and_then(Parameters::of_form);
    let text = "the body must be application/x-www-form-urlencoded in UTF-8";
    Ok(parameters.ok_or(OAuthError::invalid_request(text)))
}

/// Auth0 takes JSON too.
async fn form_or_json(request: &mut Request) -> Result<Result<Parameters, OAuthError>> {
    let kind = request.media_type().unwrap_or_default();
    if !kind.eq_ignore_ascii_case("application/json") {
        return form(request).await;
    }
    let body = request.bytes().await?;
    let parameters = std::str::from_utf8(&body).ok().and_then(Parameters::of_json);
    Ok(parameters.ok_or(OAuthError::invalid_request("the body must be a JSON object of texts")))
}

async fn userinfo(mut request: Request) -> Result<Response> {
    let tenant = tenant(&mut request).await?;
    let claims: Claims = request.extract().await?;
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (no_store, Json(tenant.userinfo(&claims))).into_response()
}

/// What the `token` command wants.
#[derive(Deserialize, JsonSchema)]
struct Wanted {
    sub: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    permissions: Vec<String>,
    lifetime: u64,
}

async fn any_token(mut request: Request) -> Result<Response> {
    let tenant = tenant_of_command(&mut request).await?;
    let Json(wanted): Json<Wanted> = request.extract().await?;
    if wanted.sub.is_empty() || wanted.sub.len() > 255 || wanted.lifetime > LONGEST_LIFETIME {
        return Err(Error::unprocessable(
            "`sub` has 1 to 255 bytes, and `lifetime` is at most ten years, in seconds",
        ));
    }
    let token = match wanted.sub.strip_suffix("@clients") {
        Some(client) => TokenRequest::for_machine(client),
        None => TokenRequest::new(wanted.sub),
    };
    let token = token
        .scopes(wanted.scopes.iter().map(String::as_str))
        .permissions(wanted.permissions.iter().map(String::as_str))
        .lifetime(Duration::from_secs(wanted.lifetime));
    let answer = HashMap::from([("access_token", tenant.issuer().token(&token)?)]);
    (StatusCode::OK, Json(answer)).into_response()
}

async fn rotate(mut request: Request) -> Result<Response> {
    let tenant = tenant_of_command(&mut request).await?;
    let rotated = tenant.clone();
    Context::spawn_blocking(move || rotated.issuer().rotate()).await??;
    tracing::info!("the development issuer signs with a new key");
    Json(tenant.issuer().jwks()).into_response()
}
