//! The function under the attribute: read, kept, and judged by its signature.
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{
    Attribute, Error, FnArg, GenericParam, PatType, Receiver, Safety, Signature, Visibility,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    token,
};

use crate::mistakes::Mistakes;

/// A function whose body stays as it is written, so that unfinished code keeps its own errors.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    visibility: Visibility,
    pub(crate) signature: Signature,
    body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let start = input.fork();
        let Ok(signature) = input.parse() else {
            let keyword = start.call(syn::Ident::parse_any)?;
            let sentence = "an endpoint is an `async fn`; move the attribute to one";
            return Err(Error::new(keyword.span(), sentence));
        };
        if !input.peek(token::Brace) {
            return Err(input.error("an endpoint is a free function with a body; write `{ .. }`"));
        }
        Ok(Self { attributes, visibility, signature, body: input.parse()? })
    }
}

/// The function as written, without the marks that only the attribute understands.
impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, visibility, signature, body } = self;
        let mut signature = signature.clone();
        for argument in &mut signature.inputs {
            let (FnArg::Typed(PatType { attrs, .. }) | FnArg::Receiver(Receiver { attrs, .. })) =
                argument;
            attrs.retain(|attribute| {
                !["body", "doc"].iter().any(|mark| attribute.path().is_ident(mark))
            });
        }
        tokens.extend(quote!(#(#attributes)* #visibility #signature #body));
    }
}

impl Function {
    pub(crate) fn attributes_named(&self, name: &str) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().filter(move |attribute| attribute.path().is_ident(name))
    }

    /// Reports what a function that is called by a route cannot have.
    pub(crate) fn check(&self, mistakes: &mut Mistakes) {
        self.check_attributes(mistakes);
        let Signature { asyncness, safety, abi, fn_token, .. } = &self.signature;
        if asyncness.is_none() {
            mistakes.add(fn_token, "an endpoint is asynchronous; write `async fn`");
        }
        if let Safety::Unsafe(word) = safety {
            mistakes.add(word, "an endpoint is called by the framework; remove `unsafe`");
        }
        if let Some(abi) = abi {
            let sentence = format!("an endpoint is called from Rust; remove `{}`", quote!(#abi));
            mistakes.add(abi, sentence);
        }
        self.check_generics(mistakes);
    }

    fn check_generics(&self, mistakes: &mut Mistakes) {
        const REASON: &str = "a route is registered once, so its types must be known";
        let generics = &self.signature.generics;
        for parameter in &generics.params {
            let (name, what) = match parameter {
                GenericParam::Lifetime(lifetime) => (lifetime.lifetime.to_string(), "owned types"),
                GenericParam::Type(ty) => (ty.ident.to_string(), "a type"),
                GenericParam::Const(value) => (value.ident.to_string(), "a number"),
            };
            mistakes.add(parameter, format!("{REASON}; write {what} instead of `{name}`"));
        }
        if let Some(clause) = &generics.where_clause {
            mistakes.add(clause, format!("{REASON}; remove the `where` clause"));
        }
    }

    fn check_attributes(&self, mistakes: &mut Mistakes) {
        for attribute in &self.attributes {
            let Some(last) = attribute.path().segments.last() else { continue };
            let name = last.ident.to_string();
            if matches!(name.as_str(), "public_api" | "private_api") {
                let sentence =
                    "a function is one endpoint, public or private; remove one attribute";
                mistakes.add(attribute, sentence);
            }
        }
    }
}
