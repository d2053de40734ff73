//! Every mistake in the function: its sentence, and the text it stands under.
use super::{assert_rows, mistakes};

#[test]
fn mistaken_qualifiers() {
    assert_rows(
        mistakes,
        &[
            ("#[public_api] fn f() {}", &[("an endpoint is asynchronous; write `async fn`", "fn")]),
            (
                "#[public_api] async unsafe extern \"C\" fn f() {}",
                &[
                    ("an endpoint is called by the framework; remove `unsafe`", "unsafe"),
                    ("an endpoint is called from Rust; remove `extern \"C\"`", "extern \"C\""),
                ],
            ),
        ],
    );
}

#[test]
fn generic_functions() {
    let known = "a route is registered once, so its types must be known";
    let [ty, lifetime, number, clause, implied] = [
        "write a type instead of `T`",
        "write owned types instead of `'a`",
        "write a number instead of `N`",
        "remove the `where` clause",
        "write a type instead of `impl`",
    ]
    .map(|advice| format!("{known}; {advice}"));
    assert_rows(
        mistakes,
        &[
            (
                "#[public_api] async fn f<'a, T: Copy, const N: usize>() where T: Send {}",
                &[
                    (lifetime.as_str(), "'a"),
                    (ty.as_str(), "T: Copy"),
                    (number.as_str(), "const N: usize"),
                    (clause.as_str(), "where T: Send"),
                ],
            ),
            (
                "#[public_api] async fn f(a: impl Into<String>, b: Vec<impl Copy>) {}",
                &[(implied.as_str(), "impl Into<String>"), (implied.as_str(), "Vec<impl Copy>")],
            ),
        ],
    );
}

#[test]
fn mistaken_items() {
    assert_rows(
        mistakes,
        &[
            (
                "#[public_api] async fn f(&self) {}",
                &[("an endpoint is a free function; remove `self`", "&self")],
            ),
            (
                "#[public_api] struct S;",
                &[("an endpoint is an `async fn`; move the attribute to one", "struct")],
            ),
            (
                "#[public_api] pub unsafe trait T {}",
                &[("an endpoint is an `async fn`; move the attribute to one", "unsafe")],
            ),
            (
                "#[public_api] async fn f();",
                &[("an endpoint is a free function with a body; write `{ .. }`", ";")],
            ),
            (
                "#[public_api] #[fastservice::private_api] async fn f() {}",
                &[(
                    "a function is one endpoint, public or private; remove one attribute",
                    "#[fastservice::private_api]",
                )],
            ),
        ],
    );
}

#[test]
fn mistaken_arguments() {
    let name = "name this argument, for example `id`";
    assert_rows(
        mistakes,
        &[
            ("#[public_api] async fn f(_: i64) {}", &[(name, "_")]),
            ("#[public_api] async fn f((a, b): (i64, i64)) {}", &[(name, "(a, b)")]),
            ("#[public_api] async fn f(Pair(a, b): Pair) {}", &[(name, "Pair(a, b)")]),
            ("#[public_api] async fn f(Json(Item { id }): A) {}", &[(name, "Json(Item { id })")]),
            ("#[public_api] async fn f(ref a: i64) {}", &[(name, "ref a")]),
            (
                "#[public_api] async fn f(a: &str, b: Option<&'static [u8]>, c: &mut Db) {}",
                &[
                    (
                        "an argument is owned by the function; write `String` instead of `&str`",
                        "&str",
                    ),
                    (
                        "an argument is owned by the function; write `Bytes` instead of `&[u8]`",
                        "&'static [u8]",
                    ),
                    ("an argument is owned by the function; remove the `&`", "&mut Db"),
                ],
            ),
            (
                "#[public_api] async fn f(#[cfg(a)] b: i64) {}",
                &[(
                    "an argument cannot depend on a condition; write `#[cfg]` on the function",
                    "#[cfg(a)]",
                )],
            ),
        ],
    );
}

#[test]
fn mistaken_bodies() {
    assert_rows(
        mistakes,
        &[
            (
                "#[public_api(post = \"/\")] async fn f(a: Json<A>, #[body] b: String, c: Option<Form<C>>) {}",
                &[
                    ("`a` takes the body already; join both in one type, or remove one", "String"),
                    (
                        "`a` takes the body already; join both in one type, or remove one",
                        "Option<Form<C>>",
                    ),
                ],
            ),
            (
                "#[public_api(get = \"/a\")] async fn f(item: fastservice::Json<A>) {}",
                &[("a GET request has no body; write `post = \"/a\"`, or remove `item`", "get")],
            ),
            (
                "#[public_api(head = \"/a\")] async fn f(item: Multipart) {}",
                &[("a HEAD request has no body; write `post = \"/a\"`, or remove `item`", "head")],
            ),
            (
                "#[public_api(put = \"/{a}/{b}\")] async fn f(#[body] a: String, b: i64) {}",
                &[("`{a}` is in the path; remove `#[body]` or rename `a`", "#[body]")],
            ),
            (
                "#[public_api(put = \"/{a}\")] async fn f(a: Bytes) {}",
                &[("`{a}` is in the path, but `Bytes` is the body; rename one", "Bytes")],
            ),
            (
                "#[public_api(put = \"/\")] async fn f(#[body(x)] a: String) {}",
                &[("`#[body]` takes nothing; write `#[body]` alone", "#[body(x)]")],
            ),
            (
                "#[public_api(put = \"/\")] async fn f(#[body] #[body] a: String) {}",
                &[("`#[body]` is written twice; remove one", "#[body]")],
            ),
            (
                "#[public_api(put = \"/\")] async fn f(#[body] a: Json<A>) {}",
                &[("`Json` is the body without a mark; remove `#[body]`", "#[body]")],
            ),
        ],
    );
}
