//! The schema of a type says what serde reads and writes.

use std::collections::BTreeMap;

use fastservice::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{document_of, resolved};

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum External {
    NoMore,
    Number(u8),
    Named { size: u8 },
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind")]
enum Internal {
    Empty,
    Named { size: u8 },
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "of")]
enum Adjacent {
    Empty,
    Number(u8),
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Untagged {
    Number(u8),
    Word(String),
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Enums {
    external: External,
    internal: Internal,
    adjacent: Adjacent,
    untagged: Untagged,
}

#[public_api(post = "/enums")]
async fn enums(Json(enums): Json<Enums>) -> Json<Enums> {
    Json(enums)
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Members {
    /// In words.
    #[schemars(example = &"red", example = &"blue")]
    first_word: String,
    null_or_word: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<u8>,
    #[serde(default = "seven")]
    with_default: u8,
    #[serde(rename = "type")]
    kind: char,
    #[serde(rename(deserialize = "old-name"))]
    new_name: bool,
    #[serde(skip)]
    _skipped: (),
}

fn seven() -> u8 {
    7
}

#[public_api(post = "/members")]
async fn members(Json(members): Json<Members>) -> Json<Members> {
    Json(members)
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Outer {
    own: u8,
    #[serde(flatten)]
    inner: Inner,
    #[serde(flatten)]
    rest: BTreeMap<String, u8>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Inner {
    inner: u8,
}

#[public_api(post = "/flat")]
async fn flat(Json(outer): Json<Outer>) -> Json<Outer> {
    Json(outer)
}

/// A folder.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Folder {
    name: String,
    folders: Vec<Folder>,
}

#[public_api(post = "/folders")]
async fn folders(Json(folder): Json<Folder>) -> Json<Folder> {
    Json(folder)
}

async fn document() -> Value {
    document_of(module_path!()).await
}

fn taken<'d>(document: &'d Value, path: &str) -> &'d Value {
    let body = &document["paths"][path]["post"]["requestBody"]["content"];
    resolved(document, &body["application/json"]["schema"])
}

fn given<'d>(document: &'d Value, path: &str) -> &'d Value {
    let content = &document["paths"][path]["post"]["responses"]["200"]["content"];
    resolved(document, &content["application/json"]["schema"])
}

#[tokio::test]
async fn an_enum_of_every_tagging_is_one_of_its_forms() {
    let document = document().await;
    let enums = taken(&document, "/enums");
    let form = |name: &str| resolved(&document, &enums["properties"][name]);

    let external = &form("external")["oneOf"];
    assert_eq!(external[0], json!({"type": "string", "enum": ["no-more"]}));
    assert_eq!(external[1]["required"], json!(["number"]));
    assert_eq!(external[1]["additionalProperties"], false);
    assert_eq!(external[2]["properties"]["named"]["required"], json!(["size"]));
    let internal = &form("internal")["oneOf"];
    assert_eq!(internal[0]["properties"]["kind"], json!({"type": "string", "const": "Empty"}));
    assert_eq!(internal[1]["required"], json!(["kind", "size"]));
    let adjacent = &form("adjacent")["oneOf"];
    assert_eq!(adjacent[0]["required"], json!(["kind"]));
    assert_eq!(adjacent[1]["required"], json!(["kind", "of"]));
    let untagged = &form("untagged")["anyOf"];
    assert_eq!((&untagged[0]["type"], &untagged[1]["type"]), (&json!("integer"), &json!("string")));
    assert_eq!(given(&document, "/enums"), enums, "both ways are the same");
}

#[tokio::test]
async fn members_are_named_and_required_as_serde_has_them() {
    let document = document().await;
    let (taken, given) = (taken(&document, "/members"), given(&document, "/members"));

    assert_eq!(taken["additionalProperties"], false);
    assert_eq!(taken["required"], json!(["firstWord", "type", "old-name"]));
    assert_eq!(
        given["required"],
        json!(["firstWord", "nullOrWord", "withDefault", "type", "newName"])
    );
    let word = json!({"type": "string", "description": "In words.", "examples": ["red", "blue"]});
    assert_eq!(taken["properties"]["firstWord"], word);
    assert_eq!(taken["properties"]["nullOrWord"]["type"], json!(["string", "null"]));
    assert_eq!(taken["properties"]["withDefault"]["default"], 7);
    assert_eq!(taken["properties"].get("newName"), None);
    assert_eq!(taken["properties"].get("_skipped"), None);
}

#[tokio::test]
async fn flattened_members_are_members() {
    let document = document().await;
    let flat = taken(&document, "/flat");

    assert_eq!(flat["properties"]["inner"]["type"], "integer");
    assert_eq!(flat["required"], json!(["own", "inner"]));
    assert_eq!(flat["additionalProperties"]["type"], "integer");
}

#[tokio::test]
async fn a_type_that_contains_itself_is_referred_to() {
    let document = document().await;
    let folder = given(&document, "/folders");

    assert_eq!(folder["properties"]["folders"]["items"]["$ref"], "#/components/schemas/Folder");
    assert_eq!(folder["description"], "A folder.");
}
