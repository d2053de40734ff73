//! The derive of rules among names and lints of all kinds.

use fastservice::{prelude::*, validation::Violation};
use http::Method;
use serde::Deserialize;

fn is_named(rules: &Rules) -> Result<(), Violation> {
    if rules.name.is_some() { Ok(()) } else { Err(Violation::new("unnamed", "Name it").at("name")) }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "a rule takes a reference")]
fn is_one(number: &u8) -> Result<(), Violation> {
    if *number == 1 { Ok(()) } else { Err(Violation::new("value_error", "Input should be 1")) }
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[validate(schema(function = is_named))]
struct Rules {
    #[validate(length(min = MIN, max = 9))]
    name: Option<String>,
    #[validate(custom(function = is_one))]
    number: u8,
    unit: Unit,
    choice: Choice,
}

const MIN: usize = 1;

#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
struct Unit;

/// That a member is old is said to those who use it, not here.
#[derive(Deserialize, JsonSchema, Validate)]
struct Old {
    #[deprecated]
    #[validate(length(max = 1))]
    name: String,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(untagged)]
enum Choice {
    Text(#[validate(length(max = 1))] String),
    None,
}

#[public_api(post = "/rules", crate = "fastservice")]
async fn rules(Json(rules): Json<Rules>) -> String {
    format!("{rules:?}")
}

#[tokio::test]
async fn rules_are_checked() {
    let post = async |body| super::answer(module_path!(), Method::POST, "/rules", body).await;

    let right = post(r#"{"name":"a","number":1,"unit":null,"choice":"b"}"#).await;
    assert!(right.starts_with("Rules"), "{right}");
    let wrong = post(r#"{"name":"","number":2,"unit":null,"choice":"bc"}"#).await;
    assert_eq!(wrong.matches("\"loc\"").count(), 3, "{wrong}");
}

#[test]
#[allow(deprecated, reason = "it is what this is about")]
fn a_deprecated_member_is_checked() {
    let old = |name: &str| Old { name: name.to_owned() };

    assert!(old("a").validate().is_ok());
    assert!(old("ab").validate().is_err());
}
