//! `#[derive(Validate)]`: the rules of a type, checked where its value is.
mod rule;
mod rules;
mod extension;
mod once;
mod cases;
mod expand;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Expr, Path, parse_quote};

use self::{
    cases::{Case, cases},
    rules::container,
};
use crate::mistakes::Mistakes;

/// A type with rules, checked.
struct Checked {
    cases: Vec<Case>,
    /// Functions that look at the whole value.
    functions: Vec<Expr>,
    /// As an argument its members are beside those of others.
    has_named_members: bool,
}

/// The derive's output; after a mistake an implementation without rules, so that the uses of the
/// type do not fail as well.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let (runtime, checked) = check(&input);
    match checked {
        Ok(checked) => expand::implementation(&input, &runtime, &checked),
        Err(mistakes) => {
            let nothing =
                Checked { cases: Vec::new(), functions: Vec::new(), has_named_members: false };
            let fallback = expand::implementation(&input, &runtime, &nothing);
            let errors = mistakes.into_compile_errors();
            quote!(#fallback #errors)
        }
    }
}

fn check(input: &DeriveInput) -> (Path, Result<Checked, Mistakes>) {
    let mut mistakes = Mistakes::default();
    let options = container(&input.attrs, &mut mistakes);
    if options.functions.is_empty() {
        extension::refuse(&input.attrs, &mut mistakes);
        if let Data::Enum(data) = &input.data {
            data.variants.iter().for_each(|it| extension::refuse(&it.attrs, &mut mistakes));
        }
    }
    let runtime = options.runtime.unwrap_or_else(|| parse_quote!(::fastservice));
    let mut cases = cases(input, &mut mistakes);
    // What a parameter stands for is not known here, so that its rules would be passed over.
    for member in cases.iter_mut().flat_map(|case| &mut case.members) {
        member.rules.is_nested |= expand::is_generic(&member.ty, &input.generics);
    }
    let has_named_members = match &input.data {
        Data::Struct(data) => matches!(data.fields, syn::Fields::Named(_)),
        Data::Enum(_) => false,
        Data::Union(data) => {
            mistakes.add(data.union_token, "which member a union has is not known; write an enum");
            false
        }
    };
    let checked = Checked { cases, functions: options.functions, has_named_members };
    (runtime, mistakes.or(checked))
}

#[cfg(test)]
pub(crate) fn mistakes(item: TokenStream) -> Vec<syn::Error> {
    let input = syn::parse2(item).unwrap();
    check(&input).1.err().map(Mistakes::into_errors).unwrap_or_default()
}
