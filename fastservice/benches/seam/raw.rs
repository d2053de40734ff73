//! The endpoints on hyper, as a careful person writes them: with a header
//! timeout, a limit of the body and its media type checked, and with nothing else.

use std::convert::Infallible;

use bytes::Bytes;
use fastservice::{server, settings::Settings};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use super::{
    exchange,
    values::{Article, Item, USER},
};

const BODY_LIMIT: usize = 2 * 1024 * 1024;
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

pub(super) fn serve() -> super::Result<()> {
    let settings = Settings::from_environment()?.server;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((settings.host, settings.port)).await?;
        println!("{}", listener.local_addr()?);
        let mut signals = server::Signals::catch();
        tokio::select! {
            accepted = accept(listener) => accepted,
            () = signals.next() => Ok(()),
        }
    })
}

async fn accept(listener: TcpListener) -> super::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(connection(stream));
    }
}

async fn connection(stream: TcpStream) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service_fn(answer));
    if let Err(error) = connection.await {
        eprintln!("{error}");
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let answer = match (request.method(), request.uri().path()) {
        (&Method::GET, "/hello") => Ok(text("Hello, World!")),
        (&Method::GET, "/private") => private(request.headers()),
        (&Method::GET, path) => match path.strip_prefix("/items/") {
            Some(id) => item(id, request.uri().query()),
            None => Err(StatusCode::NOT_FOUND),
        },
        (&Method::POST, "/echo") => echo(request).await,
        _ => Err(StatusCode::NOT_FOUND),
    };
    Ok(answer.unwrap_or_else(|status| {
        let mut response = Response::new(Full::default());
        *response.status_mut() = status;
        response
    }))
}

fn private(headers: &HeaderMap) -> Result<Response<Full<Bytes>>, StatusCode> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match value.and_then(|value| value.strip_prefix("Bearer ")) {
        Some(token) if token == exchange::TOKEN => Ok(text(USER)),
        _ => Err(StatusCode::UNAUTHORIZED),
    }
}

fn item(id: &str, query: Option<&str>) -> Result<Response<Full<Bytes>>, StatusCode> {
    #[derive(serde::Deserialize)]
    struct Query {
        q: Option<String>,
    }
    let id = id.parse().map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
    let query: Query = serde_html_form::from_str(query.unwrap_or_default())
        .map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
    json(&Item { id, q: query.q })
}

async fn echo(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, StatusCode> {
    let media_type = request.headers().get(header::CONTENT_TYPE);
    if media_type.is_none_or(|media_type| media_type != "application/json") {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let body = Limited::new(request.into_body(), BODY_LIMIT).collect().await;
    let body = body.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?.to_bytes();
    let article: Article =
        serde_json::from_slice(&body).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;
    json(&article)
}

fn text(text: &'static str) -> Response<Full<Bytes>> {
    of_type(TEXT, Bytes::from_static(text.as_bytes()))
}

fn json(value: &impl serde::Serialize) -> Result<Response<Full<Bytes>>, StatusCode> {
    let text = serde_json::to_vec(value).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(of_type(JSON, text.into()))
}

fn of_type(media_type: HeaderValue, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}
