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
            ("/a\tb", &[("`a\\tb` has a blank; write `-` or `_` instead", "")]),
            ("/..", &[("a client resolves the segment `..`; write the path without it", "")]),
        ],
    );
}

#[test]
fn mistaken_parameters() {
    let meant = [
        ("{id", "{id}"),
        ("id}", "{id}"),
        ("}id{", "{id}"),
        ("{}", "{id}"),
        ("{*}", "{*rest}"),
        ("v{id}", "{id}"),
        ("{id}-{rest}", "{id}"),
        ("{item-id}", "{item_id}"),
        ("{1}", "{id}"),
        ("{self}", "{id}"),
        (":id", "{id}"),
        ("<id>", "{id}"),
        ("<rest..>", "{*rest}"),
        ("*", "{*rest}"),
        ("**rest", "{*rest}"),
        ("{rest:path}", "{*rest}"),
        ("{id:int}", "{id}"),
    ];
    for (segment, parameter) in meant {
        let sentence =
            format!("`{segment}` is not a parameter; write a whole segment, such as `{parameter}`");
        assert_rows(sentences, &[(&format!("/{segment}"), &[(sentence.as_str(), "")])]);
    }
}

#[test]
fn mistaken_places_of_parameters() {
    assert_rows(
        sentences,
        &[
            (
                "/{*rest}/a",
                &[("`{*rest}` takes all that follows; move it to the end of the path", "")],
            ),
            (
                "/{*rest}/",
                &[("`{*rest}` takes all that follows; move it to the end of the path", "")],
            ),
            ("/{id}/{id}", &[("`{id}` is in the path twice; rename one", "")]),
            (
                "/v{id}/../{",
                &[
                    ("`v{id}` is not a parameter; write a whole segment, such as `{id}`", ""),
                    ("a client resolves the segment `..`; write the path without it", ""),
                    ("`{` is not a parameter; write a whole segment, such as `{id}`", ""),
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
