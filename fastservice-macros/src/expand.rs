//! Expand: a checked endpoint becomes a registration beside the untouched function.
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, ReturnType, Type};

use crate::{
    arguments::{Argument, Place},
    check::{self, Details, Endpoint, Method, Rule},
    function::Function,
    keys::Access,
};

/// The attribute's output. The function itself is always kept, so that one mistake does not cause
/// others.
pub(crate) fn attribute(access: Access, arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let function: Function = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = error.into_compile_error();
            return quote!(#item #error);
        }
    };
    let added = match check::endpoint(access, arguments, &function) {
        Ok(endpoint) => Expansion { endpoint: &endpoint, function: &function }.registration(),
        Err(mistakes) => mistakes.into_compile_errors(),
    };
    quote! {
        #[allow(clippy::too_many_arguments, clippy::unused_async)]
        #function
        #added
    }
}

struct Expansion<'a> {
    endpoint: &'a Endpoint,
    function: &'a Function,
}

impl Expansion<'_> {
    /// `__fastservice` is the module of all names that generated code uses; the function's own
    /// names are beside it. All is one constant, so that the compiler reports a wrong type once.
    fn registration(&self) -> TokenStream {
        let runtime = match &self.endpoint.runtime {
            None => quote!(::fastservice),
            Some(path) => quote!(#path),
        };
        let conditions = &self.endpoint.conditions;
        let deprecated = self.endpoint.is_marked_deprecated.then(|| quote!(deprecated,));
        let check = self.body_check();
        let route = self.route();
        let has_arguments = !self.endpoint.arguments.is_empty();
        let probes = has_arguments.then(|| {
            quote! {
                #[allow(unused_imports)]
                use __fastservice::probe::{CheckArgument as _, DemandArgument as _, SkipArgument as _};
            }
        });
        quote! {
            #(#conditions)*
            #[allow(#deprecated unused_qualifications)]
            const _: () = {
                use #runtime::__private as __fastservice;
                #probes
                const __ROUTE: __fastservice::Route = {
                    #check
                    #route
                };
                __fastservice::inventory::submit!(__ROUTE);
            };
        }
    }

    fn call(&self) -> TokenStream {
        let arguments = &self.endpoint.arguments;
        let names: Vec<_> = arguments.iter().map(local).collect();
        let request = self.request();
        let parameter = if names.is_empty() { quote!(_) } else { quote!(mut #request) };
        let extractions = arguments.iter().zip(&names).map(|(argument, name)| {
            let made = part(argument, "make_or_replace", "from_body", &quote!(&mut #request));
            let (first, _) = ends(&argument.ty);
            let wait = quote_spanned!(first=> .await);
            let checked = checked(argument, name);
            quote!(let mut #name = #made #wait; #checked;)
        });
        let gathering = gathering(&names);
        let answer = self.answer(&names);
        let name = self.function.signature.ident.span();
        let future = quote_spanned! {name=>
            __fastservice::Box::pin(async move {
                #(#extractions)*
                #gathering
                #answer
            })
        };
        quote!(|#parameter| #future)
    }

    /// A name for the request that no argument has.
    fn request(&self) -> Ident {
        let mut name = "request".to_owned();
        while self.endpoint.arguments.iter().any(|argument| argument.name == name) {
            name.push('_');
        }
        Ident::new(&name, Span::mixed_site())
    }

    /// The call of the function; a result that is no response is reported on its type.
    fn answer(&self, names: &[Ident]) -> TokenStream {
        let function = &self.function.signature.ident;
        let (first, last) = match &self.function.signature.output {
            ReturnType::Type(_, ty) => ends(ty),
            ReturnType::Default => (function.span(), function.span()),
        };
        let function = located(function, first);
        let wait = quote_spanned!(last=> .await);
        quote_spanned!(first=> __fastservice::IntoResponse::into_response(#function(#(#names),*) #wait))
    }

    fn describe(&self) -> TokenStream {
        let arguments = &self.endpoint.arguments;
        let operation = Ident::new("operation", Span::mixed_site());
        let described = arguments.iter().map(|argument| {
            let described = part(argument, "describe", "describe", &quote!(#operation));
            match argument.description.as_str() {
                "" => described,
                text => quote!(#operation.described(#text, |#operation| #described)),
            }
        });
        let answer = self.describe_answer(&operation);
        let is_empty = arguments.is_empty() && answer.is_none();
        let parameter = if is_empty { quote!(_) } else { quote!(#operation) };
        quote!(|#parameter| { #(#described;)* #answer })
    }

    /// What the type that is written for the answer says about it, or the result's. One without
    /// a name says nothing.
    fn describe_answer(&self, operation: &Ident) -> Option<TokenStream> {
        let ty = match (&self.endpoint.details.answers, &self.function.signature.output) {
            (Some(answers), _) => answers,
            (None, ReturnType::Type(_, ty)) if !matches!(**ty, Type::ImplTrait(_)) => &**ty,
            (None, _) => return None,
        };
        let (first, last) = ends(ty);
        let [source, function] = ["IntoResponse", "describe"].map(|name| Ident::new(name, first));
        let described = quote_spanned!(first=> <#ty as __fastservice::#source>::#function);
        let parameters = quote_spanned!(last=> (#operation));
        Some(quote!(#described #parameters;))
    }

    /// Whether each argument takes the body: aliases of types are known only to the compiler.
    fn bodies(&self) -> impl Iterator<Item = TokenStream> {
        self.endpoint.arguments.iter().map(|argument| {
            let Argument { place, ty, .. } = argument;
            let (first, _) = ends(ty);
            if *place == Place::Body {
                quote!(true)
            } else {
                quote_spanned!(first=> <#ty as __fastservice::FromRequest>::TAKES_BODY)
            }
        })
    }

    fn body_check(&self) -> Option<TokenStream> {
        let (method, allowed) = match &self.endpoint.method {
            Method::Bare => ("", 1),
            Method::Written(method) if method == "GET" || method == "HEAD" => (method.as_str(), 0),
            Method::Written(method) => (method.as_str(), 1),
        };
        let name = self.function.signature.ident.span();
        let bodies = self.bodies();
        let check = quote_spanned!(name=> __fastservice::check_bodies(#method, &[#(#bodies),*]));
        (self.endpoint.arguments.len() > allowed).then(|| quote!(#check;))
    }

    fn route(&self) -> TokenStream {
        let path = &self.endpoint.path;
        let method = self.method();
        let describe = self.describe();
        let call = self.call();
        let source = self.source();
        let rule = self.endpoint.rule.as_ref().map(|rule| {
            let rule = rule_tokens(rule);
            quote!(.private(#rule))
        });
        let details = details(&self.endpoint.details);
        quote! {
            __fastservice::Route::new(#method, #path, #describe, #call, #source)
            #rule
            #details
        }
    }

    fn method(&self) -> TokenStream {
        match &self.endpoint.method {
            Method::Written(method) => {
                let method = format_ident!("{method}");
                quote!(__fastservice::Method::#method)
            }
            Method::Bare if self.endpoint.arguments.is_empty() => {
                quote!(__fastservice::Method::GET)
            }
            Method::Bare => {
                let bodies = self.bodies();
                quote!(__fastservice::bare_method(&[#(#bodies),*]))
            }
        }
    }

    fn source(&self) -> TokenStream {
        let ident = &self.function.signature.ident;
        let name = syn::ext::IdentExt::unraw(ident).to_string();
        // With the span as it is: `line!` then gives the line of the name.
        let line = quote_spanned!(ident.span()=> ::core::line!());
        quote! {
            __fastservice::Source {
                function: #name,
                module: ::core::module_path!(),
                package: ::core::env!("CARGO_PKG_NAME"),
                file: ::core::file!(),
                line: #line,
            }
        }
    }
}

/// A call of what an argument's type does for its endpoint: a function of `FromRequest`, or one of
/// `FromBody` for a body marked by hand.
///
/// Each token outside parentheses has the span of the type: so the compiler reports a type that is
/// no argument on the type, in the same words for each call, which it then shows once.
fn part(
    argument: &Argument,
    of_request: &str,
    of_body: &str,
    subject: &TokenStream,
) -> TokenStream {
    let Argument { name, place, ty, .. } = argument;
    let (source, function, parameters) = match place {
        Place::Path => {
            ("FromRequest", of_request, quote!(#subject, __fastservice::Argument::path(#name)))
        }
        Place::Query => {
            ("FromRequest", of_request, quote!(#subject, __fastservice::Argument::query(#name)))
        }
        Place::Body => ("FromBody", of_body, quote!(#subject)),
    };
    let (first, last) = ends(ty);
    let [source, function] = [source, function].map(|name| Ident::new(name, first));
    let function = quote_spanned!(first=> <#ty as __fastservice::#source>::#function);
    let parameters = quote_spanned!(last=> (#parameters));
    quote!(#function #parameters)
}

/// Checks the rules of what was made for an argument, if its type has rules.
fn checked(argument: &Argument, made: &Ident) -> TokenStream {
    let (source, name) = match argument.place {
        Place::Path => ("path", argument.name.as_str()),
        Place::Query => ("query", argument.name.as_str()),
        Place::Body => ("body", ""),
    };
    let ty = &argument.ty;
    let (first, last) = ends(ty);
    let [first, last] = [first, last].map(|span| span.resolved_at(Span::mixed_site()));
    // The type is named, because that of `made` is not known where it is no argument: that is
    // reported already.
    let made = quote_spanned!(first=> (&mut &mut __fastservice::probe::Made::<#ty>(&mut #made)));
    quote_spanned!(last=> #made.check_argument(#source, #name))
}

/// The spans of the first and the last token: together they underline the whole type.
fn ends(ty: &Type) -> (Span, Span) {
    let mut tokens = ty.to_token_stream().into_iter();
    let first = tokens.next().map_or_else(Span::call_site, |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    (first, last)
}

/// Code that keeps the meaning of its names but is reported at `place`.
fn located(code: impl ToTokens, place: Span) -> TokenStream {
    let moved = code.to_token_stream().into_iter().map(|mut token| {
        token.set_span(place.resolved_at(token.span()));
        token
    });
    moved.collect()
}

/// The argument's name as a local variable, which can neither shadow the function nor be shadowed.
fn local(argument: &Argument) -> Ident {
    let mut local = argument.binding.clone();
    local.set_span(local.span().resolved_at(Span::mixed_site()));
    local
}

/// Takes the values out of the results, or answers with every fault at once.
fn gathering(names: &[Ident]) -> Option<TokenStream> {
    let values = match names {
        [] => return None,
        [name] => quote!(#name),
        names => quote!((#(#names),*)),
    };
    let results = match names {
        [name] => quote!(__fastservice::Ok(#name)),
        names => quote!((#(__fastservice::Ok(#names)),*)),
    };
    Some(quote! {
        let #values = match #values {
            #results => #values,
            #values => {
                return __fastservice::Err(__fastservice::Faults::new()#(.with(#names))*.into_error());
            }
        };
    })
}

fn rule_tokens(rule: &Rule) -> TokenStream {
    let Rule { scopes, permissions, any_scopes, any_permissions, is_m2m } = rule;
    let lists = [
        ("scopes", scopes),
        ("permissions", permissions),
        ("any_scopes", any_scopes),
        ("any_permissions", any_permissions),
    ];
    let mut fields = Vec::new();
    for (field, names) in lists {
        if !names.is_empty() {
            let field = format_ident!("{field}");
            fields.push(quote!(#field: &[#(#names),*]));
        }
    }
    if *is_m2m {
        fields.push(quote!(m2m: true));
    }
    if fields.is_empty() {
        quote!(__fastservice::Rule::NONE)
    } else {
        quote!(__fastservice::Rule { #(#fields,)* ..__fastservice::Rule::NONE })
    }
}

fn details(details: &Details) -> TokenStream {
    let Details { documentation, tags, operation_id, status, errors, .. } = details;
    let text = |method: &str, text: &str| {
        let method = format_ident!("{method}");
        (!text.is_empty()).then(|| quote!(.#method(#text)))
    };
    let summary = text("summary", &documentation.summary);
    let description = text("description", &documentation.description);
    let tags = (!tags.is_empty()).then(|| quote!(.tags(&[#(#tags),*])));
    let operation_id = operation_id.as_ref().map(|id| quote!(.operation_id(#id)));
    let deprecated = details.is_deprecated.then(|| quote!(.deprecated()));
    let hidden = details.is_hidden.then(|| quote!(.hidden()));
    let status = status.map(proc_macro2::Literal::u16_unsuffixed);
    let status = status.map(|status| quote!(.status(#status)));
    let errors = (!errors.is_empty()).then(|| {
        let errors = errors.iter().map(|(status, code)| {
            let status = proc_macro2::Literal::u16_unsuffixed(*status);
            quote!((#status, #code))
        });
        quote!(.errors(&[#(#errors),*]))
    });
    let timeout = details.timeout_milliseconds.map(|milliseconds| {
        let milliseconds = proc_macro2::Literal::u64_unsuffixed(milliseconds);
        quote!(.timeout(__fastservice::Duration::from_millis(#milliseconds)))
    });
    let body_limit = details.body_limit_bytes.map(|bytes| {
        let bytes = proc_macro2::Literal::u64_unsuffixed(bytes);
        quote!(.body_limit(#bytes))
    });
    let cancellable = details.is_cancellable.map(|is_so| quote!(.cancellable(#is_so)));
    quote! {
        #summary #description #tags #operation_id #deprecated #hidden #status #errors #timeout #body_limit
        #cancellable
    }
}
