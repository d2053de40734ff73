//! Arguments of the service's own, which ask for others.

use fastservice::{prelude::*, testing::TestClient};
use serde::Deserialize;
use serde_json::json;

use super::assert_faults;

#[derive(Deserialize, JsonSchema, Validate)]
struct Amount {
    #[validate(range(min = 1))]
    amount: u32,
}

/// Asks for the body itself, with its rules.
struct Payment(u32);

impl FromRequest for Payment {
    const TAKES_BODY: bool = true;

    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        let Json(body): Json<Amount> = request.extract_valid().await?;
        Ok(Self(body.amount))
    }
}

#[public_api(post = "/payments")]
async fn pay(payment: Payment) -> String {
    payment.0.to_string()
}

/// Made of query parameters, and has rules of its own.
#[derive(Validate)]
struct Part {
    #[validate(range(max = 9))]
    first: u8,
    last: Last,
}

#[derive(Param, Validate)]
struct Last(#[validate(range(max = 9))] u8);

impl FromRequest for Part {
    async fn from_request(request: &mut Request, _: Argument) -> Result<Self> {
        let first = request.argument(Argument::query("first")).await?;
        Ok(Self { first, last: request.argument(Argument::query("last")).await? })
    }
}

#[public_api(get = "/parts")]
async fn part(part: Part) -> String {
    format!("{} {}", part.first, part.last.0)
}

async fn client() -> TestClient {
    TestClient::new(App::new().only_routes_in(module_path!())).await
}

#[tokio::test]
async fn an_argument_that_asks_for_another_can_ask_for_its_rules() {
    let client = client().await;

    assert_eq!(client.post("/payments").json(&json!({ "amount": 1 })).await.text(), "1");
    let answer = client.post("/payments").json(&json!({ "amount": 0 })).await;
    assert_faults(&answer, &[(r#"["body","amount"]"#, "greater_than_equal")]);
}

#[tokio::test]
async fn an_argument_made_of_query_parameters_has_rules_for_each() {
    let client = client().await;

    assert_eq!(client.get("/parts?first=9&last=9").await.text(), "9 9");
    assert_faults(
        &client.get("/parts?first=10&last=10").await,
        &[(r#"["query","first"]"#, "less_than_equal"), (r#"["query","last"]"#, "less_than_equal")],
    );
}
