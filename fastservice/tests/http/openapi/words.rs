//! What the code's own words and types add.

use fastservice::prelude::*;
use serde_json::json;

use super::document_of;

#[derive(serde::Serialize, JsonSchema)]
struct Word {
    text: String,
}

/// Find words.
#[public_api(get = "/words/{language}")]
async fn words(
    /// As in *ISO 639*.
    language: String,
    /// How many
    /// at most.
    limit: Option<u8>,
    /// Of the caller.
    x_mood: Option<Header<String>>,
    undescribed: Option<bool>,
) -> String {
    format!("{language} {limit:?} {x_mood:?} {undescribed:?}")
}

#[public_api(put = "/words/{language}")]
async fn put_words(
    language: String,
    /// One on each line.
    #[body]
    words: String,
) -> String {
    language + &words
}

#[public_api(get = "/anything", answers = Result<Created<Json<Word>>>)]
async fn anything() -> Result<Response> {
    (StatusCode::CREATED, Json(Word { text: "a".into() })).into_response()
}

#[public_api(get = "/nameless", answers = Json<Word>)]
async fn nameless() -> impl IntoResponse {
    Json(Word { text: "a".into() })
}

#[public_api(post = "/bytes", answers = Bytes)]
async fn bytes(body: Bytes) -> Body {
    body.into()
}

#[tokio::test]
async fn doc_comments_of_arguments_describe_them() {
    let document = document_of(module_path!()).await;

    let get = &document["paths"]["/words/{language}"]["get"];
    let described: Vec<_> = get["parameters"].as_array().unwrap().iter().collect();
    let described = described
        .iter()
        .map(|parameter| (parameter["name"].as_str().unwrap(), parameter["description"].as_str()));
    let expected = [
        ("language", Some("As in *ISO 639*.")),
        ("limit", Some("How many\nat most.")),
        ("x-mood", Some("Of the caller.")),
        ("undescribed", None),
    ];
    assert_eq!(described.collect::<Vec<_>>(), expected);
    let put = &document["paths"]["/words/{language}"]["put"];
    assert_eq!(put["requestBody"]["description"], "One on each line.");
    assert_eq!(put["parameters"][0].get("description"), None);
}

#[tokio::test]
async fn a_written_answer_stands_for_a_result_that_says_nothing() {
    let document = document_of(module_path!()).await;
    let responses = |path: &str| &document["paths"][path]["get"]["responses"];

    let word = json!({"$ref": "#/components/schemas/Word"});
    assert_eq!(responses("/anything")["201"]["content"]["application/json"]["schema"], word);
    assert!(responses("/anything")["201"]["headers"]["Location"].is_object());
    assert_eq!(responses("/nameless")["200"]["content"]["application/json"]["schema"], word);
}

#[tokio::test]
async fn bytes_have_a_media_type_and_no_schema() {
    let document = document_of(module_path!()).await;
    let post = &document["paths"]["/bytes"]["post"];

    let bytes = json!({"application/octet-stream": {}});
    assert_eq!(post["requestBody"]["content"], bytes);
    assert_eq!(post["responses"]["200"]["content"], bytes);
}
