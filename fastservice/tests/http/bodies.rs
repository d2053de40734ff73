use fastservice::{
    prelude::*,
    testing::{TestClient, TestRequest},
};
use serde_json::{Value, json};

#[derive(serde::Deserialize, serde::Serialize, JsonSchema)]
struct Item {
    name: String,
    price: u32,
    #[serde(default)]
    tags: Vec<String>,
}

#[public_api(post = "/json/{id}")]
async fn put_item(id: u8, Json(item): Json<Item>) -> Json<Item> {
    let _ = id;
    Json(item)
}

#[public_api(post = "/optional")]
async fn optional(item: Option<Json<Item>>) -> String {
    item.map_or("none".into(), |Json(item)| item.name)
}

#[public_api(post = "/form")]
async fn form(Form(item): Form<Item>) -> String {
    format!("{} {} {:?}", item.name, item.price, item.tags)
}

#[public_api(post = "/text")]
async fn text(#[body] text: String) -> String {
    text
}

#[public_api(post = "/bytes", body_limit = 8)]
async fn bytes(body: Bytes) -> String {
    format!("{} bytes", body.len())
}

async fn client() -> TestClient {
    TestClient::new(App::new().only_routes_in(module_path!())).await
}

async fn answered(request: TestRequest) -> (u16, String) {
    let answer = request.await;
    (answer.status().as_u16(), answer.error_code())
}

#[tokio::test]
async fn json_is_parsed() {
    let item = json!({"name": "a", "price": 3, "tags": ["x"]});
    let client = client().await;

    let answer = client.post("/json/1").json(&item).await;
    let problem = client.post("/json/1").header("content-type", "application/problem+json; a=b");

    assert_eq!(answer.json::<Value>(), item);
    assert_eq!(problem.body(item.to_string()).await.status(), 200);
}

#[tokio::test]
async fn a_wrong_member_is_listed_beside_a_wrong_path() {
    let item = json!({"name": "a", "price": 3, "tags": ["x", "y", 7]});

    let answer = client().await.post("/json/300").json(&item).await;

    assert_eq!(answer.status(), 422);
    let errors = answer.json::<Value>()["errors"].clone();
    assert_eq!(errors[0]["loc"], json!(["path", "id"]));
    assert_eq!(errors[1]["loc"], json!(["body", "tags", 2]));
    assert_eq!(errors[1]["msg"], "Input should be a valid string");
    assert_eq!(errors[1]["type"], "string_type");
}

#[tokio::test]
async fn a_whole_number_may_be_written_with_a_fraction() {
    let client = client().await;
    let post = |body: &str| {
        client.post("/json/1").header("content-type", "application/json").body(body.to_owned())
    };

    let whole = post(r#"{"name": "2.0", "price": 2.0, "tags": []}"#).await;
    let fraction = post(r#"{"name": "a", "price": 2.5}"#).await;
    let other = post(r#"{"name": 2.0, "price": 2e0}"#).await;
    let malformed = post(r#"{"name": "a", "price": 2.0, "tags": oops}"#).await;

    assert_eq!(whole.json::<Value>(), json!({"name": "2.0", "price": 2, "tags": []}));
    assert_eq!(fraction.json::<Value>()["errors"][0]["type"], "int_type");
    assert_eq!(other.json::<Value>()["errors"][0]["loc"], json!(["body", "name"]));
    assert_eq!(malformed.json::<Value>()["errors"][0]["loc"], json!(["body", "price"]));
}

#[tokio::test]
async fn malformed_json_says_line_and_column() {
    let request = client().await.post("/json/1").header("content-type", "application/json");

    let answer = request.body("{\n  \"name\": oops\n}").await;

    assert_eq!((answer.status().as_u16(), &*answer.error_code()), (400, "malformed_json"));
    let detail = answer.json::<Value>()["detail"].clone();
    assert_eq!(detail, "the body is not JSON: expected value at line 2 column 11");
}

#[tokio::test]
async fn a_body_without_the_right_type_is_a_415() {
    let client = client().await;

    for request in [
        client.post("/json/1").body("{}"),
        client.post("/json/1").header("content-type", "text/json").body("{}"),
        client.post("/form").header("content-type", "application/json").body("{}"),
        client.post("/text").body("hi"),
        client
            .post("/json/1")
            .header("content-type", "application/json")
            .header("content-encoding", "gzip")
            .body("{}"),
    ] {
        assert_eq!(answered(request).await, (415, "unsupported_media_type".into()));
    }
}

#[tokio::test]
async fn an_absent_body_is_missing_or_none() {
    let client = client().await;

    let missing = client.post("/json/1").await;

    let error = &missing.json::<Value>()["errors"][0];
    assert_eq!((&error["loc"], &error["type"]), (&json!(["body"]), &json!("missing")));
    assert_eq!(client.post("/optional").await.text(), "none");
    let given = client.post("/optional").json(&json!({"name": "a", "price": 1}));
    assert_eq!(given.await.text(), "a");
    let wrong = client.post("/optional").json(&json!({"name": "a"}));
    assert_eq!(wrong.await.status(), 422);
}

#[tokio::test]
async fn a_form_is_parsed() {
    let client = client().await;
    let pairs = [("name", "a b&c"), ("price", "3"), ("tags", "x"), ("tags", "é")];

    let answer = client.post("/form").form(&pairs).await;
    let wrong = client.post("/form").form(&[("name", "a"), ("price", "x")]).await;

    assert_eq!(answer.text(), r#"a b&c 3 ["x", "é"]"#);
    let error = &wrong.json::<Value>()["errors"][0];
    assert_eq!((&error["loc"], &error["type"]), (&json!(["body", "price"]), &json!("int_parsing")));
    let form = client.post("/form").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(answered(form.body("name=%ff&price=1")).await, (400, "malformed_form".into()));
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_413() {
    let client = client().await;

    assert_eq!(client.post("/bytes").body("12345678").await.text(), "8 bytes");
    assert_eq!(answered(client.post("/bytes").body("123456789")).await.0, 413);
    let stream = || {
        let parts = ["1234", "5678", "9"].map(|part| Ok::<_, std::io::Error>(Bytes::from(part)));
        Body::stream(futures_util::stream::iter(parts))
    };
    assert_eq!(
        answered(client.post("/bytes").body(stream())).await,
        (413, "body_too_large".into())
    );
    let large = vec![b' '; 2 * 1024 * 1024 + 1];
    let text = client.post("/text").header("content-type", "text/plain").body(large);
    assert_eq!(answered(text).await.0, 413);
}

#[tokio::test]
async fn a_text_is_utf_8() {
    let client = client().await;
    let text = |body: &'static [u8]| {
        client.post("/text").header("content-type", "text/plain; charset=utf-8").body(body.to_vec())
    };

    assert_eq!(text("é".as_bytes()).await.text(), "é");
    assert_eq!(answered(text(b"\xff")).await, (400, "malformed_text".into()));
}
