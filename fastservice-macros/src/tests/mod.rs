//! Tests of the whole way: source text in, expansion or mistakes out.
mod attribute_mistakes;
mod expansion;
mod function_mistakes;
mod param;
mod path_mistakes;
mod robustness;
#[cfg(feature = "validation")]
mod validate;

use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};
use syn::Error;

use crate::{check, expand, function::Function, keys::Access};

/// A function with its attribute, apart as the compiler hands them over.
struct Source {
    access: Access,
    arguments: TokenStream,
    item: TokenStream,
}

/// Splits `#[public_api(..)] async fn ..`.
fn source(text: &str) -> Source {
    let mut tokens = TokenStream::from_str(text).unwrap().into_iter();
    let hash = tokens.next();
    assert!(matches!(hash, Some(TokenTree::Punct(_))), "{text} starts with its attribute");
    let Some(TokenTree::Group(attribute)) = tokens.next() else { panic!("{text}") };
    let attribute: syn::Meta = syn::parse2(attribute.stream()).unwrap();
    let access = match attribute.path().get_ident().unwrap().to_string().as_str() {
        "public_api" => Access::Public,
        "private_api" => Access::Private,
        other => panic!("{other}"),
    };
    let arguments = match attribute {
        syn::Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    };
    Source { access, arguments, item: tokens.collect() }
}

/// The mistakes in an endpoint: each sentence, and the text under it.
fn mistakes(text: &str) -> Vec<(String, String)> {
    let Source { access, arguments, item } = source(text);
    let errors = match syn::parse2::<Function>(item) {
        Err(error) => vec![error],
        Ok(function) => match check::endpoint(access, arguments, &function) {
            Ok(_) => Vec::new(),
            Err(mistakes) => mistakes.into_errors(),
        },
    };
    shown(errors)
}

fn shown(errors: Vec<Error>) -> Vec<(String, String)> {
    let shown = errors.into_iter().map(|error| {
        let under = error.span().source_text().unwrap_or_default();
        (error.to_string(), under)
    });
    shown.collect()
}

fn expansion(text: &str) -> String {
    let Source { access, arguments, item } = source(text);
    formatted(expand::attribute(access, arguments, &item))
}

fn formatted(tokens: TokenStream) -> String {
    let file = syn::parse2(tokens).expect("an expansion is Rust");
    prettyplease::unparse(&file)
}

/// Compares every row, so that one run shows all differences.
#[track_caller]
fn assert_rows(found: impl Fn(&str) -> Vec<(String, String)>, rows: &[(&str, &[(&str, &str)])]) {
    let mut differences = Vec::new();
    for (text, expected) in rows {
        let found = found(text);
        let same = found.iter().map(|(sentence, under)| (sentence.as_str(), under.as_str()));
        if !same.eq(expected.iter().copied()) {
            differences.push(format!("{text}\n    expected {expected:#?}\n    found {found:#?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
