//! Snapshots and mistakes of the derive.
use super::{assert_rows, formatted, shown};

/// Compares the derive's output with its snapshot, which shows the source too.
macro_rules! assert_derive {
    ($source:expr) => {
        let source = $source;
        insta::with_settings!({ description => source, omit_expression => true }, {
            insta::assert_snapshot!(derived(source));
        });
    };
}

fn derived(text: &str) -> String {
    formatted(crate::param::derive(text.parse().unwrap()))
}

#[test]
fn enum_is_one_of_its_names() {
    assert_derive!(
        "#[serde(rename_all = \"snake_case\", deny_unknown_fields)]
        enum Sort {
            #[serde(rename = \"asc\", alias = \"ascending\", alias = \"asc\")]
            Ascending,
            #[serde(rename = \"no\")]
            #[param(rename = \"desc\", alias = \"down\")]
            Descending,
            LastChange,
            #[serde(skip)]
            Internal,
            r#Type,
        }"
    );
}

#[test]
fn empty_text_can_be_a_name() {
    assert_derive!("enum Empty { #[param(rename = \"\")] Nothing, Something }");
}

#[test]
fn newtype_reads_what_it_holds() {
    assert_derive!("#[param(crate = \"crate::fs\")] pub struct UserName(pub String);");
}

#[test]
fn mistakes_keep_an_implementation() {
    assert_derive!("enum Shape { Circle { radius: f64 }, Square }");
}

fn mistakes(text: &str) -> Vec<(String, String)> {
    shown(crate::param::mistakes(text.parse().unwrap()))
}

#[test]
fn mistaken_types() {
    let text = "a parameter is one text; write a struct of one field: `struct Name(String);`";
    assert_rows(
        mistakes,
        &[
            ("struct S;", &[(text, "S")]),
            ("struct S();", &[(text, "()")]),
            ("struct S { a: i64 }", &[(text, "{ a: i64 }")]),
            ("struct S(i64, i64);", &[(text, "(i64, i64)")]),
            ("union U { a: i64 }", &[(text, "union")]),
            ("enum E {}", &[("no text can mean an enum without variants; add one", "E")]),
            (
                "struct S<'a, T>(T);",
                &[
                    ("`Param` is for types without generic parameters; remove this one", "'a"),
                    ("`Param` is for types without generic parameters; remove this one", "T"),
                ],
            ),
            (
                "enum E { A { a: i64 }, B(i64), C() }",
                &[
                    ("a parameter is one text; remove the fields of `A`", "{ a: i64 }"),
                    ("a parameter is one text; remove the fields of `B`", "(i64)"),
                    ("a parameter is one text; remove the fields of `C`", "()"),
                ],
            ),
        ],
    );
}

#[test]
fn mistaken_names() {
    let rules = "unknown rule `snake`; write one of `lowercase`, `UPPERCASE`, `PascalCase`, \
                 `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`, \
                 `SCREAMING-KEBAB-CASE`";
    assert_rows(
        mistakes,
        &[
            (
                "enum E { A, #[param(rename = \"A\")] B }",
                &[("\"A\" means `A` already; rename one", "\"A\"")],
            ),
            (
                "enum E { #[serde(alias = \"b\")] A, #[serde(rename = \"b\")] B }",
                &[("\"b\" means `A` already; rename one", "\"b\"")],
            ),
            ("#[param(rename_all = \"snake\")] enum E { A }", &[(rules, "\"snake\"")]),
            ("#[serde(rename_all = \"snake\")] enum E { A }", &[(rules, "\"snake\"")]),
        ],
    );
}

#[test]
fn mistaken_keys() {
    assert_rows(
        mistakes,
        &[
            (
                "#[param(rename_all, rename = \"a\")] enum E { #[param(aliases = \"b\")] A }",
                &[
                    ("unknown key `rename`; write `rename_all` or `crate` here", "rename"),
                    ("`rename_all` has no value; write `rename_all = \"..\"`", "rename_all"),
                    ("unknown key `aliases`; write `rename` or `alias` here", "aliases"),
                ],
            ),
            (
                "enum E { #[param(\"a\", rename())] A }",
                &[
                    ("write `rename` or `alias` here", "\"a\""),
                    ("`rename` takes a string; write `rename = \"..\"`", "()"),
                ],
            ),
            (
                "enum E { #[param(rename = 1, rename = \"a\")] A, #[param] B }",
                &[
                    ("`rename` is written twice; remove one", "rename"),
                    ("`rename` takes a string; write `rename = \"..\"`", "1"),
                    ("`#[param(..)]` has its keys in parentheses: `rename` or `alias`", "#[param]"),
                ],
            ),
            (
                "#[param(rename_all = \"lowercase\")] struct S(#[param(rename = \"a\")] i64);",
                &[
                    ("unknown key `rename_all`; write `crate` here", "rename_all"),
                    (
                        "a newtype reads what its field reads; remove this",
                        "#[param(rename = \"a\")]",
                    ),
                ],
            ),
        ],
    );
}
