//! Schemas of different types have different names.

use fastservice::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{document_of, resolved};

mod one {
    use super::*;

    #[derive(Serialize, Deserialize, JsonSchema)]
    pub(super) struct Thing {
        pub(super) one: u8,
    }

    #[public_api(put = "/one")]
    async fn thing(Json(thing): Json<Thing>) -> Json<Thing> {
        Json(thing)
    }
}

mod two {
    use super::*;

    #[derive(Serialize, Deserialize, JsonSchema)]
    pub(super) struct Thing {
        #[serde(default)]
        pub(super) two: u8,
    }

    #[public_api(put = "/two")]
    async fn thing(things: Json<Vec<Thing>>) -> Json<Vec<Thing>> {
        things
    }
}

/// Takes the name that the input of `two::Thing` would have.
#[derive(Serialize, Deserialize, JsonSchema)]
struct ThingInput {
    own: u8,
}

/// Named as the framework's own error.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Problem {
    puzzle: String,
}

/// One page of a list.
#[derive(Serialize, JsonSchema)]
struct Page<T> {
    items: Vec<T>,
}

#[public_api(put = "/inputs")]
async fn input(input: Json<ThingInput>) -> Json<ThingInput> {
    input
}

#[public_api(put = "/problems")]
async fn problem(problem: Json<Problem>) -> Json<Problem> {
    problem
}

#[public_api(get = "/ones")]
async fn ones() -> Json<Page<one::Thing>> {
    Json(Page { items: vec![one::Thing { one: 1 }] })
}

#[public_api(get = "/twos")]
async fn twos() -> Json<Page<two::Thing>> {
    Json(Page { items: vec![two::Thing { two: 2 }] })
}

/// The schemas of what an endpoint takes and gives.
fn schemas<'d>(document: &'d Value, path: &str) -> [&'d Value; 2] {
    let put = &document["paths"][path]["put"];
    let contents = [&put["requestBody"], &put["responses"]["200"]];
    contents.map(|content| {
        let schema = &content["content"]["application/json"]["schema"];
        resolved(document, schema.get("items").unwrap_or(schema))
    })
}

#[tokio::test]
async fn types_of_one_name_are_told_apart() {
    let document = document_of(module_path!()).await;

    let [one_taken, one_given] = schemas(&document, "/one");
    let [two_taken, two_given] = schemas(&document, "/two");

    assert_eq!([one_taken, one_given].map(|schema| &schema["required"]), [&json!(["one"]); 2]);
    assert_eq!((two_taken.get("required"), &two_given["required"]), (None, &json!(["two"])));
    assert!(two_taken["properties"]["two"].is_object());
}

#[tokio::test]
async fn a_name_that_is_made_is_nobodys_name() {
    let document = document_of(module_path!()).await;

    for schema in schemas(&document, "/inputs") {
        assert!(schema["properties"]["own"].is_object(), "{schema}");
    }
}

#[tokio::test]
async fn a_users_problem_is_not_the_frameworks() {
    let document = document_of(module_path!()).await;

    for schema in schemas(&document, "/problems") {
        assert!(schema["properties"]["puzzle"].is_object(), "{schema}");
    }
    let wrong = &document["paths"]["/problems"]["put"]["responses"]["422"]["content"];
    let wrong = resolved(&document, &wrong["application/problem+json"]["schema"]);
    assert!(wrong["properties"]["request_id"].is_object(), "{wrong}");
}

#[tokio::test]
async fn a_generic_type_has_a_name_for_each_use() {
    let document = document_of(module_path!()).await;
    let item = |path: &str| {
        let content = &document["paths"][path]["get"]["responses"]["200"]["content"];
        let page = resolved(&document, &content["application/json"]["schema"]);
        resolved(&document, &page["properties"]["items"]["items"]).clone()
    };

    assert!(item("/ones")["properties"]["one"].is_object());
    assert!(item("/twos")["properties"]["two"].is_object());
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        assert!(name.chars().all(is_allowed), "{name}");
    }
}
