//! Snapshots and mistakes of the derive.
use super::formatted;

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
    assert_derive!("enum Shape<T> { Circle { radius: f64 }, Square(T) }");
}
