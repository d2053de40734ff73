//! Every mistake in the arguments of the attribute: its sentence, and the text it stands under.
use super::{assert_rows, mistakes};

#[test]
fn right_endpoints_have_no_mistakes() {
    assert_rows(
        mistakes,
        &[
            ("#[public_api] async fn f() {}", &[]),
            ("#[public_api()] async fn f() {}", &[]),
            ("#[public_api(get = \"/\",)] async fn f() {}", &[]),
            ("#[public_api(get = \"/items/\")] async fn f() {}", &[]),
            ("#[public_api(get = \"/straße/a.b-c_d~e\")] async fn f() {}", &[]),
            ("#[public_api(get = \"/{type}\")] async fn f(r#type: i64) {}", &[]),
            ("#[public_api(get = \"/{*rest}\")] async fn f(mut rest: String) {}", &[]),
            ("#[public_api(delete = \"/\")] async fn f(a: Option<Json<A>>) {}", &[]),
            ("#[public_api(get = \"/\")] async fn f(a: State<&'static A>) {}", &[]),
            ("#[public_api(get = \"/\")] async fn f(Header(a): Header<A>) {}", &[]),
            ("#[public_api(get = \"/\", answers = Json<Map<A, B>>, hidden)] async fn f() {}", &[]),
            ("#[public_api(get = \"/\", answers = (A, [B; 2]))] async fn f() {}", &[]),
            ("#[public_api(get = \"/\", crate = \"::a::b\")] async fn f() {}", &[]),
            ("#[public_api(get = \"/\", tag = \"two words\")] async fn f() {}", &[]),
            ("#[public_api(get = \"/\", body_limit = 1, timeout = \"1ms\")] async fn f() {}", &[]),
            ("#[private_api(get = \"/\", m2m = false)] async fn f() {}", &[]),
            ("#[private_api(get = \"/\", scope = \"https://a.b/c:d\")] async fn f() {}", &[]),
            ("#[private_api(get = \"/\", permission = \"läs:böcker\")] async fn f() {}", &[]),
        ],
    );
}

#[test]
fn wrong_types_of_answers() {
    assert_rows(
        mistakes,
        &[
            (
                "#[public_api(get = \"/\", answers)] async fn f() {}",
                &[("`answers` has no value; write `answers = Json<Item>`", "answers")],
            ),
            (
                "#[public_api(get = \"/\", answers = \"Json<A>\")] async fn f() {}",
                &[("`answers` takes a type; write `answers = Json<Item>`", "\"Json<A>\"")],
            ),
            (
                "#[public_api(get = \"/\", answers = 200, hidden)] async fn f() {}",
                &[("`answers` takes a type; write `answers = Json<Item>`", "200")],
            ),
        ],
    );
}

#[test]
fn unknown_keys() {
    assert_rows(
        mistakes,
        &[
            (
                "#[public_api(gte = \"/\")] async fn f() {}",
                &[("unknown key `gte`; did you mean `get`?", "gte")],
            ),
            (
                "#[private_api(get = \"/\", scopes = \"a\")] async fn f() {}",
                &[("unknown key `scopes`; did you mean `scope`?", "scopes")],
            ),
            (
                "#[public_api(get = \"/\", audience = \"a\")] async fn f() {}",
                &[(
                    "unknown key `audience`; write one of `get`, `post`, `put`, `patch`, `delete`, \
                     `head`, `options`, `tag`, `summary`, `status`, `answers`, `errors`, `operation_id`, `deprecated`, \
                     `hidden`, `timeout`, `body_limit`, `cancellable`, `crate`",
                    "audience",
                )],
            ),
            (
                "#[public_api(path = \"/\")] async fn f() {}",
                &[(
                    "unknown key `path`; the method is the key of the path: write \
                     `get = \"/items\"`",
                    "path",
                )],
            ),
        ],
    );
}

#[test]
fn mistaken_lists_of_keys() {
    assert_rows(
        mistakes,
        &[
            (
                "#[public_api(get = \"/\", get = \"/a\", summary = \"a\", summary = \"b\")] async fn f() {}",
                &[
                    ("`get` is written twice; remove one", "get"),
                    ("`summary` is written twice; remove one", "summary"),
                ],
            ),
            (
                "#[public_api(get = \"/\", post = \"/a\")] async fn f() {}",
                &[("an endpoint has one method; remove `post` or `get`", "post")],
            ),
            (
                "#[public_api(\"/items\")] async fn f() {}",
                &[("write the key before its value: `get = \"/items\"`", "\"/items\"")],
            ),
            (
                "#[public_api(, get = \"/\" tag = \"a\")] async fn f() {}",
                &[("write a key here, or remove this", ","), ("write a comma before `tag`", "tag")],
            ),
        ],
    );
}

#[test]
fn mistaken_kinds_of_values() {
    assert_rows(
        mistakes,
        &[
            (
                "#[public_api(get)] async fn f() {}",
                &[("`get` has no value; write `get = \"/items\"`", "get")],
            ),
            (
                "#[public_api(get = \"/\", summary = , tag)] async fn f() {}",
                &[
                    ("`summary` has no value; write `summary = \"Read one item\"`", "summary"),
                    ("`tag` has no value; write `tag = \"items\"`", "tag"),
                ],
            ),
            (
                "#[public_api(get(\"/\"))] async fn f() {}",
                &[("`get` takes a path in quotes; write `get = \"/items\"`", "(\"/\")")],
            ),
            (
                "#[public_api(get = PATH, status = \"201\", timeout = 5)] async fn f() {}",
                &[
                    ("`get` takes a path in quotes; write `get = \"/items\"`", "PATH"),
                    ("`status` takes a number; write `status = 201`", "\"201\""),
                    ("`timeout` takes a string; write `timeout = \"5s\"`", "5"),
                ],
            ),
            (
                "#[public_api(get = \"/\", deprecated = 1, hidden = \"yes\", status = -1)] async fn f() {}",
                &[
                    ("`deprecated` takes `true`, `false` or nothing; write `deprecated`", "1"),
                    ("`hidden` takes `true`, `false` or nothing; write `hidden`", "\"yes\""),
                    ("`status` is that of a success, 200 to 299; write `status = 201`", "-1"),
                ],
            ),
            (
                "#[public_api(get = \"/\", tag = [a, \"b\"], crate = \"a b\")] async fn f() {}",
                &[
                    ("`crate` takes a path; write `crate = \"my_crate::fastservice\"`", "\"a b\""),
                    (
                        "`tag` takes a string or a list of strings; write `tag = \"items\"`",
                        "[a, \"b\"]",
                    ),
                ],
            ),
        ],
    );
}

#[test]
fn mistaken_errors() {
    let errors = "an error is a status of 400 to 599, and its code if it has one; \
                  write `errors = [\"404 item_not_found\", \"409\"]`";
    assert_rows(
        mistakes,
        &[
            ("#[public_api(get = \"/\", errors = \"404 no_item\")] async fn f() {}", &[]),
            ("#[public_api(get = \"/\", errors = [\"404\", \"409 a1\"])] async fn f() {}", &[]),
            (
                "#[public_api(get = \"/\", errors = [\"200\", \"404 A\", \"no_item\", \"600 x\", \"404 a b\"])] async fn f() {}",
                &[
                    (errors, "\"200\""),
                    (errors, "\"404 A\""),
                    (errors, "\"no_item\""),
                    (errors, "\"600 x\""),
                    (errors, "\"404 a b\""),
                ],
            ),
        ],
    );
}

#[test]
fn mistaken_statuses_and_timeouts() {
    let status = "`status` is that of a success, 200 to 299; write `status = 201`";
    let timeout = "`timeout` is a number with `ms`, `s` or `m`; write `timeout = \"5s\"`";
    assert_rows(
        mistakes,
        &[
            ("#[public_api(get = \"/\", status = 199)] async fn f() {}", &[(status, "199")]),
            ("#[public_api(get = \"/\", status = 300)] async fn f() {}", &[(status, "300")]),
            ("#[public_api(get = \"/\", status = 201u16)] async fn f() {}", &[(status, "201u16")]),
            ("#[public_api(get = \"/\", timeout = \"5\")] async fn f() {}", &[(timeout, "\"5\"")]),
            ("#[public_api(get = \"/\", timeout = \"s\")] async fn f() {}", &[(timeout, "\"s\"")]),
            (
                "#[public_api(get = \"/\", timeout = \"5 s\")] async fn f() {}",
                &[(timeout, "\"5 s\"")],
            ),
            (
                "#[public_api(get = \"/\", timeout = \"1h\")] async fn f() {}",
                &[(timeout, "\"1h\"")],
            ),
            (
                "#[public_api(get = \"/\", timeout = \"0s\", body_limit = 0)] async fn f() {}",
                &[
                    ("`timeout` is greater than zero; write `timeout = \"5s\"`", "\"0s\""),
                    ("`body_limit` is greater than zero; write `body_limit = \"10MiB\"`", "0"),
                ],
            ),
        ],
    );
}

#[test]
fn mistaken_body_limits() {
    let limit = "`body_limit` is a number with `B`, `KiB`, `MiB`, `GiB`, `KB`, `MB` or `GB`; write \
                 `body_limit = \"10MiB\"`";
    assert_rows(
        mistakes,
        &[
            (
                "#[public_api(get = \"/\", body_limit = \"10\")] async fn f() {}",
                &[(limit, "\"10\"")],
            ),
            (
                "#[public_api(get = \"/\", body_limit = \"10mb\")] async fn f() {}",
                &[(limit, "\"10mb\"")],
            ),
            (
                "#[public_api(get = \"/\", body_limit = \"99999999999GiB\")] async fn f() {}",
                &[(limit, "\"99999999999GiB\"")],
            ),
            ("#[public_api(get = \"/\", body_limit = 10MiB)] async fn f() {}", &[(limit, "10MiB")]),
        ],
    );
}

#[test]
fn mistaken_texts() {
    let id = "`operation_id` is made of letters, digits, `_`, `.` and `-`; write \
              `operation_id = \"read_item\"`";
    assert_rows(
        mistakes,
        &[
            ("#[public_api(get = \"/\", operation_id = \"\")] async fn f() {}", &[(id, "\"\"")]),
            (
                "#[public_api(get = \"/\", operation_id = \"a b\")] async fn f() {}",
                &[(id, "\"a b\"")],
            ),
            (
                "#[public_api(get = \"/\", tag = \"\", summary = \" \")] async fn f() {}",
                &[
                    ("the summary is empty; write it, or remove `summary`", "\" \""),
                    ("the tag is empty; write its name, or remove `tag`", "\"\""),
                ],
            ),
            (
                "#[public_api(get = \"/\", tag = [\"a\", \"a\"])] async fn f() {}",
                &[("the tag `a` is repeated; remove it", "\"a\"")],
            ),
        ],
    );
}

#[test]
fn mistaken_rules() {
    assert_rows(
        mistakes,
        &[
            (
                "#[public_api(get = \"/\", scope = \"a\", any_permission = \"b\", m2m)] async fn f() {}",
                &[
                    ("a public endpoint has no scope; use `#[private_api]` or remove it", "scope"),
                    (
                        "a public endpoint has no permission; use `#[private_api]` or remove it",
                        "any_permission",
                    ),
                    ("a public endpoint has no `m2m`; use `#[private_api]` or remove it", "m2m"),
                ],
            ),
            (
                "#[private_api(get = \"/\", scope = \"\", permission = [])] async fn f() {}",
                &[
                    ("the scope is empty; write its name, or remove `scope`", "\"\""),
                    ("the list is empty; fill it, or remove `permission`", "[]"),
                ],
            ),
            (
                "#[private_api(get = \"/\", scope = \"a b\", any_permission = \"c\\td\")] async fn f() {}",
                &[
                    ("one string names one scope; write `scope = [\"a\", \"b\"]`", "\"a b\""),
                    (
                        "one string names one permission; write `any_permission = [\"c\", \"d\"]`",
                        "\"c\\td\"",
                    ),
                ],
            ),
            (
                "#[private_api(get = \"/\", scope = [\"ä\", \"a\\\\b\"], permission = \"a'b\")] async fn f() {}",
                &[
                    ("a scope cannot contain `ä`; remove it", "\"ä\""),
                    ("a scope cannot contain `\\`; remove it", "\"a\\\\b\""),
                    ("a permission cannot contain `'`; remove it", "\"a'b\""),
                ],
            ),
            (
                "#[private_api(get = \"/\", any_scope = [\"a\", \"b\", \"a\"])] async fn f() {}",
                &[("the scope `a` is repeated; remove it", "\"a\"")],
            ),
        ],
    );
}

#[test]
fn all_mistakes_are_reported_at_once() {
    assert_rows(
        mistakes,
        &[(
            "#[public_api(sumary = \"a\", get = \"items/{id}\", scope = \"a\", status = 404)] fn f(_: i64) {}",
            &[
                ("unknown key `sumary`; did you mean `summary`?", "sumary"),
                ("a public endpoint has no scope; use `#[private_api]` or remove it", "scope"),
                ("an endpoint is asynchronous; write `async fn`", "fn"),
                ("a path starts with `/`; write `\"/items/{id}\"`", "\"items/{id}\""),
                ("name this argument, for example `id`", "_"),
                ("`status` is that of a success, 200 to 299; write `status = 201`", "404"),
            ],
        )],
    );
}
