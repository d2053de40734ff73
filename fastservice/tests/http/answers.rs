use std::time::Duration;

use fastservice::{prelude::*, testing::TestClient};

#[public_api(get = "/nothing")]
async fn nothing() {}

#[public_api(get = "/status")]
async fn status() -> StatusCode {
    StatusCode::ACCEPTED
}

#[public_api(post = "/created", status = 201)]
async fn created(fail: bool) -> Result<Json<u8>> {
    if fail { Err(Error::conflict("it is there already").with_code("taken")) } else { Ok(Json(1)) }
}

#[public_api(get = "/headers")]
async fn headers() -> (StatusCode, [(HeaderName, HeaderValue); 1], Json<u8>) {
    let etag = (header::ETAG, HeaderValue::from_static("\"1\""));
    (StatusCode::IM_A_TEAPOT, [etag], Json(1))
}

#[public_api(get = "/typed")]
async fn typed() -> ([(HeaderName, HeaderValue); 3], Json<u8>) {
    let cookie = |text| (header::SET_COOKIE, HeaderValue::from_static(text));
    let media_type = (header::CONTENT_TYPE, HeaderValue::from_static("application/geo+json"));
    ([media_type, cookie("a=1"), cookie("b=2")], Json(1))
}

#[public_api(get = "/unchanged")]
async fn unchanged() -> StatusCode {
    StatusCode::NOT_MODIFIED
}

#[public_api(get = "/html")]
async fn html() -> Html<&'static str> {
    Html("<p>hi</p>")
}

#[public_api(get = "/bytes")]
async fn bytes() -> Bytes {
    Bytes::from_static(b"\x00\x01")
}

#[public_api(get = "/stream")]
async fn stream() -> Body {
    let parts = ["a", "b"].map(|part| Ok::<_, std::io::Error>(Bytes::from(part)));
    Body::stream(futures_util::stream::iter(parts))
}

#[public_api(get = "/redirect")]
async fn redirect(to: String) -> Redirect {
    Redirect::see_other(to)
}

#[public_api(get = "/unserializable")]
async fn unserializable() -> Json<std::collections::HashMap<(u8, u8), u8>> {
    Json([((1, 2), 3)].into())
}

#[public_api(get = "/slow", timeout = "20ms")]
async fn slow() {
    tokio::time::sleep(Duration::from_secs(60)).await;
}

async fn client() -> TestClient {
    TestClient::new(App::new().only_routes_in(module_path!())).await
}

#[tokio::test]
async fn each_kind_of_result_has_its_status_and_type() {
    let client = client().await;

    for (path, status, media_type, body) in [
        ("/nothing", 200, None, ""),
        ("/status", 202, None, ""),
        ("/headers", 418, Some("application/json"), "1"),
        ("/html", 200, Some("text/html; charset=utf-8"), "<p>hi</p>"),
        ("/bytes", 200, Some("application/octet-stream"), "\u{0}\u{1}"),
        ("/stream", 200, None, "ab"),
    ] {
        let answer = client.get(path).await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.header("content-type"), media_type, "{path}");
        assert_eq!(answer.text(), body, "{path}");
    }
    assert_eq!(client.get("/headers").await.header("etag"), Some("\"1\""));
}

#[tokio::test]
async fn a_header_replaces_that_of_the_value_and_may_repeat_itself() {
    let answer = client().await.get("/typed").await;

    let types: Vec<_> = answer.headers().get_all("content-type").iter().collect();
    assert_eq!(types, ["application/geo+json"]);
    assert_eq!(answer.headers().get_all("set-cookie").iter().count(), 2);
}

#[tokio::test]
async fn head_invents_no_length_for_what_has_no_body() {
    let answer = client().await.request(Method::HEAD, "/unchanged").await;

    assert_eq!((answer.status().as_u16(), answer.header("content-length")), (304, None));
}

#[tokio::test]
async fn the_attributes_status_is_that_of_success_only() {
    let client = client().await;

    assert_eq!(client.post("/created?fail=false").await.status(), 201);
    let failed = client.post("/created?fail=true").await;
    assert_eq!((failed.status().as_u16(), &*failed.error_code()), (409, "taken"));
}

#[tokio::test]
async fn a_redirect_cannot_smuggle_a_header() {
    let client = client().await;

    let right = client.get("/redirect?to=/a").await;
    let wrong = client.get("/redirect?to=/a%0D%0Aset-cookie:%20a=b").await;

    assert_eq!((right.status().as_u16(), right.header("location")), (303, Some("/a")));
    assert_eq!((wrong.status().as_u16(), wrong.header("set-cookie")), (500, None));
}

#[tokio::test]
async fn a_result_that_cannot_be_json_is_a_500() {
    let answer = client().await.get("/unserializable").await;

    assert_eq!((answer.status().as_u16(), &*answer.error_code()), (500, "internal_error"));
}

#[tokio::test(start_paused = true)]
async fn a_handler_over_its_time_limit_is_a_503() {
    let answer = client().await.get("/slow").await;

    assert_eq!((answer.status().as_u16(), &*answer.error_code()), (503, "handler_timeout"));
}
