//! A fault's `loc` leads through the document to the value, under every form of serde's names.

use fastservice::{prelude::*, testing::TestClient};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use serde_path_to_error::Segment;

/// How far serde knows where it is when it meets a wrong type: not below what it reads into
/// a buffer first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tracked {
    Fully,
    UpToBuffer,
}

use Tracked::{Fully, UpToBuffer};

/// The value at `pointer` breaks a rule when it is 0: the one fault is at `pointer`. A value of
/// a wrong type there is refused by serde at the same place.
#[track_caller]
fn assert_place<T: DeserializeOwned + Validate>(right: &Value, pointer: &str, tracked: Tracked) {
    let with = |value: Value| {
        let mut document = right.clone();
        *document.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is nowhere")) = value;
        document
    };
    let read = |document| serde_json::from_value::<T>(document).map_err(|error| error.to_string());

    read(with(json!(1))).unwrap().validate().unwrap();
    let error = read(with(json!(0))).unwrap().validate().unwrap_err();

    let [fault] = error.inputs() else { panic!("{error}") };
    let loc: Vec<_> = fault.loc().iter().map(ToString::to_string).collect();
    assert_eq!(format!("/{}", loc.join("/")), pointer);
    assert_eq!(fault.kind(), "greater_than_equal");

    let document = with(json!({ "wrong": [] }));
    let Err(error) = serde_path_to_error::deserialize::<_, T>(document) else {
        panic!("a wrong type was read")
    };
    let path: String = error.path().iter().map(step).collect();
    match tracked {
        Fully => assert_eq!(path, pointer),
        UpToBuffer => assert!(pointer.starts_with(&path) && path != pointer, "{path} {pointer}"),
    }
}

fn step(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{key}"),
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => "/?".into(),
    }
}

#[derive(Deserialize, Validate)]
struct Plain {
    #[validate(range(min = 1))]
    one: u8,
}

#[derive(Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
struct Renamed {
    #[validate(range(min = 1))]
    first_one: u8,
    #[validate(range(min = 1))]
    #[serde(rename = "2nd")]
    second_one: u8,
    #[validate(range(min = 1))]
    #[serde(rename(serialize = "other", deserialize = "third one"))]
    third_one: u8,
    #[validate(range(min = 1))]
    r#type: u8,
    #[validate(range(min = 1))]
    #[serde(alias = "fifth", default)]
    five_: u8,
}

#[test]
fn members_have_the_names_that_serde_reads() {
    let right = json!({ "firstOne": 1, "2nd": 1, "third one": 1, "type": 1, "five": 1 });

    for pointer in ["/firstOne", "/2nd", "/third one", "/type", "/five"] {
        assert_place::<Renamed>(&right, pointer, Fully);
    }
}

#[derive(Deserialize, Validate)]
#[serde(rename_all(serialize = "camelCase", deserialize = "SCREAMING-KEBAB-CASE"))]
struct RenamedForReading {
    inner_one: Plain,
}

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Pair(Plain, #[serde(skip)] (), #[validate(range(min = 1))] u8);

#[derive(Deserialize, Validate)]
struct Newtype(Plain);

#[derive(Deserialize, Validate)]
#[serde(transparent)]
struct Transparent {
    inner: Vec<Newtype>,
}

#[test]
fn what_has_no_name_in_the_document_has_none_in_its_place() {
    assert_place::<RenamedForReading>(
        &json!({ "INNER-ONE": { "one": 1 } }),
        "/INNER-ONE/one",
        Fully,
    );
    assert_place::<Pair>(&json!([{ "one": 1 }, 1]), "/0/one", Fully);
    assert_place::<Pair>(&json!([{ "one": 1 }, 1]), "/1", Fully);
    assert_place::<Newtype>(&json!({ "one": 1 }), "/one", Fully);
    assert_place::<Transparent>(&json!([{ "one": 1 }, { "one": 1 }]), "/1/one", Fully);
}

#[derive(Deserialize, Validate)]
struct Flat {
    #[validate(range(min = 1))]
    own: u8,
    #[serde(flatten)]
    plain: Plain,
    #[serde(flatten)]
    shape: External,
}

#[test]
fn flattened_members_are_beside_the_others() {
    let right = json!({ "own": 1, "one": 1, "circle": { "lineWidth": 1 } });

    assert_place::<Flat>(&right, "/own", Fully);
    assert_place::<Flat>(&right, "/one", UpToBuffer);
    assert_place::<Flat>(&right, "/circle/lineWidth", UpToBuffer);
}

#[derive(Deserialize, Validate)]
#[serde(rename_all = "lowercase", rename_all_fields = "camelCase")]
enum External {
    #[allow(dead_code, reason = "has no members to check")]
    Empty,
    Circle {
        #[validate(range(min = 1))]
        line_width: u8,
    },
    #[serde(rename = "rect", rename_all = "UPPERCASE")]
    Rectangle {
        #[validate(range(min = 1))]
        width: u8,
    },
    Held(Plain),
    Number(#[validate(range(min = 1))] u8),
    Pair(u8, #[validate(range(min = 1))] u8),
}

#[derive(Deserialize, Validate)]
enum Mixed {
    Held(Plain),
    #[serde(untagged)]
    Other(#[validate(range(min = 1))] u8),
}

#[derive(Deserialize, Validate)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Internal {
    Circle {
        #[validate(range(min = 1))]
        radius: u8,
    },
    Held(Plain),
}

#[derive(Deserialize, Validate)]
#[serde(tag = "kind", content = "value", rename_all = "lowercase")]
enum Adjacent {
    Circle {
        #[validate(range(min = 1))]
        radius: u8,
    },
    Pair(u8, #[validate(range(min = 1))] u8),
    Number(#[validate(range(min = 1))] u8),
}

#[derive(Deserialize, Validate)]
#[serde(untagged)]
enum Untagged {
    Number(#[validate(range(min = 1))] u8),
    Circle {
        #[validate(range(min = 1))]
        radius: u8,
    },
}

#[test]
fn variants_are_named_where_the_document_names_them() {
    let check = |right: Value, pointer| assert_place::<External>(&right, pointer, Fully);
    check(json!({ "circle": { "lineWidth": 1 } }), "/circle/lineWidth");
    check(json!({ "rect": { "WIDTH": 1 } }), "/rect/WIDTH");
    check(json!({ "held": { "one": 1 } }), "/held/one");
    check(json!({ "number": 1 }), "/number");
    check(json!({ "pair": [0, 1] }), "/pair/1");
    let inside = json!([{ "number": 1 }]);
    assert_place::<Vec<External>>(&inside, "/0/number", Fully);
}

#[test]
fn a_tag_among_the_members_is_no_level() {
    let circle = json!({ "kind": "circle", "radius": 1 });
    assert_place::<Internal>(&circle, "/radius", UpToBuffer);
    assert_place::<Internal>(&json!({ "kind": "held", "one": 1 }), "/one", UpToBuffer);
    assert_place::<Untagged>(&json!({ "radius": 1 }), "/radius", UpToBuffer);
    assert_place::<Vec<Untagged>>(&json!([1, 1]), "/1", Fully);
    assert_place::<Vec<Mixed>>(&json!([1]), "/0", Fully);
    assert_place::<Mixed>(&json!({ "Held": { "one": 1 } }), "/Held/one", UpToBuffer);
}

#[test]
fn content_beside_a_tag_has_its_name() {
    let adjacent = |value: Value, kind: &str| json!({ "kind": kind, "value": value });
    let check = |right: Value, pointer| assert_place::<Adjacent>(&right, pointer, Fully);
    check(adjacent(json!({ "radius": 1 }), "circle"), "/value/radius");
    check(adjacent(json!([0, 1]), "pair"), "/value/1");
    check(adjacent(json!(1), "number"), "/value");
}

#[derive(Deserialize, JsonSchema, Validate)]
struct Drawing {
    shapes: Vec<Shape>,
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "lowercase")]
enum Shape {
    Circle {
        #[validate(range(min = 1))]
        radius: u8,
    },
}

#[public_api(post = "/drawings")]
async fn draw(Json(drawing): Json<Drawing>) -> String {
    drawing.shapes.len().to_string()
}

#[tokio::test]
async fn a_wrong_type_and_a_broken_rule_answer_with_the_same_place() {
    let client = TestClient::new(App::new().only_routes_in(module_path!())).await;
    let send = async |radius: Value| {
        let drawing = json!({ "shapes": [{ "circle": { "radius": radius } }] });
        client.post("/drawings").json(&drawing).await
    };

    let place = r#"["body","shapes",0,"circle","radius"]"#;
    super::assert_faults(&send(json!("x")).await, &[(place, "int_type")]);
    super::assert_faults(&send(json!(0)).await, &[(place, "greater_than_equal")]);
    assert_eq!(send(json!(1)).await.text(), "1");
}
