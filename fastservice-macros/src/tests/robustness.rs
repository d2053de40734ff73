//! Whatever stands in an attribute, the answer is tokens and never a panic.
use std::str::FromStr;

use proc_macro2::TokenStream;

use crate::{expand, keys::Access, param};

const ARGUMENTS: &[&str] = &[
    "",
    ",",
    ",,,",
    "= =",
    "get",
    "get =",
    "get = ,",
    "get = get = get",
    "get(\"/\")",
    "get[\"/\"] = 1",
    "get = \"\"",
    "get = \"/{\"",
    "get = \"/}{\"",
    "get = \"/{}}{\"",
    "get = \"/{*}/{**}/{*}\"",
    "get = \"////\"",
    "get = \"/{a:}/{:}/<>/</:/*/**\"",
    "get = \"/\\u{0}\\u{7f}\\u{202e}ä{ö}\"",
    "get = b\"/\"",
    "get = 'x'",
    "get = \"/\"suffix",
    "get = -1",
    "get = {}",
    "get = |x| x",
    "r#get = \"/\"",
    "crate",
    "crate = ",
    "crate = \"\"",
    "crate = \"::\"",
    "crate = \"a b\"",
    "crate = \"<T>::x\"",
    "crate = ::a::b",
    "self = super",
    "status = 99999999999999999999999999",
    "status = 1.5",
    "status = 0xff",
    "timeout = \"\", body_limit = \"\"",
    "timeout = \"99999999999999999999s\"",
    "timeout = \"18446744073709551615m\"",
    "timeout = \"ſs\", body_limit = \"٣MiB\"",
    "body_limit = 18446744073709551616",
    "body_limit = 10MiB",
    "scope = []",
    "scope = [[]]",
    "scope = [1, \"a\", b]",
    "scope = [\"a\" \"b\"]",
    "scope = \" \"",
    "operation_id = \"\"",
    "tag = \"\\n\"",
    "m2m = maybe",
    "\"/\"",
    "'a",
    "#![x]",
    "::",
    "_ = 1",
    "é = \"è\"",
];

const ITEMS: &[&str] = &[
    "",
    ";",
    "fn",
    "async fn f() {}",
    "async fn f();",
    "async fn f(id: i64, #[body] #[body(x)] text: &str) {}",
    "async fn f(self, &mut self, self: Box<Self>, _: i64, (a, b): (i64, i64)) {}",
    "async fn f(Json(Json(a)): Json<Json<i64>>, x @ 1: i64, ref y: i64, Foo {}: Foo) {}",
    "const async unsafe extern \"C\" fn f<'a, T, const N: usize>(x: impl Fn(&T), ...) where T: Copy {}",
    "async fn f(x: <T as U>::V, y: [u8; 3], z: !, w: _, v: dyn Fn(), u: mac!()) -> impl Sized {}",
    "async fn r#fn(r#type: Option, json: Option<>, x: Option<'static>, y: Option<Option<Json>>) {}",
    "struct S;",
    "struct S(i64);",
    "struct S(i64, i64);",
    "enum E { A, #[param] #[param()] #[param(rename)] #[serde(rename(a, b = 1))] B(i64), C = 3 }",
    "enum E<T: Copy = i64> where T: X { #[serde = 1] r#type }",
    "#[param(rename_all = \"x\", rename_all = 1, crate, crate = 1, y)] enum E {}",
    "union U { a: i64 }",
    "impl S { async fn f() {} }",
    "mod m;",
    "#[a] #[b = 1] #[c(d)] pub(in x) trait T {}",
    "macro_rules! m { () => {} }",
    "} {",
];

const RULES: &[&str] = &[
    "struct S { #[validate] #[validate = 1] #[validate()] #[validate(,)] a: T }",
    "struct S { #[validate(length = 1, range, range(min), range(min = ), email(x), url = 1)] a: T }",
    "struct S(#[validate(custom = f, custom(), custom(f = f), schema, crate, inner, a::b(c))] T);",
    "struct S(#[schemars(pattern, pattern(), pattern(a b), regex, regex(x), inner, inner(inner))] T);",
    "struct S(#[schemars(extend, extend(), extend(\"pattern\"), extend(\"minimum\" = {))] T);",
    "struct S(#[schemars(extend(\"minimum\" = {}, \"pattern\" = \"(\", 1 = 2))] T, #[schemars] U);",
    "#[validate] #[validate(crate, crate = 1, crate = \"\", schema, schema(), x::y)] enum E { A }",
    "enum E { #[serde(rename, rename(), rename_all = \"x\")] A { #[serde(flatten, rename = 1)] a: T } }",
    "#[serde(tag, content = 1, rename_all_fields = \"x\", untagged = 1)] enum E { A(), B(T), C {} }",
];

#[test]
fn nothing_makes_the_macros_panic() {
    let tokens = |text: &&str| TokenStream::from_str(text).ok();

    for item in ITEMS.iter().chain(RULES).filter_map(tokens) {
        param::derive(item.clone());
        #[cfg(feature = "validation")]
        crate::validate::derive(item.clone());
        for arguments in ARGUMENTS.iter().filter_map(tokens) {
            for access in [Access::Public, Access::Private] {
                expand::attribute(access, arguments.clone(), &item);
            }
        }
    }
}
