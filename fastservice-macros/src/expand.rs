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
        #[allow(clippy::unused_async)]
        #function
        #added
    }
}

struct Expansion<'a> {
    endpoint: &'a Endpoint,
    function: &'a Function,
}

impl Expansion<'_> {
    fn registration(&self) -> TokenStream {
        let private = self.private();
        let conditions = &self.endpoint.conditions;
        let deprecated = self.endpoint.is_marked_deprecated.then(|| quote!(deprecated,));
        let check = self.body_check();
        let call = self.call();
        let describe = self.describe();
        let route = self.route();
        quote! {
            #(#conditions)*
            #[allow(#deprecated unused_qualifications)]
            const _: () = {
                #check
                #call
                #describe
                #private::inventory::submit! { #route }
            };
        }
    }

    /// The only names that generated code may use.
    fn private(&self) -> TokenStream {
        self.private_at(Span::call_site())
    }

    fn private_at(&self, span: Span) -> TokenStream {
        let runtime = match &self.endpoint.runtime {
            None => quote_spanned!(span=> ::fastservice),
            Some(path) => located(path, span),
        };
        quote_spanned!(span=> #runtime::__private)
    }

    fn call(&self) -> TokenStream {
        let private = self.private();
        let request = request();
        let arguments = &self.endpoint.arguments;
        let names: Vec<_> = arguments.iter().map(local).collect();
        let parameter = if names.is_empty() { quote!(_) } else { quote!(mut #request) };
        let extractions = arguments.iter().map(|argument| self.extraction(argument));
        let gathering = gathering(&private, &names);
        let answer = self.answer(&names);
        let name = self.function.signature.ident.span();
        let pinned = self.private_at(name);
        let future = quote_spanned! {name=>
            #pinned::Box::pin(async move {
                #(#extractions)*
                #gathering
                #answer
            })
        };
        quote! {
            fn __call(#parameter: #private::Request) -> #private::HandlerFuture {
                #future
            }
        }
    }

    /// Takes one argument out of the request.
    ///
    /// Each token outside parentheses has the span of the type: so the compiler reports a type that
    /// is no argument on the type, in the same words for each use, which it then shows once.
    fn extraction(&self, argument: &Argument) -> TokenStream {
        let Argument { ty, .. } = argument;
        let (first, last) = ends(ty);
        let private = self.private_at(first);
        let local = local(argument);
        let request = request();
        let (function, arguments) = match self.location(argument) {
            Some(location) => (
                quote_spanned!(first=> #private::Request::argument::<#ty>),
                quote_spanned!(last=> (&mut #request, #location)),
            ),
            None => (
                quote_spanned!(first=> <#ty as #private::FromBody>::from_body),
                quote_spanned!(last=> (&mut #request)),
            ),
        };
        let wait = quote_spanned!(first=> .await);
        quote!(let #local = #function #arguments #wait;)
    }

    /// Describes one argument, with the spans of its extraction.
    fn description(&self, argument: &Argument, operation: &Ident) -> TokenStream {
        let Argument { ty, .. } = argument;
        let (first, last) = ends(ty);
        let private = self.private_at(first);
        let (function, arguments) = match self.location(argument) {
            Some(location) => (
                quote_spanned!(first=> <#ty as #private::FromRequest>::describe),
                quote_spanned!(last=> (#operation, #location)),
            ),
            None => (
                quote_spanned!(first=> <#ty as #private::FromBody>::describe),
                quote_spanned!(last=> (#operation)),
            ),
        };
        quote!(#function #arguments;)
    }

    /// Where an argument of a plain type is; a body marked by hand has no name.
    fn location(&self, argument: &Argument) -> Option<TokenStream> {
        let private = self.private();
        let name = &argument.name;
        match argument.place {
            Place::Path => Some(quote!(#private::Argument::path(#name))),
            Place::Query => Some(quote!(#private::Argument::query(#name))),
            Place::Body => None,
        }
    }

    /// The call of the function; a result that is no response is reported on its type.
    fn answer(&self, names: &[Ident]) -> TokenStream {
        let function = &self.function.signature.ident;
        let (first, last) = match &self.function.signature.output {
            ReturnType::Type(_, ty) => ends(ty),
            ReturnType::Default => (function.span(), function.span()),
        };
        let private = self.private_at(first);
        let function = located(function, first);
        let wait = quote_spanned!(last=> .await);
        quote_spanned!(first=> #private::IntoResponse::into_response(#function(#(#names),*) #wait))
    }

    fn describe(&self) -> TokenStream {
        let private = self.private();
        let arguments = &self.endpoint.arguments;
        let operation = Ident::new("operation", Span::call_site());
        let parameter = if arguments.is_empty() { quote!(_) } else { quote!(#operation) };
        let described = arguments.iter().map(|argument| self.description(argument, &operation));
        quote! {
            fn __describe(#parameter: &mut #private::Operation) {
                #(#described)*
            }
        }
    }

    /// Whether each argument takes the body: aliases of types are known only to the compiler.
    fn bodies(&self) -> impl Iterator<Item = TokenStream> {
        self.endpoint.arguments.iter().map(|argument| {
            let Argument { place, ty, .. } = argument;
            let (first, _) = ends(ty);
            let private = self.private_at(first);
            if *place == Place::Body {
                quote!(true)
            } else {
                quote_spanned!(first=> <#ty as #private::FromRequest>::TAKES_BODY)
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
        let private = self.private_at(name);
        let bodies = self.bodies();
        let check = quote_spanned!(name=> #private::check_bodies(#method, &[#(#bodies),*]));
        (self.endpoint.arguments.len() > allowed).then(|| quote!(const _: () = #check;))
    }

    fn route(&self) -> TokenStream {
        let private = self.private();
        let path = &self.endpoint.path;
        let method = self.method();
        let source = self.source();
        let rule = self.endpoint.rule.as_ref().map(|rule| {
            let rule = rule_tokens(&private, rule);
            quote!(.private(#rule))
        });
        let details = details(&private, &self.endpoint.details);
        quote! {
            #private::Route::new(#method, #path, __call, __describe, #source)
            #rule
            #details
        }
    }

    fn method(&self) -> TokenStream {
        let private = self.private();
        match &self.endpoint.method {
            Method::Written(method) => {
                let method = format_ident!("{method}");
                quote!(#private::Method::#method)
            }
            Method::Bare if self.endpoint.arguments.is_empty() => quote!(#private::Method::GET),
            Method::Bare => {
                let bodies = self.bodies();
                quote!(#private::bare_method(&[#(#bodies),*]))
            }
        }
    }

    fn source(&self) -> TokenStream {
        let private = self.private();
        let ident = &self.function.signature.ident;
        let name = syn::ext::IdentExt::unraw(ident).to_string();
        // With the span as it is: `line!` then gives the line of the name.
        let line = quote_spanned!(ident.span()=> ::core::line!());
        quote! {
            #private::Source {
                function: #name,
                module: ::core::module_path!(),
                package: ::core::env!("CARGO_PKG_NAME"),
                file: ::core::file!(),
                line: #line,
            }
        }
    }
}

/// The request in generated code. It cannot be mistaken for an argument: those have other hygiene.
fn request() -> Ident {
    Ident::new("request", Span::call_site())
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
fn gathering(private: &TokenStream, names: &[Ident]) -> Option<TokenStream> {
    let values = match names {
        [] => return None,
        [name] => quote!(#name),
        names => quote!((#(#names),*)),
    };
    let results = match names {
        [name] => quote!(#private::Ok(#name)),
        names => quote!((#(#private::Ok(#names)),*)),
    };
    Some(quote! {
        let #values = match #values {
            #results => #values,
            #values => {
                return #private::Err(#private::Faults::new()#(.with(#names))*.into_error());
            }
        };
    })
}

fn rule_tokens(private: &TokenStream, rule: &Rule) -> TokenStream {
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
        quote!(#private::Rule::NONE)
    } else {
        quote!(#private::Rule { #(#fields,)* ..#private::Rule::NONE })
    }
}

fn details(private: &TokenStream, details: &Details) -> TokenStream {
    let Details { documentation, tags, operation_id, status, .. } = details;
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
    let timeout = details.timeout_milliseconds.map(|milliseconds| {
        let milliseconds = proc_macro2::Literal::u64_unsuffixed(milliseconds);
        quote!(.timeout(#private::Duration::from_millis(#milliseconds)))
    });
    let body_limit = details.body_limit_bytes.map(|bytes| {
        let bytes = proc_macro2::Literal::u64_unsuffixed(bytes);
        quote!(.body_limit(#bytes))
    });
    quote!(#summary #description #tags #operation_id #deprecated #hidden #status #timeout #body_limit)
}
