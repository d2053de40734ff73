//! One rule, and the code that checks it.
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, LitStr, spanned::Spanned};

/// One rule of a value.
pub(super) enum Rule {
    /// A function of the runtime, with its limit if it has one.
    Call { function: &'static str, limit: Option<Expr>, span: Span },
    /// A regular expression.
    Pattern { source: LitStr, span: Span },
    /// Rules for each value of a list or set.
    Inner { rules: Vec<Rule>, span: Span },
    /// A function of the service.
    Custom { function: Expr },
}

/// The names that the code of a rule uses.
pub(super) struct Names<'n> {
    pub(super) value: &'n Ident,
    pub(super) place: &'n Ident,
    pub(super) report: &'n Ident,
}

impl Rule {
    pub(super) fn check(&self, names: &Names<'_>, is_optional: bool) -> TokenStream {
        let Names { value, place, report } = names;
        match self {
            Self::Call { function, limit, span } => {
                let function = function_of(function, *span);
                let limit = limit.iter();
                quote_spanned!(*span=> #function(#value, #(#limit,)* #place, #report);)
            }
            Self::Pattern { source, span } => {
                let function = function_of("pattern", *span);
                quote!({
                    static PATTERN: __fastservice::LazyLock<__fastservice::validation::rules::Pattern> =
                        __fastservice::LazyLock::new(|| {
                            __fastservice::validation::rules::Pattern::new(#source)
                        });
                    #function(#value, &PATTERN, #place, #report);
                })
            }
            Self::Inner { rules, span } => {
                let function = function_of("inner", *span);
                let checks = rules.iter().map(|rule| rule.check(names, false));
                quote! {
                    #function(#value, #place, #report, |#value, #place, #report| { #(#checks)* });
                }
            }
            // A function is about the value, so of an `Option` about what is in it.
            Self::Custom { function } => {
                let call = quote_spanned!(function.span()=> (#function)(#value));
                let check = quote!(#report.take(#place, #call););
                if is_optional {
                    quote!(if let __fastservice::Some(#value) = #value { #check })
                } else {
                    check
                }
            }
        }
    }
}

/// A type that the rule is not for is reported on the rule.
fn function_of(name: &str, span: Span) -> TokenStream {
    let name = Ident::new(name, span);
    quote_spanned!(span=> __fastservice::validation::rules::#name)
}
