//! `#[derive(Param)]`: a type that is read from the text of one parameter.
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Data, DeriveInput, Fields, Ident, Path, Type, Variant, ext::IdentExt, parse_quote};

use crate::{
    mistakes::Mistakes,
    param_attribute::{TypeOptions, VariantOptions},
    rename::Rename,
};

/// A type that can be read, checked.
enum Shape {
    /// One text or several for each variant.
    Names(Vec<Name>),
    /// `struct UserName(String);`
    Newtype(Box<Type>),
}

/// A variant with the texts that mean it; the first is its name.
struct Name {
    variant: Ident,
    texts: Vec<String>,
}

/// The derive's output; after a mistake an implementation that reads nothing, so that the uses of
/// the type do not fail as well.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut mistakes = Mistakes::default();
    let options = TypeOptions::read(&input.attrs, &mut mistakes);
    let runtime = options.runtime.unwrap_or_else(|| parse_quote!(::fastservice));
    let shape = shape(&input, options.rename_all, &mut mistakes);
    match mistakes.or(shape) {
        Ok(shape) => implementation(&input, &runtime, Some(&shape)),
        Err(mistakes) => {
            let errors = mistakes.into_compile_errors();
            let fallback = implementation(&input, &runtime, None);
            quote!(#fallback #errors)
        }
    }
}

fn shape(input: &DeriveInput, rename_all: Option<Rename>, mistakes: &mut Mistakes) -> Shape {
    const NEWTYPE: &str =
        "a parameter is one text; write a struct of one field: `struct Name(String);`";
    let generics = &input.generics;
    if !generics.params.is_empty() {
        let written = quote!(#generics);
        mistakes
            .add(generics, format!("`Param` is for types without parameters; remove `{written}`"));
    }
    match &input.data {
        Data::Enum(data) if data.variants.is_empty() => {
            mistakes.add(&input.ident, "no text can mean an enum without variants; add one");
        }
        Data::Enum(data) => return Shape::Names(names(data.variants.iter(), rename_all, mistakes)),
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                if let Some(field) = fields.unnamed.first() {
                    return Shape::Newtype(Box::new(field.ty.clone()));
                }
            }
            Fields::Unit => mistakes.add(&input.ident, NEWTYPE),
            fields => mistakes.add(fields, NEWTYPE),
        },
        Data::Union(data) => mistakes.add(data.union_token, NEWTYPE),
    }
    Shape::Names(Vec::new())
}

fn names<'a>(
    variants: impl Iterator<Item = &'a Variant>,
    rename_all: Option<Rename>,
    mistakes: &mut Mistakes,
) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    for variant in variants {
        if !matches!(variant.fields, Fields::Unit) {
            let sentence =
                format!("a parameter is one text; remove the fields of `{}`", variant.ident);
            mistakes.add(&variant.fields, sentence);
        }
        let options = VariantOptions::read(&variant.attrs, mistakes);
        if options.is_skipped {
            continue;
        }
        let written = variant.ident.unraw().to_string();
        let renamed = rename_all.map_or_else(|| written.clone(), |rule| rule.apply(&written));
        let name = options.rename.map_or(renamed, |rename| rename.value());
        let mut texts = vec![name];
        for alias in options.aliases.iter().map(syn::LitStr::value) {
            if !texts.contains(&alias) {
                texts.push(alias);
            }
        }
        for text in &texts {
            if let Some(earlier) = names.iter().find(|earlier| earlier.texts.contains(text)) {
                let earlier = &earlier.variant;
                mistakes.add(variant, format!("{text:?} means `{earlier}` already; rename one"));
            }
        }
        names.push(Name { variant: variant.ident.clone(), texts });
    }
    names
}

fn implementation(input: &DeriveInput, runtime: &Path, shape: Option<&Shape>) -> TokenStream {
    let private = quote!(#runtime::__private);
    let text = Ident::new("text", Span::mixed_site());
    let (constants, body) = match shape {
        Some(Shape::Newtype(ty)) => newtype(&private, &text, ty),
        Some(Shape::Names(names)) => choice(&private, &text, names),
        None => choice(&private, &text, &[]),
    };
    let name = &input.ident;
    let (generics, arguments, clause) = input.generics.split_for_impl();
    quote! {
        impl #generics #private::Param for #name #arguments #clause {
            #constants
            fn parse(#text: &str) -> #private::Result<Self, #private::ParamError> {
                #body
            }
        }
    }
}

fn newtype(private: &TokenStream, text: &Ident, ty: &Type) -> (TokenStream, TokenStream) {
    let inner = quote!(<#ty as #private::Param>);
    let constants = quote! {
        const EMPTY: bool = #inner::EMPTY;
        const SECRET: bool = #inner::SECRET;
    };
    (constants, quote!(#private::Result::map(#inner::parse(#text), Self)))
}

fn choice(private: &TokenStream, text: &Ident, names: &[Name]) -> (TokenStream, TokenStream) {
    let arms = names
        .iter()
        .map(|Name { variant, texts }| quote!(#(#texts)|* => #private::Ok(Self::#variant),));
    let listed = names.iter().filter_map(|name| name.texts.first());
    let takes_empty = names.iter().any(|name| name.texts.iter().any(String::is_empty));
    let constants = takes_empty.then(|| {
        quote!(
            const EMPTY: bool = true;
        )
    });
    let body = quote! {
        match #text {
            #(#arms)*
            _ => #private::Err(#private::ParamError::one_of(&[#(#listed),*])),
        }
    };
    (quote!(#constants), body)
}
