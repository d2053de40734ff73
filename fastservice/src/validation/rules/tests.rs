//! Each rule at, below and above its limit, and what it says.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    sync::Arc,
};

use serde_json::{Map, Value, json};

use super::*;
use crate::{
    error::{Error, InputError},
    secret::Secret,
};

/// The type of each broken rule.
fn broken(check: impl Fn(&Place<'_>, &mut Report)) -> Vec<&'static str> {
    let mut report = Report::new();
    check(&Place::ROOT, &mut report);
    let error = report.into_result().err();
    error.iter().flat_map(Error::inputs).map(InputError::kind).collect()
}

/// The message and the limits of the one broken rule.
fn said(check: impl Fn(&Place<'_>, &mut Report)) -> (String, Value) {
    let mut report = Report::new();
    check(&Place::ROOT, &mut report);
    let error = report.into_result().unwrap_err();
    let [input] = error.inputs() else { panic!("{error}") };
    let limits: Map<String, Value> = input.limits().clone();
    (input.msg().to_owned(), limits.into())
}

#[test]
fn text_is_counted_in_characters() {
    let min = |text: &str| broken(|place, report| min_length(text, 3, place, report));
    let max = |text: &str| broken(|place, report| max_length(text, 3, place, report));

    assert_eq!((min("éé"), min("ééé"), min("éééé")), (vec!["string_too_short"], vec![], vec![]));
    assert_eq!((max("éé"), max("ééé"), max("éééé")), (vec![], vec![], vec!["string_too_long"]));
    assert_eq!(
        said(|place, report| min_length("", 1, place, report)),
        ("String should have at least 1 character".into(), json!({ "min_length": 1 }))
    );
    assert_eq!(
        said(|place, report| max_length("abc", 2, place, report)),
        ("String should have at most 2 characters".into(), json!({ "max_length": 2 }))
    );
}

#[test]
fn lists_sets_and_maps_are_counted_in_values() {
    let list = |length: usize| {
        let list = vec![0; length];
        broken(|place, report| {
            min_length(&list, 2, place, report);
            max_length(&list, 3, place, report);
        })
    };
    let set = BTreeSet::from([1, 2]);
    let map = BTreeMap::from([("a", 1)]);

    assert_eq!([1, 2, 3, 4].map(list), [vec!["too_short"], vec![], vec![], vec!["too_long"]]);
    assert_eq!(
        said(|place, report| max_length(&set, 1, place, report)),
        (
            "Set should have at most 1 item after validation, not 2".into(),
            json!({ "field_type": "Set", "max_length": 1, "actual_length": 2 })
        )
    );
    assert_eq!(broken(|place, report| min_properties(&map, 1, place, report)), [""; 0]);
    assert_eq!(broken(|place, report| max_properties(&map, 1, place, report)), [""; 0]);
    assert_eq!(
        said(|place, report| min_properties(&map, 2, place, report)),
        (
            "Dictionary should have at least 2 items after validation, not 1".into(),
            json!({ "field_type": "Dictionary", "min_length": 2, "actual_length": 1 })
        )
    );
    assert_eq!(broken(|place, report| max_properties(&map, 0, place, report)), ["too_long"]);
}

#[test]
fn numbers_are_held_to_their_bounds() {
    let at = |number: i64| {
        let bounds: [fn(&i64, i64, &Place<'_>, &mut Report); 4] = [ge, gt, le, lt];
        bounds.map(|bound| broken(|place, report| bound(&number, 5, place, report)).len())
    };

    assert_eq!(at(4), [1, 1, 0, 0]);
    assert_eq!(at(5), [0, 1, 0, 1]);
    assert_eq!(at(6), [0, 0, 1, 1]);
    assert_eq!(
        said(|place, report| ge(&4, 5, place, report)),
        ("Input should be greater than or equal to 5".into(), json!({ "ge": 5 }))
    );
    assert_eq!(
        said(|place, report| gt(&0.5, 0.5, place, report)),
        ("Input should be greater than 0.5".into(), json!({ "gt": 0.5 }))
    );
    assert_eq!(
        said(|place, report| le(&6_u8, 5, place, report)),
        ("Input should be less than or equal to 5".into(), json!({ "le": 5 }))
    );
    assert_eq!(
        said(|place, report| lt(&u64::MAX, u64::MAX, place, report)),
        (format!("Input should be less than {}", u64::MAX), json!({ "lt": u64::MAX }))
    );
    assert_eq!(
        said(|place, report| lt(&u128::MAX, u128::MAX, place, report)).1,
        json!({ "lt": u128::MAX.to_string() })
    );
}

#[test]
fn what_is_no_number_is_within_no_bounds() {
    let wrong = broken(|place, report| {
        ge(&f64::NAN, 0.0, place, report);
        lt(&f64::NAN, 1.0, place, report);
        multiple_of(&f64::NAN, 1.0, place, report);
    });

    assert_eq!(wrong, ["greater_than_equal", "less_than", "multiple_of"]);
}

#[test]
fn what_is_infinite_is_within_no_bounds() {
    let at_least = |number: f32| broken(|place, report| ge(&Some(number), 0.0, place, report));

    assert_eq!(at_least(f32::INFINITY), ["finite_number"]);
    assert_eq!(at_least(f32::NEG_INFINITY), ["greater_than_equal"]);
    assert_eq!(at_least(f32::MAX), [""; 0]);
}

#[test]
fn numbers_are_whole_numbers_of_steps() {
    let steps = |number: f64| broken(|place, report| multiple_of(&number, 0.1, place, report));

    assert_eq!([0.0, 0.3, -0.7, 1_000_000.1].map(steps), [const { Vec::<&str>::new() }; 4]);
    assert_eq!([0.05, 0.301].map(steps), [["multiple_of"], ["multiple_of"]]);
    assert_eq!(broken(|place, report| multiple_of(&-15, 5, place, report)), [""; 0]);
    assert_eq!(broken(|place, report| multiple_of(&i64::MIN, -1, place, report)), [""; 0]);
    assert_eq!(
        said(|place, report| multiple_of(&7, 5, place, report)),
        ("Input should be a multiple of 5".into(), json!({ "multiple_of": 5 }))
    );
}

#[test]
fn a_pattern_is_found_anywhere_in_text() {
    let digits = Pattern::new("[0-9]{2}");
    let found = |text: &str| broken(|place, report| pattern(text, &digits, place, report));

    assert_eq!((found("a12"), found("123")), (vec![], vec![]));
    assert_eq!(
        (found("1a2"), found("")),
        (vec!["string_pattern_mismatch"], vec!["string_pattern_mismatch"])
    );
    assert_eq!(
        said(|place, report| pattern("x", &digits, place, report)),
        ("String should match pattern '[0-9]{2}'".into(), json!({ "pattern": "[0-9]{2}" }))
    );
}

#[test]
fn a_pattern_that_is_too_large_lets_nothing_pass() {
    let large = Pattern::new("(?:a{1000}){1000000}");

    assert_eq!(
        broken(|place, report| pattern("a", &large, place, report)),
        ["string_pattern_mismatch"]
    );
}

/// Patterns take time in proportion to the text, whatever it is.
#[test]
fn no_text_makes_a_pattern_slow() {
    let nested = Pattern::new("^(a+)+$");
    let text = format!("{}!", "a".repeat(100_000));

    assert_eq!(
        broken(|place, report| pattern(&text, &nested, place, report)),
        ["string_pattern_mismatch"]
    );
}

#[test]
fn text_has_a_part_or_has_it_not() {
    assert_eq!(broken(|place, report| contains("a/b", "/", place, report)), [""; 0]);
    assert_eq!(broken(|place, report| does_not_contain("ab", "/", place, report)), [""; 0]);
    assert_eq!(
        said(|place, report| contains("ab", "/", place, report)),
        ("String should contain '/'".into(), json!({ "contains": "/" }))
    );
    assert_eq!(
        said(|place, report| does_not_contain("a/b", "/", place, report)),
        ("String should not contain '/'".into(), json!({ "does_not_contain": "/" }))
    );
}

#[test]
fn email_addresses_are_those_that_browsers_take() {
    let label = "a".repeat(63);
    let local = "a".repeat(64);
    for right in [
        "a@b",
        "ann.lee+shop@example.com",
        "o'neil@x-y.example",
        "1@1.1",
        &format!("{local}@{label}.com"),
    ] {
        assert_eq!(broken(|place, report| email(right, place, report)), [""; 0], "{right}");
    }
    for wrong in [
        "",
        "a",
        "@",
        "a@",
        "@b",
        "a@b@c",
        "a b@c",
        "a@b c",
        "a@-b",
        "a@b-",
        "a@b..c",
        "a@.b",
        "a@b.",
        "é@b.com",
        "a@é.com",
        "a@b.com\n",
        "a@[127.0.0.1]",
        &format!("{local}a@b.com"),
        &format!("a@{label}a.com"),
        &format!("a@{}", "a.".repeat(200)),
    ] {
        let found = broken(|place, report| email(wrong, place, report));
        assert_eq!(found, ["value_error"], "{wrong}");
    }
    let (msg, _) = said(|place, report| email("hunter2", place, report));
    assert_eq!(msg, "value is not a valid email address");
}

#[test]
fn urls_are_absolute() {
    for right in ["https://example.com/a?b#c", "http://[::1]:8000", "mailto:a@b", "urn:isbn:1"] {
        assert_eq!(broken(|place, report| url(right, place, report)), [""; 0], "{right}");
    }
    for wrong in ["", "example.com", "/a", "https://", "http://a:99999", "http://[::1"] {
        assert_eq!(broken(|place, report| url(wrong, place, report)), ["url_parsing"], "{wrong}");
    }
    assert_eq!(
        said(|place, report| url("hunter2", place, report)),
        (
            "Input should be a valid URL, relative URL without a base".into(),
            json!({ "error": "relative URL without a base" })
        )
    );
}

#[test]
fn addresses_are_of_their_version() {
    let check = |text: &str| {
        broken(|place, report| {
            ip(text, place, report);
            ipv4(text, place, report);
            ipv6(text, place, report);
        })
    };

    assert_eq!(check("127.0.0.1"), ["ip_v6_address"]);
    assert_eq!(check("::1"), ["ip_v4_address"]);
    assert_eq!(check("localhost"), ["ip_any_address", "ip_v4_address", "ip_v6_address"]);
}

#[test]
fn a_value_that_is_not_there_breaks_no_rule_but_that_it_is_required() {
    let (text, number, list) = (None::<String>, None::<i64>, None::<Vec<u8>>);

    let wrong = broken(|place, report| {
        min_length(&text, 1, place, report);
        min_length(&list, 1, place, report);
        ge(&number, 1, place, report);
        email(&text, place, report);
        inner(&list, place, report, |_, _, _| panic!("there is none"));
        required(&number, place, report);
    });

    assert_eq!(wrong, ["missing"]);
}

#[test]
fn rules_reach_what_a_value_is_wrapped_in() {
    let wrong = broken(|place, report| {
        min_length(&Some(Secret::new("short".to_owned())), 8, place, report);
        ge(&Box::new(Some(1)), 2, place, report);
        contains(&Arc::<str>::from("a"), "b", place, report);
        le(&Rc::new(Arc::new(2)), 1, place, report);
        min_properties(&Rc::new(Some(BTreeMap::<u8, u8>::new())), 1, place, report);
    });

    let expected = [
        "string_too_short",
        "greater_than_equal",
        "string_pattern_mismatch",
        "less_than_equal",
        "too_short",
    ];
    assert_eq!(wrong, expected);
}

/// The places of values that are not even.
fn odd<C: Items<Item = i64>>(values: &C) -> Vec<String> {
    let mut report = Report::new();
    inner(values, &Place::source("body"), &mut report, |value, place, report| {
        multiple_of(value, 2, place, report);
    });
    let error = report.into_result().err();
    let inputs = error.iter().flat_map(Error::inputs);
    let loc = inputs.map(|input| input.loc().iter().map(ToString::to_string).collect::<Vec<_>>());
    loc.map(|loc| loc.join(".")).collect()
}

#[test]
fn each_value_of_a_list_is_named_by_its_position() {
    assert_eq!(odd(&vec![2, 3, 4, 5]), ["body.1", "body.3"]);
    assert_eq!(odd(&[1, 2]), ["body.0"]);
    assert_eq!(odd(&Some(Box::new(vec![1]))), ["body.0"]);
    assert_eq!(odd(&Arc::new(Secret::new(vec![1]))), ["body.0"]);
}

#[test]
fn one_wrong_value_of_a_set_is_reported_for_the_set() {
    assert_eq!(odd(&BTreeSet::from([1, 2, 3])), ["body"]);
    assert_eq!(odd(&BTreeSet::from([2])), [""; 0]);
}

#[test]
fn a_long_list_of_wrong_values_is_not_walked_to_its_end() {
    let mut report = Report::new();
    let looked_at = std::cell::Cell::new(0);

    inner(&vec![1; 100_000], &Place::ROOT, &mut report, |value, place, report| {
        looked_at.set(looked_at.get() + 1);
        ge(value, 2, place, report);
    });

    assert_eq!(looked_at.get(), 101);
}
