use chrono::{DateTime, NaiveDate, Utc};
use fastservice::{
    prelude::*,
    testing::{TestClient, TestResponse},
};
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Debug, Param)]
#[param(rename_all = "lowercase")]
enum Sort {
    Name,
    Age,
}

#[derive(Debug, Param)]
struct ItemId(u32);

#[public_api(get = "/kinds/{id}/{flag}")]
async fn kinds(
    id: ItemId,
    flag: bool,
    float: f64,
    letter: char,
    uuid: Uuid,
    day: NaiveDate,
    at: DateTime<Utc>,
    sort: Sort,
    text: String,
) -> String {
    format!("{} {flag} {float} {letter} {uuid} {day} {} {sort:?} {text}", id.0, at.timestamp())
}

#[public_api(get = "/optional")]
async fn optional(number: Option<i64>, text: Option<String>, tags: Vec<u8>) -> String {
    format!("{number:?} {text:?} {tags:?}")
}

#[public_api(get = "/numbers")]
async fn numbers(small: Option<u8>, signed: Option<i8>) -> String {
    format!("{small:?} {signed:?}")
}

#[derive(serde::Deserialize, JsonSchema)]
struct Page {
    #[serde(default)]
    offset: u64,
    limit: Option<u8>,
    #[serde(default)]
    tag: Vec<String>,
}

#[public_api(get = "/page")]
async fn page(Query(page): Query<Page>) -> String {
    format!("{} {:?} {:?}", page.offset, page.limit, page.tag)
}

#[public_api(get = "/headers")]
async fn headers(
    Header(x_number): Header<u8>,
    x_text: Option<Header<String>>,
    x_list: Header<Vec<u8>>,
    session: Option<Cookie<u64>>,
) -> String {
    format!("{x_number} {:?} {:?} {:?}", x_text.map(|h| h.0), x_list.0, session.map(|c| c.0))
}

#[public_api(get = "/secret")]
async fn secret(pin: Secret<u16>, code: u16) -> String {
    format!("{pin:?} {code}")
}

#[public_api(get = "/rest/{*parts}")]
async fn rest(parts: Vec<String>) -> String {
    format!("{parts:?}")
}

struct Refused;

impl FromRequest for Refused {
    async fn from_request(_: &mut Request, _: Argument) -> Result<Self> {
        Err(Error::conflict("no").with_code("invalid_input"))
    }
}

#[public_api(get = "/refused")]
async fn refused(number: u8, _refused: Refused) -> String {
    number.to_string()
}

struct Tenant(String);

impl FromRequest for Tenant {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        let id: RequestId = request.extract().await?;
        assert_eq!(id, request.context().request_id());
        let name = request.headers().get("x-tenant").and_then(|value| value.to_str().ok());
        let name = name.ok_or_else(|| Error::bad_request("no tenant").with_code("no_tenant"))?;
        Ok(Self(name.to_owned()))
    }
}

struct Greeting(&'static str);

#[public_api(get = "/own")]
async fn own(tenant: Tenant, greeting: State<Greeting>, method: Method, uri: Uri) -> String {
    format!("{} {} {method} {}", greeting.0, tenant.0, uri.path())
}

async fn get(path: &str) -> TestResponse {
    client().await.get(path).await
}

async fn client() -> TestClient {
    let app = App::new().only_routes_in(module_path!()).state(Greeting("hello"));
    TestClient::with_settings(app, [("ERROR_INPUT", "true")]).await
}

fn errors(answer: &TestResponse) -> Vec<Value> {
    assert_eq!(answer.status(), 422, "{}", answer.text());
    answer.json::<Value>()["errors"].as_array().unwrap().clone()
}

const RIGHT: &str = "/kinds/7/yes?float=1.5&letter=%C3%A9&uuid=01a21208-96f3-79c1-927e-9633d0a7ad61\
                     &day=2026-11-25&at=1970-01-01T00:00:09Z&sort=age&text=a+b%26c";

#[tokio::test]
async fn every_kind_of_value_is_parsed() {
    let answer = get(RIGHT).await;

    let expected = "7 true 1.5 é 01a21208-96f3-79c1-927e-9633d0a7ad61 2026-11-25 9 Age a b&c";
    assert_eq!(answer.text(), expected);
}

#[tokio::test]
async fn every_wrong_argument_is_listed_at_once() {
    let answer =
        get("/kinds/x/maybe?float=inf&letter=ab&uuid=1&day=today&at=2026-11-25&sort=size").await;

    let errors = errors(&answer);
    let found: Vec<_> =
        errors.iter().map(|e| (e["loc"].to_string(), e["type"].as_str().unwrap())).collect();
    let expected = [
        (r#"["path","id"]"#, "int_parsing"),
        (r#"["path","flag"]"#, "bool_parsing"),
        (r#"["query","float"]"#, "finite_number"),
        (r#"["query","letter"]"#, "char_parsing"),
        (r#"["query","uuid"]"#, "uuid_parsing"),
        (r#"["query","day"]"#, "date_parsing"),
        (r#"["query","at"]"#, "datetime_parsing"),
        (r#"["query","sort"]"#, "enum"),
        (r#"["query","text"]"#, "missing"),
    ];
    assert_eq!(found, expected.map(|(loc, kind)| (loc.to_owned(), kind)));
    assert_eq!(errors[7]["msg"], "Input should be 'name' or 'age'");
    assert_eq!(errors[7]["ctx"], json!({"expected": "'name' or 'age'"}));
    assert_eq!(errors[8]["msg"], "Field required");
}

#[tokio::test]
async fn an_optional_value_may_be_left_out_or_empty() {
    assert_eq!(get("/optional").await.text(), "None None []");
    assert_eq!(get("/optional?number=&text=").await.text(), r#"None Some("") []"#);
    assert_eq!(
        get("/optional?number=1&number=2&tags=3&tags=4").await.text(),
        "Some(2) None [3, 4]"
    );
    assert_eq!(get("/optional?unknown=1").await.status(), 200);
}

#[tokio::test]
async fn a_wrong_item_of_a_list_has_its_index() {
    let errors = errors(&get("/optional?number=x&tags=1&tags=y&tags=256").await);

    let found: Vec<_> = errors.iter().map(|e| e["loc"].to_string()).collect();
    assert_eq!(found, [r#"["query","number"]"#, r#"["query","tags",1]"#, r#"["query","tags",2]"#]);
}

#[tokio::test]
async fn a_number_out_of_range_says_the_range() {
    for (path, range) in [
        ("/numbers?small=256", "0 and 255"),
        ("/numbers?small=-1", "0 and 255"),
        ("/numbers?signed=-129", "-128 and 127"),
    ] {
        let errors = errors(&get(path).await);
        assert_eq!(errors[0]["type"], "int_out_of_range");
        assert_eq!(errors[0]["msg"], format!("Input should be between {range}"));
    }
}

#[tokio::test]
async fn a_query_that_is_no_utf_8_is_a_400() {
    for path in ["/optional?text=%ff", "/page?tag=%ff"] {
        let answer = get(path).await;
        assert_eq!((answer.status().as_u16(), &*answer.error_code()), (400, "malformed_query"));
    }
}

#[tokio::test]
async fn the_whole_query_may_be_one_struct() {
    assert_eq!(get("/page").await.text(), "0 None []");
    assert_eq!(get("/page?offset=5&limit=9&tag=a&tag=b").await.text(), r#"5 Some(9) ["a", "b"]"#);

    let errors = errors(&get("/page?limit=300").await);

    assert_eq!(errors[0]["loc"], json!(["query", "limit"]));
}

#[tokio::test]
async fn headers_and_cookies_are_taken_by_the_arguments_name() {
    let client = client().await;

    let right = client.get("/headers").header("x-number", "7").header("x-text", "a");
    let right =
        right.header("x-list", "1").header("x-list", "2").header("cookie", "a=b; session=9");
    let wrong = client.get("/headers").header("x-number", "x").header("cookie", "session=y");

    assert_eq!(right.await.text(), r#"7 Some("a") [1, 2] Some(9)"#);
    let found: Vec<_> = errors(&wrong.await).iter().map(|e| e["loc"].to_string()).collect();
    assert_eq!(found, [r#"["header","x-number"]"#, r#"["cookie","session"]"#]);
    let list = client.get("/headers").header("x-number", "1");
    let list = list.header("x-list", "a").header("x-list", "2").header("x-list", "300").await;
    let found: Vec<_> = errors(&list).iter().map(|e| e["loc"].to_string()).collect();
    assert_eq!(found, [r#"["header","x-list",0]"#, r#"["header","x-list",2]"#]);
    let missing = errors(&client.get("/headers").await);
    assert_eq!(missing[0]["type"], "missing");
}

#[tokio::test]
async fn a_rejected_input_is_shown_only_by_setting_and_a_secret_never() {
    let errors_shown = errors(&get("/secret?pin=hunter2&code=hunter3").await);
    let app = App::new().only_routes_in(module_path!()).state(Greeting("hello"));
    let hidden = TestClient::new(app).await.get("/secret?pin=hunter2&code=hunter3").await;

    assert_eq!(errors_shown[0].get("input"), None);
    assert_eq!(errors_shown[1]["input"], "hunter3");
    assert!(!hidden.text().contains("hunter"));
}

#[tokio::test]
async fn the_rest_of_a_path_may_be_a_list_of_segments() {
    assert_eq!(get("/rest/a%2Fb/c%25").await.text(), r#"["a/b", "c%"]"#);
    assert_eq!(get("/rest/a/b/").await.text(), r#"["a", "b", ""]"#);
}

#[tokio::test]
async fn an_error_of_another_status_answers_whatever_its_code() {
    let answer = get("/refused?number=x").await;

    assert_eq!((answer.status().as_u16(), &*answer.error_code()), (409, "invalid_input"));
}

#[tokio::test]
async fn a_type_of_ones_own_is_an_argument() {
    let client = client().await;

    let answer = client.get("/own").header("x-tenant", "north").await;
    let refused = client.get("/own").await;

    assert_eq!(answer.text(), "hello north GET /own");
    assert_eq!((refused.status().as_u16(), &*refused.error_code()), (400, "no_tenant"));
}

#[tokio::test]
async fn any_dependency_is_replaced_in_a_test() {
    let app = App::new()
        .only_routes_in(module_path!())
        .state(Greeting("hello"))
        .state(Greeting("bye"))
        .replace(|| Tenant("south".into()));

    let answer = TestClient::new(app).await.get("/own").await;

    assert_eq!(answer.text(), "bye south GET /own");
}
