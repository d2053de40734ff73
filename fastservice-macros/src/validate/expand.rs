//! Expand: a type with rules becomes an implementation of `Validate`.
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{
    Data, DeriveInput, GenericArgument, Generics, Path, PathArguments, Type, spanned::Spanned,
};

use super::{
    Checked,
    cases::{Case, Level, Member},
    rule::Names,
};

pub(super) fn implementation(
    input: &DeriveInput,
    runtime: &Path,
    checked: &Checked,
) -> TokenStream {
    let [place, report] = ["place", "report"].map(|name| Ident::new(name, Span::mixed_site()));
    let parameters = quote! {
        &self,
        #place: &__fastservice::validation::Place<'_>,
        #report: &mut __fastservice::validation::Report,
    };
    let body = body(checked, &place, &report);
    let as_argument = checked.has_named_members.then(|| {
        quote! {
            fn check_argument(#parameters) {
                __fastservice::validation::Validate::check(self, #place.outer(), #report);
            }
        }
    });
    let as_key = as_key(input, checked);
    let name = &input.ident;
    let (generics, arguments, conditions) = input.generics.split_for_impl();
    let predicates = conditions.iter().flat_map(|conditions| &conditions.predicates);
    let bounds = bounds(input, checked);
    quote! {
        #[allow(deprecated, unused_qualifications, unused_variables)]
        const _: () = {
            use #runtime::__private as __fastservice;
            #[allow(unused_imports)]
            use __fastservice::probe::{
                CheckMember as _, DemandHolder as _, DemandMember as _, FreeHolder as _,
                MemberKey as _, NoKey as _, SkipMember as _,
            };
            impl #generics __fastservice::validation::Validate for #name #arguments
            where #(#predicates,)* #(#bounds,)*
            {
                fn check(#parameters) {
                    #body
                }
                #as_argument
                #as_key
            }
            impl #generics __fastservice::probe::Rules for #name #arguments #conditions {}
        };
    }
}

/// A newtype is written as what is in it, also as the key of a map.
fn as_key(input: &DeriveInput, checked: &Checked) -> Option<TokenStream> {
    let Data::Struct(_) = &input.data else { return None };
    let [Case { members, .. }] = &checked.cases[..] else { return None };
    let [Member { field, level: Level::Same, .. }] = &members[..] else { return None };
    let value = value(0);
    Some(quote! {
        fn as_key(&self) -> __fastservice::Option<&dyn __fastservice::Display> {
            let #value = &self.#field;
            (&&__fastservice::probe::Member(#value)).as_key()
        }
    })
}

fn body(checked: &Checked, place: &Ident, report: &Ident) -> TokenStream {
    let cases = checked.cases.iter().map(|case| arm(case, place, report));
    let members = quote! {
        match self {
            #(#cases)*
            #[allow(unreachable_patterns)]
            _ => {}
        }
    };
    let functions = &checked.functions;
    if functions.is_empty() {
        return members;
    }
    let found = Ident::new("found", Span::mixed_site());
    quote! {
        let #found = #report.len();
        #members
        // Functions about the whole may trust its members. A full report counts no more.
        if !#report.is_full() && #report.len() == #found {
            #(#report.take(#place, (#functions)(self));)*
        }
    }
}

/// What is checked of one case.
fn arm(case: &Case, place: &Ident, report: &Ident) -> TokenStream {
    let variant = case.variant.as_ref().map(|variant| quote!(::#variant));
    let values: Vec<_> = (0..case.members.len()).map(value).collect();
    let fields = case.members.iter().map(|member| &member.field);
    let inside = inside(&case.level, place);
    let checks = case.members.iter().zip(&values);
    let checks = checks.map(|(member, value)| check(member, &Names { value, place, report }));
    quote! {
        Self #variant { #(#fields: #values,)* .. } => {
            #inside
            #(#checks)*
        }
    }
}

fn value(index: usize) -> Ident {
    format_ident!("value{index}", span = Span::mixed_site())
}

/// Goes into a member.
fn inside(level: &Level, place: &Ident) -> TokenStream {
    match level {
        Level::Same => TokenStream::new(),
        Level::Name(name) => quote!(let #place = &#place.member(#name);),
        Level::Index(index) => {
            let index = proc_macro2::Literal::usize_unsuffixed(*index);
            quote!(let #place = &#place.index(#index);)
        }
    }
}

fn check(member: &Member, names: &Names<'_>) -> TokenStream {
    let Names { value, place, report } = names;
    let inside = inside(&member.level, place);
    let is_optional = is_optional(&member.ty);
    let rules = member.rules.list.iter().map(|rule| rule.check(names, is_optional));
    let ty = &member.ty;
    // Reported on the type, if it has to have rules and has none.
    let own = if member.rules.is_nested {
        quote_spanned! {ty.span()=>
            <#ty as __fastservice::validation::Validate>::check(#value, #place, #report);
        }
    } else {
        quote_spanned! {ty.span()=>
            (&&__fastservice::probe::Member(#value)).check_member(#place, #report);
        }
    };
    // Where it has to have rules itself, it was asked already.
    let held = if member.rules.is_nested { Vec::new() } else { held(ty) };
    let held = held.iter().map(|inner| {
        quote_spanned!(ty.span()=> (&&__fastservice::probe::Holder::<#inner, #ty>::new()).demand();)
    });
    quote!({
        #inside
        #(#rules)*
        #own
        #(#held)*
    })
}

/// The types in one that holds others, such as a map or a tuple.
fn held(ty: &Type) -> Vec<&Type> {
    let inner: Vec<_> = match ty {
        Type::Tuple(tuple) => tuple.elems.iter().collect(),
        Type::Array(array) => vec![&*array.elem],
        Type::Path(path) => match path.path.segments.last().map(|last| &last.arguments) {
            Some(PathArguments::AngleBracketed(list)) => {
                list.args.iter().filter_map(ty_of).collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let deeper: Vec<_> = inner.iter().flat_map(|inner| held(inner)).collect();
    [inner, deeper].concat()
}

fn ty_of(argument: &GenericArgument) -> Option<&Type> {
    match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

fn is_optional(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            last.ident == "Option"
                && matches!(&last.arguments, PathArguments::AngleBracketed(list)
                if matches!(list.args.first(), Some(GenericArgument::Type(_))))
        }),
        _ => false,
    }
}

/// Of a type that is not known here all values must be checked.
fn bounds(input: &DeriveInput, checked: &Checked) -> Vec<TokenStream> {
    let members = || checked.cases.iter().flat_map(|case| &case.members);
    let parameters = input.generics.type_params();
    let used = parameters.filter(|parameter| {
        members().any(|member| mentions(member.ty.to_token_stream(), &parameter.ident))
    });
    let bounds = used.map(|parameter| {
        let name = &parameter.ident;
        quote_spanned!(name.span()=> #name: __fastservice::validation::Validate)
    });
    bounds.collect()
}

/// Whether it hangs on a parameter, so that its rules are not known where they are checked.
pub(super) fn is_generic(ty: &Type, generics: &Generics) -> bool {
    let mut parameters = generics.type_params();
    parameters.any(|parameter| mentions(ty.to_token_stream(), &parameter.ident))
}

fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}
