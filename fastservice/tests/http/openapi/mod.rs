//! The document of the interface.

mod document;
mod names;
mod types;
mod words;

use fastservice::{App, testing::TestClient};
use serde_json::Value;

/// The document of the endpoints in this module.
async fn document_of(module: &'static str) -> Value {
    let client = TestClient::new(App::new().only_routes_in(module)).await;
    client.get("/openapi.json").await.json()
}

/// What `reference` leads to.
fn resolved<'d>(document: &'d Value, reference: &'d Value) -> &'d Value {
    let Some(path) = reference["$ref"].as_str() else { return reference };
    document.pointer(path.strip_prefix('#').unwrap()).unwrap()
}
