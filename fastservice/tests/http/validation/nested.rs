//! Rules of values inside of values, without a word at the member.

use std::collections::{BTreeMap, HashMap, HashSet};

use fastservice::{
    prelude::*,
    validation::{Place, Report, Violation},
};
use serde::Deserialize;

/// `loc` and type of each fault.
fn faults(value: &impl Validate) -> Vec<(String, &'static str)> {
    let error = value.validate().err();
    let inputs = error.iter().flat_map(Error::inputs);
    let faults = inputs.map(|input| {
        let loc: Vec<_> = input.loc().iter().map(ToString::to_string).collect();
        (loc.join("."), input.kind())
    });
    faults.collect()
}

#[derive(Debug, Clone, Deserialize, JsonSchema, Validate, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Small(#[validate(range(max = 9))] u8);

/// Without rules, and without the derive.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
struct Plain {
    #[allow(dead_code, reason = "only read")]
    text: String,
}

#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[allow(dead_code, reason = "some members are not checked")]
struct Order {
    one: Option<Small>,
    list: Vec<Small>,
    boxed: Option<Box<Small>>,
    map: BTreeMap<String, Small>,
    numbered: HashMap<u32, Vec<Small>>,
    set: HashSet<Small>,
    lists: Vec<Vec<Small>>,
    fixed: [Option<Small>; 2],
    plain: Plain,
    plains: Vec<Plain>,
    #[validate(skip)]
    unchecked: Option<Small>,
    #[serde(skip)]
    internal: Option<Small>,
    #[validate(nested, required)]
    needed: Option<Small>,
}

#[test]
fn members_are_checked_through_what_holds_them() {
    let large = || Small(10);
    let order = Order {
        one: Some(large()),
        list: vec![Small(9), large()],
        boxed: Some(Box::new(large())),
        map: BTreeMap::from([("key".into(), large())]),
        numbered: HashMap::from([(7, vec![large()])]),
        set: HashSet::from([Small(1), large(), Small(11)]),
        lists: vec![vec![], vec![large()]],
        fixed: [None, Some(large())],
        unchecked: Some(large()),
        internal: Some(large()),
        ..Order::default()
    };

    let expected = [
        ("one", "less_than_equal"),
        ("list.1", "less_than_equal"),
        ("boxed", "less_than_equal"),
        ("map.key", "less_than_equal"),
        ("numbered.7.0", "less_than_equal"),
        ("set", "less_than_equal"),
        ("lists.1.0", "less_than_equal"),
        ("fixed.1", "less_than_equal"),
        ("needed", "missing"),
    ];
    assert_eq!(faults(&order), expected.map(|(loc, kind)| (loc.to_owned(), kind)));
    assert!(faults(&Order { needed: Some(Small(1)), ..Order::default() }).is_empty());
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct Tree {
    #[validate(range(max = 9))]
    leaf: u8,
    #[serde(default)]
    trees: Vec<Tree>,
}

/// What is read is not deeper than serde reads, 128 levels, so that a check does not run
/// out of stack either.
#[test]
fn recursion_is_bounded_by_that_of_reading() {
    let nested = |depth: usize| {
        let open = r#"{"leaf":1,"trees":["#.repeat(depth);
        format!(r#"{open}{{"leaf":10}}{}"#, "]}".repeat(depth))
    };

    let tree: Tree = serde_json::from_str(&nested(60)).unwrap();
    let found = faults(&tree);
    assert_eq!((found.len(), found[0].0.matches("trees.0").count()), (1, 60));
    assert!(serde_json::from_str::<Tree>(&nested(70)).is_err());
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct Paged<T> {
    #[validate(length(max = 1))]
    items: Vec<T>,
}

#[test]
fn a_generic_type_checks_what_it_holds() {
    let text = Paged { items: vec!["a".to_owned(), "b".to_owned()] };
    let small = Paged { items: vec![Small(10)] };

    assert_eq!(faults(&text), [("items".to_owned(), "too_long")]);
    assert_eq!(faults(&small), [("items.0".to_owned(), "less_than_equal")]);
}

#[derive(Debug, Validate)]
struct Several<K: Ord, V, F: Filtered> {
    map: BTreeMap<K, V>,
    pair: (V, u8),
    filter: F::Filter,
}

trait Filtered {
    type Filter: Validate;
}

impl Filtered for u8 {
    type Filter = Small;
}

#[test]
fn members_of_a_generic_type_are_checked_whatever_bound_they_need() {
    let several = Several::<_, _, u8> {
        map: BTreeMap::from([("key", Small(10))]),
        pair: (Small(11), 1),
        filter: Small(12),
    };

    let found = faults(&several);

    let found: Vec<_> = found.iter().map(|(loc, _)| loc.as_str()).collect();
    assert_eq!(found, ["map", "pair.0", "filter"]);
}

/// A key without `Display`.
#[derive(Debug, Deserialize, JsonSchema, Validate, PartialEq, Eq, PartialOrd, Ord)]
struct Slug(#[validate(length(max = 3))] String);

/// Rules by hand, of a key whose text is not known.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Even(u8);

impl Validate for Even {
    fn check(&self, place: &Place<'_>, report: &mut Report) {
        report.take(place, is_even(&self.0));
    }
}

#[derive(Debug, Default, Validate)]
struct Keyed {
    slugs: BTreeMap<Slug, u32>,
    both: BTreeMap<Slug, Small>,
    evens: BTreeMap<Even, Even>,
    pairs: Vec<(String, Small)>,
    plain: BTreeMap<Day, Plain>,
}

/// Without rules, and without the derive.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Day;

#[test]
fn keys_and_tuples_are_checked() {
    let slug = || Slug("long".to_owned());
    let keyed = Keyed {
        slugs: BTreeMap::from([(Slug("abc".to_owned()), 10), (slug(), 10)]),
        both: BTreeMap::from([(slug(), Small(10))]),
        evens: BTreeMap::from([(Even(1), Even(2)), (Even(2), Even(3))]),
        pairs: vec![("a".to_owned(), Small(9)), ("b".to_owned(), Small(10))],
        plain: BTreeMap::from([(Day, Plain::default())]),
    };

    let found = faults(&keyed);

    let expected = [
        ("slugs.long", "string_too_long"),
        ("both.long", "string_too_long"),
        ("both.long", "less_than_equal"),
        ("evens", "odd_number"),
        ("evens", "odd_number"),
        ("pairs.1.1", "less_than_equal"),
    ];
    assert_eq!(found, expected.map(|(loc, kind)| (loc.to_owned(), kind)));
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "a rule takes a reference")]
fn is_even(number: &u8) -> Result<(), Violation> {
    if number.is_multiple_of(2) {
        return Ok(());
    }
    Err(Violation::new("odd_number", "Input should be even"))
}

fn is_ordered(span: &Span) -> Result<(), Violation> {
    if span.from <= span.to {
        return Ok(());
    }
    Err(Violation::new("value_error", "Input should end after its start").at("to"))
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[validate(schema(function = is_ordered))]
struct Span {
    #[validate(custom(function = is_even))]
    from: u8,
    to: u8,
    #[validate(custom(function = is_even), range(max = 9))]
    step: Option<u8>,
}

#[test]
fn functions_of_the_service_are_rules() {
    let check = |from, to, step| {
        let found = faults(&Span { from, to, step });
        found.into_iter().map(|(loc, kind)| format!("{loc} {kind}")).collect::<Vec<_>>()
    };

    assert_eq!(check(2, 2, Some(8)), [""; 0]);
    assert_eq!(check(2, 1, None), ["to value_error"]);
    assert_eq!(check(2, 3, Some(11)), ["step odd_number", "step less_than_equal"]);
}

#[test]
fn a_rule_about_the_whole_waits_for_the_rules_of_its_members() {
    assert_eq!(faults(&Span { from: 3, to: 1, step: None }), [("from".to_owned(), "odd_number")]);
}

/// It would panic for a member that breaks its rule.
fn is_divided(part: &Part) -> Result<(), Violation> {
    if 100 / part.of > 1 { Ok(()) } else { Err(Violation::new("value_error", "too small")) }
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[validate(schema(function = is_divided))]
struct Part {
    #[validate(range(min = 1))]
    of: u8,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct Parts {
    first: Vec<Small>,
    last: Part,
}

#[test]
fn a_rule_about_the_whole_waits_also_when_no_more_faults_are_counted() {
    for count in [99, 100, 101, 102, 200] {
        let parts = Parts { first: vec![Small(10); count], last: Part { of: 0 } };

        assert_eq!(faults(&parts).len(), (count + 1).min(101), "{count}");
    }
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
struct Login {
    #[validate(length(min = 8))]
    password: Secret<String>,
}

#[test]
fn a_secret_keeps_rules_without_being_shown() {
    let login = Login { password: Secret::new("hunter2".into()) };

    let error = login.validate().unwrap_err();

    assert_eq!(error.inputs()[0].kind(), "string_too_short");
    assert!(!format!("{error:?} {:?}", error.inputs()).contains("hunter2"));
}
