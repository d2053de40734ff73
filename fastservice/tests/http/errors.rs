use fastservice::{
    prelude::*,
    testing::{TestClient, TestResponse},
};
use serde_json::{Value, json};

#[public_api(post = "/items/{id}")]
async fn item(id: u8, Json(body): Json<Vec<u8>>) -> Result<Json<usize>> {
    if id == 0 {
        return Err(Error::not_found("no item has this id").with_code("item_not_found"));
    }
    Ok(Json(body.len()))
}

#[public_api(get = "/fails")]
async fn fails() -> Result<()> {
    Err(std::io::Error::other("the password is hunter2"))?
}

#[public_api(get = "/panics")]
#[allow(clippy::panic)]
async fn panics() {
    panic!("the password is hunter2")
}

enum Refusal {
    Busy,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Result<Response> {
        let Self::Busy = self;
        let later = HeaderValue::from_static("7");
        Err(Error::unavailable("try later").with_header(header::RETRY_AFTER, later))
    }
}

#[public_api(get = "/own")]
async fn own() -> Result<String, Refusal> {
    Err(Refusal::Busy)
}

async fn client(format: &str) -> TestClient {
    let app = App::new().only_routes_in(module_path!());
    TestClient::with_settings(app, [("ERROR_FORMAT", format)]).await
}

fn seen(answer: &TestResponse) -> (u16, Value) {
    (answer.status().as_u16(), answer.json())
}

#[tokio::test]
async fn a_problem_is_rfc_9457_with_code_and_request_id() {
    let answer = client("problem").await.post("/items/0").json(&[1]).await;

    let id = answer.header("x-request-id").unwrap();
    let expected = json!({
        "type": "about:blank", "title": "Not Found", "status": 404,
        "detail": "no item has this id", "error": "item_not_found", "request_id": id,
    });
    assert_eq!(seen(&answer), (404, expected));
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_fault_of_the_service_tells_nothing_in_any_format() {
    for format in ["problem", "fastapi", "fastservice"] {
        let client = client(format).await;
        for path in ["/fails", "/panics"] {
            let answer = client.get(path).await;
            assert_eq!(answer.status(), 500);
            assert!(!answer.text().contains("hunter2"), "{}", answer.text());
            assert!(answer.header("x-request-id").is_some());
        }
    }
}

#[tokio::test]
async fn the_fastapi_form_is_fastapis() {
    let client = client("fastapi").await;

    assert_eq!(seen(&client.get("/nowhere").await), (404, json!({"detail": "Not Found"})));
    let other = client.get("/items/1").await;
    assert_eq!(seen(&other), (405, json!({"detail": "Method Not Allowed"})));
    assert!(other.header("allow").is_some());
    let own = client.post("/items/0").json(&[1]).await;
    assert_eq!(seen(&own), (404, json!({"detail": "no item has this id"})));
    let (status, body) = seen(&client.post("/items/x").json(&json!([1, "y"])).await);
    assert_eq!(status, 422);
    assert_eq!(body["detail"][0]["loc"], json!(["path", "id"]));
    assert_eq!(body["detail"][1]["loc"], json!(["body", 1]));
    let malformed = client.post("/items/1").header("content-type", "application/json").body("[1,");
    let (status, body) = seen(&malformed.await);
    assert_eq!((status, &body["detail"][0]["type"]), (422, &json!("json_invalid")));
    assert_eq!(body["detail"][0]["loc"][0], "body");
    assert_eq!(
        seen(&client.get("/fails").await),
        (500, json!({"detail": "Internal Server Error"}))
    );
}

#[tokio::test]
async fn the_fastservice_form_is_the_python_services() {
    let client = client("fastservice").await;

    assert_eq!(seen(&client.get("/nowhere").await), (404, json!({"error": "Not Found"})));
    let (status, body) = seen(&client.post("/items/x").json(&[1]).await);
    assert_eq!(status, 422);
    let text = body["error"].as_str().unwrap();
    assert!(text.starts_with("1 validation error for Request\npath -> id\n  "), "{text}");
    let internal = json!({"error": "Internal Server Error"});
    assert_eq!(seen(&client.get("/panics").await), (500, internal));
}

#[tokio::test]
async fn an_error_type_of_ones_own_says_how_it_answers() {
    let answer = client("problem").await.get("/own").await;

    assert_eq!((answer.status().as_u16(), answer.header("retry-after")), (503, Some("7")));
}
