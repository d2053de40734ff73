//! Snapshots and mistakes of the derive of rules.
use super::{assert_rows, formatted, shown};

/// Compares the derive's output with its snapshot, which shows the source too.
macro_rules! assert_derive {
    ($source:expr) => {
        let source = $source;
        insta::with_settings!({ description => source, omit_expression => true }, {
            insta::assert_snapshot!(formatted(crate::validate::derive(source.parse().unwrap())));
        });
    };
}

#[test]
fn struct_checks_its_members() {
    assert_derive!(
        "#[validate(schema(function = is_ordered))]
        struct Item<'a, T: Clone> {
            #[validate(length(min = 1, max = MAX), custom(function = rules::is_fine))]
            #[schemars(pattern(\"^a\"), example = \"abc\")]
            name: Option<String>,
            #[schemars(inner(length(equal = 2), email), extend(\"maxItems\" = 3, \"x-a\" = 1))]
            #[serde(rename(deserialize = \"labels\"))]
            tags: Vec<&'a str>,
            #[validate(nested)]
            #[serde(flatten)]
            more: T,
            #[serde(skip)]
            #[validate(length(min = 1))]
            internal: String,
        }"
    );
}

#[test]
fn enum_checks_the_variant_that_is() {
    assert_derive!(
        "#[serde(rename_all = \"lowercase\")]
        enum Shape {
            Empty,
            Circle { #[validate(range(min = 0.0))] radius: f64 },
            Pair(u8, #[validate(range(max = 9))] u8),
            Held(Item),
            #[serde(skip)]
            Internal(Item),
        }"
    );
}

#[test]
fn mistakes_keep_an_implementation_without_rules() {
    assert_derive!(
        "#[validate(crate = \"crate::fs\")] struct Item { #[validate(size(min = 1))] name: String }"
    );
}

fn mistakes(text: &str) -> Vec<(String, String)> {
    shown(crate::validate::mistakes(text.parse().unwrap()))
}

#[test]
fn mistaken_rules() {
    let names = "`length`, `range`, `email`, `url`, `ip`, `ipv4`, `ipv6`, `contains`, \
                 `does_not_contain`, `required`, `custom`, `nested`, `skip`";
    assert_rows(
        mistakes,
        &[
            (
                "struct S { #[validate(lenght(min = 1), credit_card)] a: String }",
                &[
                    ("unknown rule `lenght`; did you mean `length`?", "lenght(min = 1)"),
                    (&format!("unknown rule `credit_card`; write one of {names}"), "credit_card"),
                ],
            ),
            (
                "struct S { #[validate(length, range(), length(min = 1, size = 2))] a: String }",
                &[
                    ("write the limits: `length(min = 1, max = 100)`", "length"),
                    ("write a limit, for example `min = 1`", "range()"),
                    ("unknown limit `size`; write `min` or `max` or `equal`", "size"),
                ],
            ),
            (
                "struct S(#[validate(length(1))] String, #[validate(\"a\")] String);",
                &[
                    ("write `key = value` between commas here", "1"),
                    (
                        "write rules between commas here, for example `length(min = 1, max = 100)`",
                        "\"a\"",
                    ),
                ],
            ),
        ],
    );
}

#[test]
fn mistaken_places_and_values() {
    assert_rows(
        mistakes,
        &[
            (
                "struct S { #[validate(nested(a), skip = true, contains, custom(f), custom)] a: T }",
                &[
                    ("`nested` takes nothing; write `nested` alone", "nested(a)"),
                    ("`skip` takes nothing; write `skip` alone", "skip = true"),
                    ("write the text: `contains(pattern = \"..\")`", "contains"),
                    ("write `key = value` between commas here", ")"),
                    ("write the function: `custom(function = my_rule)`", "custom"),
                ],
            ),
            (
                "#[validate(length(min = 1))] struct S { #[validate(schema(function = f))] a: T }",
                &[
                    (
                        "write `schema(function = ..)` or `crate = \"..\"` here; other rules are \
                         written on fields",
                        "length(min = 1)",
                    ),
                    (
                        "a rule about several members is written on the type, above it",
                        "schema(function = f)",
                    ),
                ],
            ),
            (
                "enum E { #[validate(length(min = 1))] A(String) }",
                &[("a rule is written on a field of the variant", "#[validate(length(min = 1))]")],
            ),
            (
                "union U { a: u8 }",
                &[("which member a union has is not known; write an enum", "union")],
            ),
        ],
    );
}

#[test]
fn rules_that_the_schema_would_be_without() {
    let reads = |form: &str| format!("the schema has this rule only if it is written as `{form}`");
    assert_rows(
        mistakes,
        &[
            (
                "struct S { #[validate(inner(length(max = 3)))] a: Vec<String> }",
                &[(&reads("#[schemars(inner(length (max = 3)))]"), "inner(length(max = 3))")],
            ),
            (
                "struct S { #[validate(regex(path = RE), pattern(\"a\"))] a: String }",
                &[
                    (&reads("#[schemars(pattern(\"..\"))]"), "regex(path = RE)"),
                    (&reads("#[schemars(pattern(\"..\"))]"), "pattern(\"a\")"),
                ],
            ),
            (
                "struct S { #[validate(range(min = 1, exclusive_max = 9.5))] a: f64 }",
                &[(&reads("#[schemars(extend(\"exclusiveMaximum\" = 9.5))]"), "exclusive_max")],
            ),
        ],
    );
}

#[test]
fn mistaken_patterns() {
    assert_rows(
        mistakes,
        &[
            (
                "struct S { #[schemars(pattern(\"[a\"))] a: String }",
                &[("this is no pattern: unclosed character class", "\"[a\"")],
            ),
            (
                "struct S(#[schemars(pattern(\"(a{1000}){1000}\"))] String);",
                &[(
                    "this pattern is too large; repeat less in it, or limit the length instead",
                    "\"(a{1000}){1000}\"",
                )],
            ),
            (
                "struct S { #[schemars(inner(regex(pattern = \"(?=a)\")))] a: Vec<String> }",
                &[(
                    "this is no pattern: look-around, including look-ahead and look-behind, is not \
                     supported",
                    "\"(?=a)\"",
                )],
            ),
            (
                "struct S { #[schemars(pattern(PATTERN), extend(\"pattern\" = P))] a: String }",
                &[
                    (
                        "write the pattern itself, in quotes: it is checked while compiling",
                        "PATTERN",
                    ),
                    ("write the pattern itself, in quotes: it is checked while compiling", "P"),
                ],
            ),
        ],
    );
}

#[test]
fn what_only_the_schema_is_about_is_left_to_it() {
    assert_rows(
        mistakes,
        &[
            ("struct S { #[schemars(unknown(1), length(min))] a: String }", &[]),
            ("struct S { #[schemars(extend(\"x\" = {\"a\": 1}), title = \"a\")] a: String }", &[]),
            ("struct S { #[schemars(!default, 1)] a: String }", &[]),
        ],
    );
}

#[test]
fn rules_that_the_schema_has_once() {
    let other = |word: &str| {
        format!(
            "the schema has one {word} only; write the other rule as \
             `#[validate(custom(function = ..))]`"
        )
    };
    let limits = |name: &str| format!("write all limits in one `{name}`; the schema has one only");
    assert_rows(
        mistakes,
        &[
            (
                "struct S(#[validate(length(min = 1))] #[validate(length(max = 9))] String);",
                &[(&limits("length"), "length(max = 9)")],
            ),
            (
                "struct S(#[validate(range(min = 1))] #[schemars(range(max = 9))] u8);",
                &[(&limits("range"), "range(max = 9)")],
            ),
            (
                "struct S(#[validate(length(equal = 2, max = 9))] String);",
                &[(&other("largest length"), "max")],
            ),
            (
                "struct S(#[validate(range(min = 2))] #[schemars(extend(\"minimum\" = 1))] u8);",
                &[(&other("minimum"), "\"minimum\"")],
            ),
            (
                "struct S(#[validate(contains(pattern = \"a\"))] #[schemars(pattern(\"b\"))] String);",
                &[(&other("pattern"), "pattern")],
            ),
            ("struct S(#[validate(email, url)] String);", &[(&other("format"), "url")]),
            (
                "struct S(#[schemars(inner(length(min = 1), length(max = 9)))] Vec<String>);",
                &[(&limits("length"), "length(max = 9)")],
            ),
            (
                "struct S(#[validate(length(min = 1, max = 9), email, contains(pattern = \"a\"))]
                #[schemars(inner(length(min = 1), email))] T);",
                &[],
            ),
        ],
    );
}

#[test]
fn rules_of_the_schema_above_types_and_variants() {
    let place = "write it on the field: here it is not checked, unless by a \
                 `#[validate(schema(function = ..))]` on the type";
    assert_rows(
        mistakes,
        &[
            (
                "#[schemars(extend(\"pattern\" = \"^a\", \"x-a\" = 1))] struct S(String);",
                &[(place, "\"pattern\"")],
            ),
            (
                "enum E { #[schemars(extend(\"maxLength\" = 9))] A(String) }",
                &[(place, "\"maxLength\"")],
            ),
            (
                "#[validate(schema(function = f))] #[schemars(extend(\"minProperties\" = 1))]
                struct S { a: Option<u8>, b: Option<u8> }",
                &[],
            ),
        ],
    );
}

#[test]
fn rules_on_fields_that_are_not_read() {
    let sentence = "the schema is that of `Raw`, without this rule; check it in a \
                    `#[validate(schema(function = ..))]` on the type";
    assert_rows(
        mistakes,
        &[
            (
                "#[serde(try_from = \"Raw\")] struct S { #[validate(length(min = 1))] a: String }",
                &[(sentence, "#[validate(length(min = 1))]")],
            ),
            (
                "#[serde(from = \"Raw\")] enum E { A(#[schemars(range(min = 1))] u8) }",
                &[(sentence, "#[schemars(range(min = 1))]")],
            ),
            (
                "#[serde(try_from = \"Raw\")] #[validate(schema(function = f))]
                struct S { #[schemars(title = \"A\")] a: String }",
                &[],
            ),
        ],
    );
}
