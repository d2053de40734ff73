//! The attributes of `FastService`; documented where `fastservice` re-exports them.
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::print_stdout
    )
)]

mod mistakes;
mod nearest;
mod keys;
mod attribute;
mod values;
mod path;
mod documentation;
mod function;
mod arguments;
mod check;
mod expand;
mod rename;
mod serde_attribute;
mod param_attribute;
mod param;
#[cfg(feature = "validation")]
mod validate;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Serves a function to everyone; documented in `fastservice`.
#[proc_macro_attribute]
pub fn public_api(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(keys::Access::Public, arguments.into(), &item.into()).into()
}

/// Serves a function to callers with a token; documented in `fastservice`.
#[proc_macro_attribute]
pub fn private_api(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(keys::Access::Private, arguments.into(), &item.into()).into()
}

/// Reads a type from the text of a path or query parameter; documented in `fastservice`.
#[proc_macro_derive(Param, attributes(param, serde))]
pub fn derive_param(item: TokenStream) -> TokenStream {
    param::derive(item.into()).into()
}

/// Checks a value's rules before the handler runs; documented in `fastservice`.
#[cfg(feature = "validation")]
#[proc_macro_derive(Validate, attributes(validate, schemars, serde))]
pub fn derive_validate(item: TokenStream) -> TokenStream {
    validate::derive(item.into()).into()
}
