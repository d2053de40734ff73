//! Every argument of a handler is checked, and all faults come together.

use std::collections::BTreeSet;

use fastservice::{
    prelude::*,
    testing::{TestClient, TestResponse},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{assert_faults, faults};

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct NewItem {
    #[validate(length(min = 1, max = 5))]
    name: String,
    #[validate(range(min = 0))]
    price: i64,
    #[validate(length(max = 2))]
    #[schemars(inner(length(min = 1)))]
    #[serde(default)]
    tags: BTreeSet<String>,
}

#[derive(Debug, Param, Validate)]
struct ItemId(#[validate(range(min = 1))] i64);

#[derive(Debug, Param, Validate)]
struct ApiKey(#[schemars(pattern("^[a-z]{3}$"))] String);

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct Page {
    #[validate(range(min = 1, max = 100))]
    limit: u8,
    #[validate(email)]
    owner: Option<String>,
}

#[public_api(post = "/items/{id}")]
async fn everything(
    id: ItemId,
    other: Option<ItemId>,
    more: Vec<ItemId>,
    Query(page): Query<Page>,
    x_api_key: Header<ApiKey>,
    x_keys: Header<Vec<ApiKey>>,
    session: Option<Cookie<ApiKey>>,
    Json(item): Json<NewItem>,
) -> String {
    format!("{id:?} {other:?} {more:?} {page:?} {x_api_key:?} {x_keys:?} {session:?} {item:?}")
}

#[public_api(post = "/form")]
async fn form(Form(page): Form<Page>) -> String {
    format!("{page:?}")
}

#[public_api(post = "/optional")]
async fn optional(item: Option<Json<NewItem>>) -> String {
    format!("{item:?}")
}

#[public_api(post = "/list")]
async fn list(Json(items): Json<Vec<NewItem>>) -> String {
    items.len().to_string()
}

async fn client() -> TestClient {
    let app = App::new().only_routes_in(module_path!());
    TestClient::with_settings(app, [("ERROR_INPUT", "true")]).await
}

async fn send(path: &str, key: &str, item: &Value) -> TestResponse {
    let request = client().await.post(path).header("x-api-key", key).header("x-keys", key);
    request.header("cookie", format!("session={key}")).json(item).await
}

fn right() -> Value {
    json!({ "name": "apple", "price": 0, "tags": ["a", "b"] })
}

#[tokio::test]
async fn arguments_at_their_limits_reach_the_handler() {
    let answer = send("/items/1?other=1&more=1&limit=100&owner=a@b", "abc", &right()).await;

    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert!(answer.text().starts_with("ItemId(1) Some(ItemId(1)) [ItemId(1)] Page"));
}

#[tokio::test]
async fn broken_rules_of_all_arguments_are_listed_together() {
    let item = json!({ "name": "apples", "price": -1, "tags": ["", "b", "c"] });

    let answer = send("/items/0?other=0&more=1&more=-3&limit=0&owner=x", "abcd", &item).await;

    assert_faults(
        &answer,
        &[
            (r#"["path","id"]"#, "greater_than_equal"),
            (r#"["query","other"]"#, "greater_than_equal"),
            (r#"["query","more",1]"#, "greater_than_equal"),
            (r#"["query","limit"]"#, "greater_than_equal"),
            (r#"["query","owner"]"#, "value_error"),
            (r#"["header","x-api-key"]"#, "string_pattern_mismatch"),
            (r#"["header","x-keys",0]"#, "string_pattern_mismatch"),
            (r#"["cookie","session"]"#, "string_pattern_mismatch"),
            (r#"["body","name"]"#, "string_too_long"),
            (r#"["body","price"]"#, "greater_than_equal"),
            (r#"["body","tags"]"#, "too_long"),
            (r#"["body","tags"]"#, "string_too_short"),
        ],
    );
}

#[tokio::test]
async fn a_wrong_type_of_one_argument_and_a_broken_rule_of_another_come_together() {
    let answer = send("/items/x?limit=101", "abc", &json!({ "name": "", "price": 1 })).await;

    assert_faults(
        &answer,
        &[
            (r#"["path","id"]"#, "int_parsing"),
            (r#"["query","limit"]"#, "less_than_equal"),
            (r#"["body","name"]"#, "string_too_short"),
        ],
    );
}

#[tokio::test]
async fn a_fault_says_its_limit_and_not_its_input() {
    let item = json!({ "name": "hunter2", "price": 1 });

    let answer = send("/items/1?limit=1", "abc", &item).await;

    let problem: Value = answer.json();
    let expected = json!([{
        "type": "string_too_long", "loc": ["body", "name"],
        "msg": "String should have at most 5 characters", "ctx": { "max_length": 5 },
    }]);
    assert_eq!(problem["errors"], expected);
    assert!(!answer.text().contains("hunter2"));
}

#[tokio::test]
async fn forms_are_checked() {
    let post = async |form: &'static str| {
        let request = client().await.post("/form");
        request.header("content-type", "application/x-www-form-urlencoded").body(form).await
    };

    assert_eq!(post("limit=1").await.status(), 200);
    assert_faults(&post("limit=0").await, &[(r#"["body","limit"]"#, "greater_than_equal")]);
}

#[tokio::test]
async fn an_optional_body_is_checked_when_there_is_one() {
    let client = client().await;

    assert_eq!(client.post("/optional").await.text(), "None");
    let answer = client.post("/optional").json(&json!({ "name": "", "price": 1 })).await;
    assert_faults(&answer, &[(r#"["body","name"]"#, "string_too_short")]);
}

#[tokio::test]
async fn an_answer_to_a_hundred_thousand_faults_is_small() {
    let items = vec![json!({ "name": "", "price": -1 }); 20_000];

    let answer = client().await.post("/list").json(&json!(items)).await;

    let faults = faults(&answer);
    assert_eq!(faults.len(), 101);
    assert_eq!(faults[99], (r#"["body",49,"price"]"#.into(), "greater_than_equal".into()));
    assert_eq!(faults[100], (r#"["body"]"#.into(), "too_many_errors".into()));
    assert!(answer.text().len() < 20_000, "{}", answer.text().len());
}
