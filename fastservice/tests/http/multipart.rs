use fastservice::{
    prelude::*,
    testing::{TestClient, TestResponse},
};
use serde_json::{Value, json};

/// A picture with what is said about it.
#[derive(serde::Deserialize, JsonSchema, Validate)]
struct Picture {
    #[validate(length(max = 20))]
    title: String,
    width: Option<u32>,
    #[serde(default)]
    is_public: bool,
    kind: Kind,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(rename = "where")]
    place: Option<Place>,
    file: Upload,
    thumbnail: Option<Upload>,
    #[serde(default)]
    others: Vec<Upload>,
    pin: Option<Secret<u16>>,
    scale: Option<f64>,
}

#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Photo,
    Drawing,
}

#[derive(serde::Deserialize, JsonSchema)]
struct Place {
    x: i32,
    y: i32,
}

#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Strict {
    #[serde(rename = "name")]
    _name: String,
}

#[public_api(post = "/pictures", body_limit = 2000)]
async fn add_picture(Multipart(picture): Multipart<Picture>) -> String {
    let place = picture.place.map(|place| (place.x, place.y));
    let of = |file: &Upload| {
        format!("{:?} {:?} {:?}", file.file_name(), file.content_type(), file.content())
    };
    let files = picture.others.iter().chain(&picture.thumbnail).map(of).collect::<Vec<_>>();
    format!(
        "{} {:?} {} {:?} {:?} {place:?} {} {files:?} {} {:?}",
        picture.title,
        picture.width,
        picture.is_public,
        picture.kind,
        picture.tags,
        of(&picture.file),
        picture.pin.is_some(),
        picture.scale,
    )
}

#[public_api(post = "/strict")]
async fn strict(form: Multipart<Strict>) {
    drop(form);
}

#[public_api(post = "/optional")]
async fn optional(form: Option<Multipart<Strict>>) -> &'static str {
    if form.is_some() { "some" } else { "none" }
}

const TEXT: &str = "\r\n\r\n";

/// Parts, each as what follows `name=` in its headers, and its content.
async fn post(path: &str, parts: &[(&str, &str)]) -> TestResponse {
    let client = TestClient::new(App::new().only_routes_in(module_path!())).await;
    let part = |(head, content): &(&str, &str)| {
        let (name, more) = head.split_once(' ').unwrap_or((head, ""));
        format!("--xyz\r\nContent-Disposition: form-data; name={name}{more}{TEXT}{content}\r\n")
    };
    let body: String = parts.iter().map(part).collect();
    let content_type = "multipart/form-data; boundary=xyz";
    client.post(path).header("content-type", content_type).body(format!("{body}--xyz--\r\n")).await
}

const FILE: (&str, &str) = ("file ; filename=a.png\r\nContent-Type: image/png", "PNG");

fn loc_and_type(answer: &TestResponse) -> Vec<(Value, Value)> {
    assert_eq!(answer.status(), 422, "{}", answer.text());
    let errors = answer.json::<Value>()["errors"].clone();
    let errors = errors.as_array().unwrap().iter();
    errors.map(|error| (error["loc"].clone(), error["type"].clone())).collect()
}

#[tokio::test]
async fn texts_objects_and_files_are_members() {
    let full = post(
        "/pictures",
        &[
            ("title", "A b"),
            ("width", "640"),
            ("is_public", "true"),
            ("kind", "photo"),
            ("tags", "x"),
            ("tags", "y"),
            ("where \r\nContent-Type: application/json", r#"{"x": 1, "y": -2}"#),
            FILE,
            ("thumbnail ; filename=\"C:\\\\t.png\"", "T"),
            ("others", "no name"),
            ("others ; filename=o", ""),
            ("pin", "1234"),
            ("scale", "0.5"),
            ("unknown", "is passed over"),
        ],
    );
    let short = post("/pictures", &[("title", ""), ("width", ""), ("kind", "drawing"), FILE]);

    let files =
        r#"["None None b\"no name\"", "Some(\"o\") None b\"\"", "Some(\"t.png\") None b\"T\""]"#;
    let expected = format!(
        r#"A b Some(640) true Photo ["x", "y"] Some((1, -2)) Some("a.png") Some("image/png") b"PNG" {files} true Some(0.5)"#
    );
    assert_eq!(full.await.text(), expected);
    assert!(short.await.text().starts_with(" None false Drawing [] None Some(\"a.png\")"));
}

#[tokio::test]
async fn a_ticked_box_is_true() {
    let ticked = [("title", "a"), ("kind", "photo"), ("is_public", "on"), FILE];

    let answer = post("/pictures", &ticked).await;

    assert!(answer.text().starts_with("a None true Photo"), "{}", answer.text());
}

#[tokio::test]
async fn a_file_that_nobody_chose_is_left_out() {
    let nobody = "file ; filename=\"\"\r\nContent-Type: application/octet-stream";
    let fields = [("title", "a"), ("kind", "photo")];

    let missing = post("/pictures", &[fields[0], fields[1], (nobody, "")]).await;
    let none = ("thumbnail ; filename=\"\"", "");
    let optional = post("/pictures", &[fields[0], fields[1], FILE, none]).await;

    assert_eq!(loc_and_type(&missing), [(json!(["body", "file"]), json!("missing"))]);
    assert!(optional.text().ends_with("[] false None"), "{}", optional.text());
}

#[tokio::test]
async fn a_wrong_member_is_named_as_in_a_form() {
    let good = [("title", "a"), ("kind", "photo"), FILE];
    for (wrong, loc, kind) in [
        (("width", "wide"), json!(["body", "width"]), "int_parsing"),
        (("width", "-1"), json!(["body", "width"]), "int_parsing"),
        (("is_public", "yes!"), json!(["body", "is_public"]), "bool_parsing"),
        (("is_public", ""), json!(["body", "is_public"]), "bool_parsing"),
        (("scale", "large"), json!(["body", "scale"]), "float_parsing"),
        (("scale", "NaN"), json!(["body", "scale"]), "finite_number"),
        (("scale", "-inf"), json!(["body", "scale"]), "finite_number"),
        (("scale", "1e400"), json!(["body", "scale"]), "finite_number"),
        (("where", r#"{"x": "1", "y": 2}"#), json!(["body", "where", "x"]), "int_type"),
        (("where", "{"), json!(["body", "where"]), "value_error"),
        (("where", "{} {}"), json!(["body", "where", "x"]), "missing"),
        (("pin", "99999"), json!(["body", "pin"]), "value_error"),
        (("title", "again"), json!(["body", "title"]), "string_type"),
        (("file", "again"), json!(["body", "file"]), "value_error"),
    ] {
        let answer = post("/pictures", &[&good[..], &[wrong]].concat()).await;

        assert_eq!(loc_and_type(&answer), [(loc, json!(kind))], "{wrong:?}");
        assert!(!answer.text().contains("99999"));
    }
    let kind = post("/pictures", &[("title", "a"), ("kind", "film"), FILE]).await;
    assert_eq!(loc_and_type(&kind), [(json!(["body", "kind"]), json!("enum"))]);
}

#[tokio::test]
async fn rules_are_checked() {
    let title = "a".repeat(21);

    let answer = post("/pictures", &[("title", &*title), ("kind", "photo"), FILE]).await;

    assert_eq!(loc_and_type(&answer), [(json!(["body", "title"]), json!("string_too_long"))]);
}

#[tokio::test]
async fn unknown_parts_follow_the_types_attributes() {
    let answer = post("/strict", &[("name", "a"), ("more", "b")]).await;

    assert_eq!(loc_and_type(&answer), [(json!(["body", "more"]), json!("extra_forbidden"))]);
    assert_eq!(post("/strict", &[("name", "a")]).await.status(), 200);
}

#[tokio::test]
async fn what_is_no_form_is_refused() {
    let client = TestClient::new(App::new().only_routes_in(module_path!())).await;
    let large = "x".repeat(2001);
    for (path, content_type, body, status, code) in [
        ("/strict", "application/json", "{}", 415, "unsupported_media_type"),
        ("/strict", "multipart/mixed; boundary=a", "--a--", 415, "unsupported_media_type"),
        ("/strict", "multipart/form-data", "--a--", 400, "malformed_multipart"),
        ("/strict", "multipart/form-data; boundary=a", "text", 400, "malformed_multipart"),
        ("/strict", "multipart/form-data; boundary=a", "--a\r\n", 400, "malformed_multipart"),
        ("/strict", "multipart/form-data; boundary=a", "", 422, "invalid_input"),
        ("/pictures", "multipart/form-data; boundary=a", &large, 413, "body_too_large"),
    ] {
        let request = client.post(path).header("content-type", content_type);
        let answer = request.body(body.to_owned()).await;

        let got = (answer.status().as_u16(), answer.error_code());
        assert_eq!(got, (status, code.to_owned()), "{content_type} {body:.20}");
    }
    assert_eq!(client.post("/optional").await.text(), "none");
}

#[tokio::test]
async fn the_document_has_the_form_with_its_files() {
    let client = TestClient::new(App::new().only_routes_in(module_path!())).await;
    let document: Value = client.get("/openapi.json").await.json();

    let body = &document["paths"]["/pictures"]["post"]["requestBody"];
    assert_eq!(body["required"], true);
    let schema = &body["content"]["multipart/form-data"]["schema"];
    assert_eq!(schema["$ref"], "#/components/schemas/Picture");
    let picture = &document["components"]["schemas"]["Picture"];
    let file = json!({
        "type": "string", "contentMediaType": "application/octet-stream", "format": "binary",
    });
    assert_eq!(picture["properties"]["file"], file);
    assert_eq!(picture["properties"]["others"]["items"], file);
    assert_eq!(picture["required"], json!(["title", "kind", "file"]));
    let optional = &document["paths"]["/optional"]["post"]["requestBody"];
    assert_eq!(optional["required"], false);
}
