//! Code around which the attributes must step: it compiles without a warning,
//! and every endpoint answers.
#![deny(
    warnings,
    clippy::pedantic,
    missing_debug_implementations,
    missing_docs,
    unreachable_pub,
    unused_qualifications
)]

mod attributes;
mod conditions;
mod many_arguments;
mod names;
mod other_macros;
mod patterns;
mod plain_functions;
mod renamed_crate;
mod rules;
mod shadowed_names;
mod visibility;

use fastservice::{App, body::Body, body::RequestBody, prelude::Method};
use http_body_util::BodyExt;

/// The body of the answer of an endpoint in `module`.
async fn answer(module: &'static str, method: Method, path: &str, body: &'static str) -> String {
    let service = App::new().only_routes_in(module).start().await.unwrap();
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(RequestBody::from(Body::from(body)))
        .unwrap();
    let response = service.answer(request, None).await;
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

async fn get(module: &'static str, path: &str) -> String {
    answer(module, Method::GET, path, "").await
}
