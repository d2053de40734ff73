use fastservice::{prelude::*, testing::TestClient};

#[public_api(get = "/items/{id}")]
async fn item(id: String) -> String {
    format!("item {id}")
}

#[public_api(get = "/items/latest")]
async fn latest() -> &'static str {
    "latest"
}

#[public_api(delete = "/items/{id}")]
async fn delete(id: u32) -> StatusCode {
    let _ = id;
    StatusCode::NO_CONTENT
}

#[public_api(get = "/files/{*rest}")]
async fn files(rest: String) -> String {
    rest
}

#[public_api(get = "/folder/")]
async fn folder(q: Option<String>) -> String {
    q.unwrap_or_default()
}

#[public_api]
async fn bare() -> &'static str {
    "bare"
}

#[public_api]
async fn bare_with_body(#[body] text: String) -> String {
    text
}

async fn client() -> TestClient {
    TestClient::new(App::new().only_routes_in(module_path!())).await
}

#[tokio::test]
async fn static_routes_win_over_parameters() {
    let client = client().await;

    assert_eq!(client.get("/items/latest").await.text(), "latest");
    assert_eq!(client.get("/items/7").await.text(), "item 7");
    assert_eq!(client.get("/files/a/b.txt").await.text(), "a/b.txt");
}

#[tokio::test]
async fn an_encoded_slash_stays_inside_its_segment() {
    let client = client().await;

    assert_eq!(client.get("/items/a%2Fb").await.text(), "item a/b");
    assert_eq!(client.get("/items/caf%C3%A9%20%25").await.text(), "item café %");
    assert_eq!(client.get("/%69tems/latest").await.text(), "latest");
}

#[tokio::test]
async fn a_path_that_is_no_utf_8_is_a_400() {
    let client = client().await;

    for path in ["/items/%ff", "/items/%C3%28", "/%E0%80%80", "/items/%zz"] {
        let answer = client.get(path).await;
        assert_eq!((answer.status().as_u16(), &*answer.error_code()), (400, "malformed_path"));
    }
}

#[tokio::test]
async fn an_unknown_path_is_a_404() {
    let answer = client().await.get("/nowhere").await;

    assert_eq!((answer.status().as_u16(), &*answer.error_code()), (404, "route_not_found"));
}

#[tokio::test]
async fn another_method_is_a_405_with_what_is_allowed() {
    let client = client().await;

    let answer = client.post("/items/7").await;

    assert_eq!((answer.status().as_u16(), &*answer.error_code()), (405, "method_not_allowed"));
    assert_eq!(answer.header("allow"), Some("DELETE, GET, HEAD, OPTIONS"));
}

#[tokio::test]
async fn options_is_answered_with_what_is_allowed() {
    let answer = client().await.request(Method::OPTIONS, "/items/7").await;

    assert_eq!(answer.status(), 204);
    assert_eq!(answer.header("allow"), Some("DELETE, GET, HEAD, OPTIONS"));
}

#[tokio::test]
async fn options_of_the_server_itself_is_answered() {
    assert_eq!(client().await.request(Method::OPTIONS, "*").await.status(), 204);
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let answer = client().await.request(Method::HEAD, "/items/latest").await;

    assert_eq!((answer.status().as_u16(), answer.text()), (200, ""));
    assert_eq!(answer.header("content-length"), Some("6"));
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
}

#[tokio::test]
async fn the_other_form_of_a_slash_is_a_redirect_with_method_and_query_kept() {
    let client = client().await;

    let longer = client.get("/folder?q=a%20b").await;
    let shorter = client.delete("/items/7/").await;

    assert_eq!(
        (longer.status().as_u16(), longer.header("location")),
        (307, Some("/folder/?q=a%20b"))
    );
    assert_eq!((shorter.status().as_u16(), shorter.header("location")), (307, Some("/items/7")));
    assert_eq!(client.get("//evil.example/items/").await.status(), 404);
}

#[tokio::test]
async fn a_bare_attribute_serves_under_the_functions_name() {
    let client = client().await;

    assert_eq!(client.get("/bare").await.text(), "bare");
    let posted = client.post("/bare_with_body").header("content-type", "text/plain").body("hi");
    assert_eq!(posted.await.text(), "hi");
    assert_eq!(client.get("/bare_with_body").await.status(), 405);
}

#[tokio::test]
async fn the_heartbeat_is_there() {
    assert_eq!(client().await.get("/heartbeat/").await.text(), r#"["ok"]"#);
}

#[tokio::test]
async fn a_handler_is_still_a_function() {
    assert_eq!(item("x".into()).await, "item x");
    assert_eq!(delete(7).await, 204);
}
