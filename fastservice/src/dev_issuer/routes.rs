//! Its endpoints, below `/dev-issuer/`.

use std::{collections::HashMap, time::Duration};

use http::{Method, StatusCode, header};
use serde::Deserialize;

use super::{ClientCredentials, DevClient, DevIssuer, TokenRequest};
use crate::{
    error::{Error, Result},
    extract::{Form, Json, Request, State},
    registry::{Route, Source},
    response::{IntoResponse, Response},
};

/// Where its endpoints are; its issuer is this address with a slash at the end.
const BASE: &str = "/dev-issuer/";
/// Gives any token to who asks: what the `token` command calls.
pub(crate) const TOKEN_PATH: &str = "/dev-issuer/token";
/// Gives a machine its token.
pub(crate) const GRANT_PATH: &str = "/dev-issuer/oauth/token";
/// The `client_id` of the machine that it knows.
pub(crate) const CLIENT_ID: &str = "dev-client";
pub(crate) const CLIENT_SECRET: &str = "dev-secret";
const LONGEST_LIFETIME: u64 = 10 * 365 * 24 * 3600;
/// The audience of its tokens when `API_IDENTIFIER` is not set.
const AUDIENCE: &str = "dev-api";

/// The issuer of a service that listens at `authority`, such as `127.0.0.1:8000`.
pub(crate) fn at(authority: &str, audience: Option<&str>) -> Result<DevIssuer> {
    let client = DevClient::new(CLIENT_ID, CLIENT_SECRET)
        .with_scopes(["message"])
        .with_permissions(["read:messages"]);
    let issuer = DevIssuer::new(format!("http://{authority}{BASE}"), audience.unwrap_or(AUDIENCE))?;
    Ok(issuer.with_client(client))
}

pub(crate) static ROUTES: [Route; 3] = [
    route(Method::GET, "/dev-issuer/.well-known/jwks.json", "jwks", |request| {
        Box::pin(jwks(request))
    })
    .summary("The development issuer's keys."),
    route(Method::POST, GRANT_PATH, "oauth_token", |request| Box::pin(oauth_token(request)))
        .summary("A token for a machine, by its id and secret."),
    route(Method::POST, TOKEN_PATH, "any_token", |request| Box::pin(any_token(request)))
        .summary("Any token, for who develops.")
        .hidden(),
];

const fn route(
    method: Method,
    path: &'static str,
    function: &'static str,
    call: fn(Request) -> crate::registry::HandlerFuture,
) -> Route {
    let source = Source {
        function,
        module: module_path!(),
        package: env!("CARGO_PKG_NAME"),
        file: file!(),
        line: line!(),
    };
    Route::new(method, path, |_| {}, call, source).tags(&["development"])
}

async fn jwks(mut request: Request) -> Result<Response> {
    let issuer: State<DevIssuer> = request.extract().await?;
    Json(issuer.jwks()).into_response()
}

/// RFC 6749 section 4.4, as a form; Auth0 takes JSON too.
async fn oauth_token(mut request: Request) -> Result<Response> {
    let issuer: State<DevIssuer> = request.extract().await?;
    let credentials: ClientCredentials = match request.media_type() {
        Some("application/json") => request.extract::<Json<_>>().await?.0,
        _ => request.extract::<Form<_>>().await?.0,
    };
    let no_store = [(header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"))];
    match issuer.client_credentials(&credentials) {
        Ok(token) => (no_store, Json(token)).into_response(),
        Err(error) => (error.status(), no_store, Json(error)).into_response(),
    }
}

/// What the `token` command wants.
#[derive(Deserialize)]
struct Wanted {
    sub: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    permissions: Vec<String>,
    lifetime: u64,
}

async fn any_token(mut request: Request) -> Result<Response> {
    let issuer: State<DevIssuer> = request.extract().await?;
    // A browser names the origin of each POST; a page of another site could reach
    // this address by changing what its own name means.
    if request.headers().contains_key(header::ORIGIN) {
        return Err(Error::forbidden("this is for the command line, not for browsers"));
    }
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
    let answer = HashMap::from([("access_token", issuer.token(&token)?)]);
    (StatusCode::OK, Json(answer)).into_response()
}
