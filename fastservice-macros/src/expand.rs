//! Expand: a checked endpoint becomes a registration beside the untouched function.
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, ReturnType, spanned::Spanned};

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
        let allow = self.endpoint.is_marked_deprecated.then(|| quote!(#[allow(deprecated)]));
        let check = self.body_check();
        let call = self.call();
        let describe = self.describe();
        let route = self.route();
        quote! {
            #(#conditions)*
            #allow
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
        let runtime = &self.endpoint.runtime;
        quote!(#runtime::__private)
    }

    /// The request, under a name that no argument has.
    fn request(&self) -> Ident {
        let is_taken = self.endpoint.arguments.iter().any(|argument| argument.name == "request");
        Ident::new(if is_taken { "__request" } else { "request" }, Span::mixed_site())
    }

    fn call(&self) -> TokenStream {
        let private = self.private();
        let request = self.request();
        let arguments = &self.endpoint.arguments;
        let names: Vec<_> = arguments.iter().map(local).collect();
        let parameter = if names.is_empty() { quote!(_) } else { quote!(mut #request) };
        let extractions = arguments.iter().map(|argument| self.extraction(argument));
        let gathering = gathering(&private, &names);
        let answer = self.answer(&names);
        let name = self.function.signature.ident.span().resolved_at(Span::mixed_site());
        let future = quote_spanned! {name=>
            #private::Box::pin(async move {
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

    fn extraction(&self, argument: &Argument) -> TokenStream {
        let request = self.request();
        let local = local(argument);
        let taken = self.typed(&request, argument);
        quote!(let #local = #taken.await;)
    }

    /// `request.argument::<i64>(Argument::path("id"))`, or the same for the description.
    fn typed(&self, receiver: &Ident, argument: &Argument) -> TokenStream {
        let private = self.private();
        let Argument { name, place, ty, .. } = argument;
        let span = ty.span().resolved_at(Span::mixed_site());
        match place {
            Place::Path => {
                quote_spanned!(span=> #receiver.argument::<#ty>(#private::Argument::path(#name)))
            }
            Place::Query => {
                quote_spanned!(span=> #receiver.argument::<#ty>(#private::Argument::query(#name)))
            }
            Place::Body => quote_spanned!(span=> #receiver.body::<#ty>()),
        }
    }

    /// The call of the function; a result that is no response is reported on its type.
    fn answer(&self, names: &[Ident]) -> TokenStream {
        let private = self.private();
        let function = &self.function.signature.ident;
        let span = match &self.function.signature.output {
            ReturnType::Type(_, ty) => ty.span(),
            ReturnType::Default => function.span(),
        };
        let span = span.resolved_at(Span::mixed_site());
        quote_spanned!(span=> #private::IntoResponse::into_response(#function(#(#names),*).await))
    }

    fn describe(&self) -> TokenStream {
        let private = self.private();
        let arguments = &self.endpoint.arguments;
        let operation = Ident::new("operation", Span::mixed_site());
        let parameter = if arguments.is_empty() { quote!(_) } else { quote!(#operation) };
        let described = arguments.iter().map(|argument| self.typed(&operation, argument));
        quote! {
            fn __describe(#parameter: &mut #private::Operation) {
                #(#described;)*
            }
        }
    }

    /// Whether each argument takes the body: aliases of types are known only to the compiler.
    fn bodies(&self) -> impl Iterator<Item = TokenStream> {
        let private = self.private();
        self.endpoint.arguments.iter().map(move |argument| match argument.place {
            Place::Body => quote!(true),
            Place::Path | Place::Query => {
                let ty = &argument.ty;
                let span = ty.span().resolved_at(Span::mixed_site());
                quote_spanned!(span=> <#ty as #private::FromRequest>::TAKES_BODY)
            }
        })
    }

    fn body_check(&self) -> Option<TokenStream> {
        let (method, allowed) = match &self.endpoint.method {
            Method::Bare => ("", 1),
            Method::Written(method) if method == "GET" || method == "HEAD" => (method.as_str(), 0),
            Method::Written(method) => (method.as_str(), 1),
        };
        let private = self.private();
        let bodies = self.bodies();
        (self.endpoint.arguments.len() > allowed)
            .then(|| quote!(const _: () = #private::check_bodies(#method, &[#(#bodies),*]);))
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
