//! `#[derive(Param)]`: a type that is read from the text of one parameter.
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{
    Data, DeriveInput, Field, Fields, Ident, LitStr, Path, Type, Variant, ext::IdentExt,
    parse_quote,
};

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

/// What a type with a mistake reads.
const NOTHING: Shape = Shape::Names(Vec::new());

/// A variant with the texts that mean it; the first is its name.
struct Name {
    variant: Ident,
    texts: Vec<LitStr>,
}

/// The derive's output; after a mistake an implementation that reads nothing, so that the uses of
/// the type do not fail as well.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let (runtime, shape) = check(&input);
    match shape {
        Ok(shape) => implementation(&input, &runtime, &shape),
        Err(mistakes) => {
            let errors = mistakes.into_compile_errors();
            // With generic parameters it would need bounds that nobody wrote.
            let is_simple = input.generics.params.is_empty();
            let fallback = is_simple.then(|| implementation(&input, &runtime, &NOTHING));
            quote!(#fallback #errors)
        }
    }
}

fn check(input: &DeriveInput) -> (Path, Result<Shape, Mistakes>) {
    let mut mistakes = Mistakes::default();
    let options = TypeOptions::read(input, &mut mistakes);
    let runtime = options.runtime.unwrap_or_else(|| parse_quote!(::fastservice));
    let shape = shape(input, options.rename_all, &mut mistakes);
    (runtime, mistakes.or(shape))
}

fn shape(input: &DeriveInput, rename_all: Option<Rename>, mistakes: &mut Mistakes) -> Shape {
    const NEWTYPE: &str =
        "a parameter is one text; write a struct of one field: `struct Name(String);`";
    for parameter in &input.generics.params {
        mistakes.add(parameter, "`Param` is for types without generic parameters; remove this one");
    }
    match &input.data {
        Data::Enum(data) if data.variants.is_empty() => {
            mistakes.add(&input.ident, "no text can mean an enum without variants; add one");
        }
        Data::Enum(data) => return Shape::Names(names(data.variants.iter(), rename_all, mistakes)),
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                if let Some(field) = fields.unnamed.first() {
                    check_field(field, mistakes);
                    return Shape::Newtype(Box::new(field.ty.clone()));
                }
            }
            Fields::Unit => mistakes.add(&input.ident, NEWTYPE),
            fields => mistakes.add(fields, NEWTYPE),
        },
        Data::Union(data) => mistakes.add(data.union_token, NEWTYPE),
    }
    NOTHING
}

fn check_field(field: &Field, mistakes: &mut Mistakes) {
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("param")) {
        mistakes.add(attribute, "a newtype reads what its field reads; remove this");
    }
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
        let texts = texts(variant, rename_all, options);
        for text in &texts {
            let earlier = names.iter().find(|earlier| contains(&earlier.texts, text));
            if let Some(Name { variant, .. }) = earlier {
                let text_shown = text.value();
                let sentence = format!("{text_shown:?} means `{variant}` already; rename one");
                mistakes.add(text, sentence);
            }
        }
        names.push(Name { variant: variant.ident.clone(), texts });
    }
    names
}

/// The name of a variant, then its other names.
fn texts(variant: &Variant, rename_all: Option<Rename>, options: VariantOptions) -> Vec<LitStr> {
    let written = variant.ident.unraw().to_string();
    let name = rename_all.map_or_else(|| written.clone(), |rule| rule.apply(&written));
    let name = options.rename.unwrap_or_else(|| LitStr::new(&name, variant.ident.span()));
    let mut texts = vec![name];
    for alias in options.aliases {
        if !contains(&texts, &alias) {
            texts.push(alias);
        }
    }
    texts
}

fn contains(texts: &[LitStr], text: &LitStr) -> bool {
    texts.iter().any(|other| other.value() == text.value())
}

fn implementation(input: &DeriveInput, runtime: &Path, shape: &Shape) -> TokenStream {
    let private = quote!(#runtime::__private);
    let text = Ident::new("text", Span::mixed_site());
    let schemas = Ident::new("schemas", Span::mixed_site());
    let schema = match shape {
        Shape::Newtype(ty) => quote! {
            #[allow(unused_imports)]
            use #private::{InnerSchema as _, OwnSchema as _};
            (&#private::Newtype::<Self>::holding(<#ty as #private::Param>::schema)).schema(#schemas)
        },
        Shape::Names(names) => {
            let listed = names.iter().filter_map(|name| name.texts.first());
            quote!({ let _ = #schemas; #private::one_of_names(&[#(#listed),*]) })
        }
    };
    let (constants, body) = match shape {
        Shape::Newtype(ty) => newtype(&private, &text, ty),
        Shape::Names(names) => choice(&private, &text, names),
    };
    let name = &input.ident;
    quote! {
        impl #private::Param for #name {
            #constants
            fn parse(#text: &str) -> #private::Result<Self, #private::ParamError> {
                #body
            }
            fn schema(#schemas: &mut #private::Schemas) -> #private::Schema {
                #schema
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
    let takes_empty =
        names.iter().any(|name| name.texts.iter().any(|text| text.value().is_empty()));
    let constants = takes_empty.then(|| quote! { const EMPTY: bool = true; });
    let body = quote! {
        match #text {
            #(#arms)*
            _ => #private::Err(#private::ParamError::one_of(&[#(#listed),*])),
        }
    };
    (quote!(#constants), body)
}

#[cfg(test)]
pub(crate) fn mistakes(item: TokenStream) -> Vec<syn::Error> {
    let input = syn::parse2(item).unwrap();
    check(&input).1.err().map(Mistakes::into_errors).unwrap_or_default()
}
