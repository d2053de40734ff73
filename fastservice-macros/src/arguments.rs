//! The arguments of the function: the name of each, its type, and where it comes from.
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, FnArg, GenericArgument, Ident, Meta, Pat, PatType, PathArguments, Type,
    TypeReference, ext::IdentExt,
};

use crate::{documentation, function::Function, mistakes::Mistakes, path::Parameter};

/// One argument of an endpoint.
pub(crate) struct Argument {
    /// Its name as a client writes it.
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) binding: Ident,
    pub(crate) ty: Type,
    /// What its doc comment says.
    pub(crate) description: String,
}

/// Where an argument of a plain type comes from; every other type decides itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Path,
    Query,
    /// Marked `#[body]`: the body as text or bytes.
    Body,
}

impl Argument {
    /// Whether the argument takes the body, as far as its type is spelled out.
    pub(crate) fn shows_body(&self) -> bool {
        self.place == Place::Body || body_type(&self.ty).is_some()
    }
}

/// All arguments that can be read; each other one is a mistake.
pub(crate) fn arguments(
    function: &Function,
    parameters: &[Parameter],
    mistakes: &mut Mistakes,
) -> Vec<Argument> {
    let mut arguments = Vec::new();
    for input in &function.signature.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                mistakes.add(receiver, "an endpoint is a free function; remove `self`");
            }
            FnArg::Typed(typed) => arguments.extend(argument(typed, parameters, mistakes)),
        }
    }
    arguments
}

fn argument(
    typed: &PatType,
    parameters: &[Parameter],
    mistakes: &mut Mistakes,
) -> Option<Argument> {
    check_type(&typed.ty, mistakes);
    check_conditions(&typed.attrs, mistakes);
    let mark = body_mark(typed, mistakes);
    let Some(binding) = binding(&typed.pat) else {
        mistakes.add(&typed.pat, "name this argument, for example `id`");
        return None;
    };
    let name = binding.unraw().to_string();
    let is_in_path = parameters.iter().any(|parameter| parameter.name == name);
    let place = match (mark, is_in_path) {
        (Some(mark), true) => {
            let sentence =
                format!("`{{{name}}}` is in the path; remove `#[body]` or rename `{name}`");
            mistakes.add(mark, sentence);
            Place::Body
        }
        (Some(_), false) => Place::Body,
        (None, true) => Place::Path,
        (None, false) => Place::Query,
    };
    if let (Place::Path, Some(body)) = (place, body_type(&typed.ty)) {
        let sentence = format!("`{{{name}}}` is in the path, but `{body}` is the body; rename one");
        mistakes.add(&typed.ty, sentence);
    }
    let description = documentation::text(&typed.attrs);
    Some(Argument { name, place, binding: binding.clone(), ty: (*typed.ty).clone(), description })
}

/// The one identifier of `id`, `mut id` or `Json(item)`.
fn binding(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => Some(&name.ident),
        Pat::TupleStruct(tuple) if tuple.elems.len() == 1 => match tuple.elems.first()? {
            Pat::Ident(name) if name.subpat.is_none() => Some(&name.ident),
            _ => None,
        },
        _ => None,
    }
}

/// The `#[body]` of an argument.
fn body_mark<'a>(typed: &'a PatType, mistakes: &mut Mistakes) -> Option<&'a Attribute> {
    let mut marks = typed.attrs.iter().filter(|attribute| attribute.path().is_ident("body"));
    let mark = marks.next();
    for repeated in marks {
        mistakes.add(repeated, "`#[body]` is written twice; remove one");
    }
    if let Some(mark) = mark {
        if !matches!(mark.meta, Meta::Path(_)) {
            mistakes.add(mark, "`#[body]` takes nothing; write `#[body]` alone");
        }
        if let Some(body) = body_type(&typed.ty) {
            let sentence = format!("`{body}` is the body without a mark; remove `#[body]`");
            mistakes.add(mark, sentence);
        }
    }
    mark
}

fn check_conditions(attributes: &[Attribute], mistakes: &mut Mistakes) {
    const SENTENCE: &str =
        "an argument cannot depend on a condition; write `#[cfg]` on the function";
    for attribute in attributes {
        if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
            mistakes.add(attribute, SENTENCE);
        }
    }
}

/// The name of a type that takes the body, also inside an `Option`.
fn body_type(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let name = last.ident.to_string();
    match name.as_str() {
        "Json" | "Form" | "Multipart" | "Bytes" => Some(name),
        "Option" => wrapped(&last.arguments).and_then(body_type),
        _ => None,
    }
}

/// The `T` of `Option<T>`.
fn wrapped(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(list) = arguments else { return None };
    list.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn check_type(ty: &Type, mistakes: &mut Mistakes) {
    if let Some(reference) = reference(ty) {
        let advice = owned(&reference.elem);
        let sentence = format!("an argument is owned by the function; {advice}");
        mistakes.add(reference, sentence);
    }
    if has_impl(ty.to_token_stream()) {
        let reason = "a route is registered once, so its types must be known";
        mistakes.add(ty, format!("{reason}; write a type instead of `impl`"));
    }
}

/// The reference in `&str` or `Option<&str>`. Other types may hold static references.
fn reference(ty: &Type) -> Option<&TypeReference> {
    match ty {
        Type::Reference(reference) => Some(reference),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let is_wrapper = last.ident == "Option" || last.ident == "Vec";
            wrapped(&last.arguments).filter(|_| is_wrapper).and_then(reference)
        }
        _ => None,
    }
}

/// What to write instead of a reference to `ty`.
fn owned(ty: &Type) -> &'static str {
    let is = |ty: &Type, name| matches!(ty, Type::Path(path) if path.path.is_ident(name));
    match ty {
        Type::Slice(slice) if is(&slice.elem, "u8") => "write `Bytes` instead of `&[u8]`",
        Type::Slice(_) => "write a `Vec` instead of a slice",
        ty if is(ty, "str") => "write `String` instead of `&str`",
        _ => "remove the `&`",
    }
}

fn has_impl(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "impl",
        TokenTree::Group(group) => has_impl(group.stream()),
        _ => false,
    })
}
