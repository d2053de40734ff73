//! Parse: rules that `JsonSchema` has no attribute for, written in JSON Schema's own words:
//! `#[schemars(extend("exclusiveMinimum" = 0))]`.
use proc_macro2::TokenStream;
use syn::{
    Attribute, Expr, LitStr, Meta, MetaList, Token,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use super::{
    rule::Rule,
    rules::{pattern, schemars},
};
use crate::mistakes::Mistakes;

/// The function of the runtime for each keyword with a limit.
const KEYWORDS: [(&str, &str); 11] = [
    ("minimum", "ge"),
    ("maximum", "le"),
    ("exclusiveMinimum", "gt"),
    ("exclusiveMaximum", "lt"),
    ("multipleOf", "multiple_of"),
    ("minLength", "min_length"),
    ("maxLength", "max_length"),
    ("minItems", "min_length"),
    ("maxItems", "max_length"),
    ("minProperties", "min_properties"),
    ("maxProperties", "max_properties"),
];

struct Extension {
    keyword: LitStr,
    value: TokenStream,
}

impl Parse for Extension {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let keyword = input.parse()?;
        input.parse::<Token![=]>()?;
        let mut value = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            value.extend([input.parse::<proc_macro2::TokenTree>()?]);
        }
        Ok(Self { keyword, value })
    }
}

/// Refuses rules above a type or a variant, where nothing checks them.
pub(super) fn refuse(attributes: &[Attribute], mistakes: &mut Mistakes) {
    for meta in schemars(attributes) {
        let Meta::List(list) = &meta else { continue };
        if !list.path.is_ident("extend") {
            continue;
        }
        for Extension { keyword, .. } in extensions(list) {
            let name = keyword.value();
            if name == "pattern" || KEYWORDS.iter().any(|(known, _)| *known == name) {
                mistakes.add(
                    &keyword,
                    "write it on the field: here it is not checked, unless by a \
                     `#[validate(schema(function = ..))]` on the type",
                );
            }
        }
    }
}

fn extensions(list: &MetaList) -> impl Iterator<Item = Extension> {
    let extensions = list.parse_args_with(Punctuated::<Extension, Token![,]>::parse_terminated);
    extensions.into_iter().flatten()
}

/// Other keywords are no rules that are checked, such as `examples`.
pub(super) fn rules(list: &MetaList, mistakes: &mut Mistakes) -> Vec<Rule> {
    let mut rules = Vec::new();
    for Extension { keyword, value } in extensions(list) {
        let Ok(value) = syn::parse2::<Expr>(value) else { continue };
        let name = keyword.value();
        if name == "pattern" {
            rules.extend(pattern(value, keyword.span(), mistakes));
        } else if let Some((_, function)) = KEYWORDS.iter().find(|(known, _)| *known == name) {
            rules.push(Rule::Call { function, limit: Some(value), span: keyword.span() });
        }
    }
    rules
}
