use fastservice::{body::Body, body::RequestBody, prelude::*};
use http_body_util::BodyExt;

#[public_api(get = "/items/{id}")]
async fn item(id: i64, q: Option<String>) -> Result<Json<(i64, Option<String>)>> {
    Ok(Json((id, q)))
}

#[public_api(post = "/echo", status = 201)]
async fn echo(Json(value): Json<serde_json::Value>) -> Json<serde_json::Value> {
    Json(value)
}

#[public_api(get = "/hello")]
async fn hello() -> &'static str {
    "hello"
}

#[public_api(post = "/text")]
async fn text(#[body] text: String) -> String {
    text
}

async fn send(method: &str, path: &str, body: &'static str) -> (u16, String) {
    let service = App::new().only_routes_in(module_path!()).start().await.unwrap();
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("host", "x")
        .header("content-type", "application/json")
        .body(RequestBody::from(Body::from(body)))
        .unwrap();
    let r = service.answer(request, None).await;
    let s = r.status().as_u16();
    println!("{:?}", r.headers());
    (s, String::from_utf8(r.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap())
}

#[tokio::test]
async fn first() {
    for (m, p, b) in [
        ("GET", "/items/7?q=a", ""),
        ("GET", "/items/x", ""),
        ("POST", "/echo", "{\"a\":1}"),
        ("POST", "/echo", "{"),
        ("GET", "/hello", ""),
        ("HEAD", "/hello", ""),
        ("POST", "/text", "t"),
        ("GET", "/nope", ""),
        ("GET", "/heartbeat", ""),
    ] {
        println!("{m} {p} {:?}", send(m, p, b).await);
    }
}
