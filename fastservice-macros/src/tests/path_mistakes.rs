//! Every mistake in a path: the sentence names the segment, the whole string is underlined.
use super::{assert_rows, mistakes};

/// The sentences about one path, on a function with the arguments `id` and `rest`.
fn sentences(path: &str) -> Vec<(String, String)> {
    let text = format!("#[public_api(get = {path:?})] async fn f(id: i64, rest: String) {{}}");
    let found = mistakes(&text);
    assert!(found.iter().all(|(_, under)| *under == format!("{path:?}")), "{found:?}");
    found.into_iter().map(|(sentence, _)| (sentence, String::new())).collect()
}

#[test]
fn mistaken_literals() {
    assert_rows(
        sentences,
        &[
            ("", &[("a path starts with `/`; write `\"/items\"`", "")]),
            ("items/{id}", &[("a path starts with `/`; write `\"/items/{id}\"`", "")]),
            ("//", &[("the path has an empty segment; remove one `/` of `//`", "")]),
            ("/a//b", &[("the path has an empty segment; remove one `/` of `//`", "")]),
            (
                "/a?b=c",
                &[(
                    "`a?b=c` has a `?`; end the path before it, query parameters are arguments of \
                     the function",
                    "",
                )],
            ),
            ("/a#b", &[("`a#b` has a `#`; end the path before it, a fragment is never sent", "")]),
            ("/a%20b", &[("`a%20b` has a `%`; write the path unescaped", "")]),
            ("/a b", &[("`a b` has a blank; write `-` or `_` instead", "")]),
            ("/a\tb", &[("`a\\tb` has a control character; remove it", "")]),
            ("/..", &[("a client resolves the segment `..`; write the path without it", "")]),
        ],
    );
}

#[test]
fn mistaken_parameters() {
    assert_rows(
        sentences,
        &[
            ("/{id", &[("the braces of `{id` do not match; write `{id}`", "")]),
            ("/id}", &[("the braces of `id}` do not match; write `{id}`", "")]),
            ("/}id{", &[("the braces of `}id{` do not match; write `{id}`", "")]),
            ("/{}", &[("`{}` has no name; write `{id}`", "")]),
            ("/{*}", &[("`{*}` has no name; write `{*rest}`", "")]),
            (
                "/v{id}",
                &[("`v{id}` is more than a parameter, which is a whole segment; write `{id}`", "")],
            ),
            (
                "/{id}-{rest}",
                &[(
                    "`{id}-{rest}` is more than a parameter, which is a whole segment; write `{id}`",
                    "",
                )],
            ),
            (
                "/{item-id}",
                &[("`{item-id}` is not the name of an argument; write `{item_id}`", "")],
            ),
            ("/{1}", &[("`{1}` is not the name of an argument; write `{id}`", "")]),
            ("/{self}", &[("`{self}` is not the name of an argument; write `{id}`", "")]),
            (
                "/{*rest}/a",
                &[("`{*rest}` takes all that follows; move it to the end of the path", "")],
            ),
            (
                "/{*rest}/",
                &[("`{*rest}` takes all that follows; move it to the end of the path", "")],
            ),
            ("/{id}/{id}", &[("`{id}` is in the path twice; rename one", "")]),
            ("/:id", &[("`:id` is not a parameter; write `{id}`", "")]),
            ("/<id>", &[("`<id>` is not a parameter; write `{id}`", "")]),
            ("/<rest..>", &[("`<rest..>` is not a parameter; write `{*rest}`", "")]),
            ("/*", &[("`*` is not a parameter; write `{*rest}`", "")]),
            ("/**rest", &[("`**rest` is not a parameter; write `{*rest}`", "")]),
            ("/{rest:path}", &[("`{rest:path}` is not a parameter; write `{*rest}`", "")]),
            ("/{id:int}", &[("`{id:int}` is not a parameter; write `{id}`", "")]),
            (
                "/v{id}/../{",
                &[
                    (
                        "`v{id}` is more than a parameter, which is a whole segment; write `{id}`",
                        "",
                    ),
                    ("a client resolves the segment `..`; write the path without it", ""),
                    ("the braces of `{` do not match; write `{id}`", ""),
                ],
            ),
        ],
    );
}

#[test]
fn parameters_without_arguments() {
    assert_rows(
        sentences,
        &[
            (
                "/{item_id}",
                &[("`{item_id}` has no argument; add `item_id: i64` to the function", "")],
            ),
            ("/{name}", &[("`{name}` has no argument; add `name: String` to the function", "")]),
            ("/{type}", &[("`{type}` has no argument; add `r#type: String` to the function", "")]),
            ("/{*path}", &[("`{*path}` has no argument; add `path: String` to the function", "")]),
        ],
    );
}
