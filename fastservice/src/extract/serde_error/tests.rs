use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::secret::Secret;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only parsed")]
struct Item {
    id: u8,
    name: String,
    price: f64,
    tags: Vec<String>,
    colour: Colour,
    password: Secret<u32>,
    #[serde(default)]
    more: Option<Box<Item>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    Green,
}

/// `(loc, kind, msg, rejected)` of what is wrong after `change` was made to a right item.
fn wrong(change: impl Fn(&mut Value)) -> (String, &'static str, String, Option<Value>) {
    let mut item = json!({
        "id": 1, "name": "a", "price": 1.5, "tags": [], "colour": "red", "password": 5,
    });
    change(&mut item);
    let error = from_json::<Item>(item.to_string().as_bytes()).unwrap_err();
    assert_eq!((error.status().as_u16(), error.inputs().len()), (422, 1), "{error}");
    let input = &error.inputs()[0];
    let loc: Vec<_> = input.loc().iter().map(ToString::to_string).collect();
    (loc.join("."), input.kind(), input.msg().to_owned(), input.rejected().cloned())
}

#[test]
fn each_kind_of_wrong_member_has_its_place_and_type() {
    let case = |name: &'static str, value: Value| wrong(move |item| item[name] = value.clone());

    let text = case("id", json!("x"));
    assert_eq!(text.0, "body.id");
    assert_eq!((text.1, &*text.2), ("int_type", "Input should be a valid integer"));
    assert_eq!(text.3, Some(json!("x")));
    assert_eq!(case("id", json!(300)).1, "int_out_of_range");
    assert_eq!(case("id", json!(1.5)).1, "int_type");
    assert_eq!(case("name", json!(null)).1, "string_type");
    assert_eq!(case("price", json!("1")).1, "float_type");
    assert_eq!(case("tags", json!({})).1, "list_type");
    assert_eq!(case("tags", json!(["a", "b", 3])).0, "body.tags.2");
    assert_eq!(case("more", json!("x")).1, "model_attributes_type");
    let extra = case("extra", json!(7));
    assert_eq!((&*extra.0, extra.1), ("body.extra", "extra_forbidden"));
    let colour = case("colour", json!("blue"));
    assert_eq!((colour.1, &*colour.2), ("enum", "Input should be 'red' or 'green'"));
    let secret = wrong(|item| drop(item.as_object_mut().unwrap().remove("password")));
    assert_eq!((&*secret.0, secret.1, &*secret.2), ("body.password", "missing", "Field required"));
}

#[test]
fn a_missing_member_is_named_where_it_should_be() {
    let missing = wrong(|item| {
        item.as_object_mut().unwrap().remove("name");
    });
    let nested = wrong(|item| item["more"] = json!({"id": 1}));

    assert_eq!((&*missing.0, missing.1, missing.3), ("body.name", "missing", None));
    assert_eq!((&*nested.0, nested.1), ("body.more.name", "missing"));
}

#[test]
fn no_message_repeats_the_input_and_secrets_are_not_kept() {
    let inputs = ["hunter2", "hunter2, expected x", "`hunter2`", "hunter2` at line 1 column 1"];
    for name in ["id", "name", "price", "tags", "colour", "password", "more"] {
        for input in inputs {
            if name == "name" {
                continue;
            }
            let (_, _, msg, rejected) = wrong(|item| item[name] = json!(input));
            assert!(!msg.contains("hunter2"), "{name}: {msg}");
            assert_eq!(rejected.is_some(), name != "password", "{name}");
        }
    }
    let containing = wrong(|item| item["name"] = json!({"password": "hunter2"}));
    assert_eq!(containing.3, None);
}

#[test]
fn malformed_json_says_line_and_column() {
    let error = from_json::<Item>(b"{\n  \"id\": 1,\n  oops\n}").unwrap_err();

    assert_eq!((error.status().as_u16(), error.code()), (400, "malformed_json"));
    assert!(error.detail().ends_with("key must be a string at line 3 column 3"), "{error}");
    assert_eq!(error.inputs()[0].loc()[1], Loc::Index(15));
}

#[test]
fn deep_or_broken_json_is_an_answer() {
    let deep = "[".repeat(100_000);
    for body in [deep.as_bytes(), b"\xff", b"{", b"\"\\ud800\"", b"1 2", b"nul"] {
        let error = from_json::<Value>(body).unwrap_err();
        assert_eq!(error.code(), "malformed_json");
    }
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only parsed")]
struct Form {
    age: u8,
    #[serde(default)]
    is_old: bool,
    #[serde(default)]
    tags: Vec<u8>,
}

#[test]
fn a_wrong_form_names_its_member() {
    let wrong = |form: &str| {
        let error = from_form::<Form>(form.as_bytes(), "query").unwrap_err();
        let input = &error.inputs()[0];
        let loc: Vec<_> = input.loc().iter().map(ToString::to_string).collect();
        (loc.join("."), input.kind())
    };

    assert_eq!(wrong("age=x"), ("query.age".into(), "int_parsing"));
    assert_eq!(wrong("age=300"), ("query.age".into(), "int_out_of_range"));
    assert_eq!(wrong("age=3&is_old=yes"), ("query.is_old".into(), "bool_parsing"));
    assert_eq!(wrong("age=3&is_old="), ("query.is_old".into(), "bool_parsing"));
    assert_eq!(wrong(""), ("query.age".into(), "missing"));
    assert!(from_form::<Form>(b"age=3&is_old=on", "query").unwrap().is_old);
    assert_eq!(from_form::<Form>(b"age=3&tags=1&tags=2", "query").unwrap().tags, [1, 2]);
}

proptest::proptest! {
    #[test]
    fn any_body_is_answered(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..64)) {
        let _ = from_json::<Item>(&body);
        let _ = from_form::<Form>(&body, "body");
    }

    #[test]
    fn any_message_has_a_reason(text in "(unknown field |missing field |invalid type: |unknown variant )?[`a-z, ]{0,40}(, expected )?[`a-z ]{0,10}") {
        let _ = Reason::of(&text);
    }
}
