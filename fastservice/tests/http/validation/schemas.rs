//! One declaration: what is checked is in the document, and only there is it written.

use fastservice::{
    prelude::*,
    testing::{TestClient, TestResponse},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::assert_faults;

#[derive(Deserialize, JsonSchema, Validate)]
struct Everything {
    #[validate(length(min = 1, max = 3))]
    #[schemars(pattern("^[a-z]+$"))]
    text: String,
    #[validate(length(equal = 2))]
    #[schemars(inner(length(min = 1), pattern("x")))]
    list: Option<Vec<String>>,
    #[validate(range(min = 1, max = 9))]
    number: u8,
    #[schemars(extend("exclusiveMinimum" = 0.0, "exclusiveMaximum" = 1.0, "multipleOf" = 0.25))]
    share: f64,
    #[schemars(extend("maxProperties" = 1))]
    map: std::collections::BTreeMap<String, String>,
    #[validate(email)]
    email: String,
    #[validate(url)]
    url: String,
    #[validate(ipv4)]
    address: String,
    #[validate(contains(pattern = "/"))]
    path: String,
    #[validate(required)]
    needed: Option<u8>,
}

#[public_api(post = "/everything")]
async fn everything(Json(everything): Json<Everything>) -> String {
    everything.text
}

/// Two types that differ in one attribute.
#[derive(Deserialize, JsonSchema, Validate)]
struct Before {
    #[validate(length(max = 3))]
    name: String,
}

#[derive(Deserialize, JsonSchema, Validate)]
struct After {
    #[validate(length(max = 4))]
    #[serde(rename = "title")]
    name: String,
}

#[public_api(post = "/before")]
async fn before(Json(before): Json<Before>) -> String {
    before.name
}

#[public_api(post = "/after")]
async fn after(Json(after): Json<After>) -> String {
    after.name
}

#[derive(Param, JsonSchema, Validate)]
struct ItemId(#[validate(range(min = 1))] i64);

#[derive(Deserialize, JsonSchema, Validate)]
struct Page {
    #[validate(range(min = 1, max = 100))]
    #[serde(default = "twenty")]
    limit: u8,
}

fn twenty() -> u8 {
    20
}

#[public_api(get = "/items/{id}")]
async fn item(id: ItemId, Query(page): Query<Page>) -> String {
    format!("{} {}", id.0, page.limit)
}

async fn client() -> TestClient {
    TestClient::new(App::new().only_routes_in(module_path!())).await
}

async fn document() -> Value {
    client().await.get("/openapi.json").await.json()
}

#[tokio::test]
async fn each_rule_is_in_the_schema_of_its_member() {
    let document = document().await;

    let members = &document["components"]["schemas"]["Everything"]["properties"];
    for (pointer, expected) in [
        ("/text/minLength", json!(1)),
        ("/text/maxLength", json!(3)),
        ("/text/pattern", json!("^[a-z]+$")),
        ("/list/minItems", json!(2)),
        ("/list/maxItems", json!(2)),
        ("/list/items/minLength", json!(1)),
        ("/list/items/pattern", json!("x")),
        ("/number/minimum", json!(1)),
        ("/number/maximum", json!(9)),
        ("/share/exclusiveMinimum", json!(0.0)),
        ("/share/exclusiveMaximum", json!(1.0)),
        ("/share/multipleOf", json!(0.25)),
        ("/map/maxProperties", json!(1)),
        ("/email/format", json!("email")),
        ("/url/format", json!("uri")),
        ("/address/format", json!("ipv4")),
        ("/path/pattern", json!("/")),
        ("/needed/type", json!("integer")),
    ] {
        assert_eq!(members.pointer(pointer), Some(&expected), "{pointer}");
    }
}

#[tokio::test]
async fn each_rule_of_the_schema_is_checked() {
    let wrong = json!({
        "text": "ABCD", "list": ["", "x", "xx"], "number": 10, "share": 1.0,
        "map": { "a": "", "b": "" }, "email": "x", "url": "x", "address": "x", "path": "x",
        "needed": null,
    });

    let answer = client().await.post("/everything").json(&wrong).await;

    assert_faults(
        &answer,
        &[
            (r#"["body","text"]"#, "string_too_long"),
            (r#"["body","text"]"#, "string_pattern_mismatch"),
            (r#"["body","list"]"#, "too_long"),
            (r#"["body","list",0]"#, "string_too_short"),
            (r#"["body","list",0]"#, "string_pattern_mismatch"),
            (r#"["body","number"]"#, "less_than_equal"),
            (r#"["body","share"]"#, "less_than"),
            (r#"["body","map"]"#, "too_long"),
            (r#"["body","email"]"#, "value_error"),
            (r#"["body","url"]"#, "url_parsing"),
            (r#"["body","address"]"#, "ip_v4_address"),
            (r#"["body","path"]"#, "string_pattern_mismatch"),
            (r#"["body","needed"]"#, "missing"),
        ],
    );
}

#[tokio::test]
async fn what_the_schema_allows_is_taken() {
    let right = json!({
        "text": "abc", "list": ["x", "xx"], "number": 9, "share": 0.75, "map": { "a": "" },
        "email": "a@b", "url": "a:b", "address": "127.0.0.1", "path": "a/b", "needed": 0,
    });

    let answer = client().await.post("/everything").json(&right).await;

    assert_eq!((answer.status().as_u16(), answer.text()), (200, "abc"));
}

#[tokio::test]
async fn one_attribute_changes_parsing_answer_and_schema_together() {
    let client = client().await;
    let post = async |path: &str, name: &str, text: &str| -> TestResponse {
        client.post(path).json(&json!({ name: text })).await
    };

    assert_eq!(post("/before", "name", "abc").await.text(), "abc");
    assert_eq!(post("/after", "title", "abcd").await.text(), "abcd");
    assert_faults(&post("/after", "name", "abc").await, &[(r#"["body","title"]"#, "missing")]);
    let limit = async |path, name, text| {
        let problem: Value = post(path, name, text).await.json();
        (problem["errors"][0]["msg"].clone(), problem["errors"][0]["ctx"].clone())
    };
    let said = |most: u8| {
        let msg = format!("String should have at most {most} characters");
        (json!(msg), json!({ "max_length": most }))
    };
    assert_eq!(limit("/before", "name", "abcd").await, said(3));
    assert_eq!(limit("/after", "title", "abcde").await, said(4));
    let document = document().await;
    let schemas = &document["components"]["schemas"];
    assert_eq!(
        schemas["Before"]["properties"],
        json!({ "name": { "type": "string", "maxLength": 3 } })
    );
    assert_eq!(
        schemas["After"]["properties"],
        json!({ "title": { "type": "string", "maxLength": 4 } })
    );
}

#[tokio::test]
async fn parameters_are_documented_with_their_rules() {
    let document = document().await;

    let parameters = document["paths"]["/items/{id}"]["get"]["parameters"].as_array().unwrap();
    let schema = |name: &str| {
        &parameters.iter().find(|parameter| parameter["name"] == name).unwrap()["schema"]
    };
    assert_eq!((&schema("id")["type"], &schema("id")["minimum"]), (&json!("integer"), &json!(1)));
    assert_eq!(schema("limit")["minimum"], 1);
    assert_eq!(schema("limit")["maximum"], 100);
    assert_eq!(schema("limit")["default"], 20);
    let client = client().await;
    assert_eq!(client.get("/items/1").await.text(), "1 20");
    assert_faults(
        &client.get("/items/0?limit=101").await,
        &[(r#"["path","id"]"#, "greater_than_equal"), (r#"["query","limit"]"#, "less_than_equal")],
    );
}
