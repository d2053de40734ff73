//! `FastService`: annotate a function, get a service.

#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::print_stdout,
        clippy::dbg_macro
    )
)]

// Nouns that every room shares.
pub mod error;
pub mod body;
pub mod json;
pub mod secret;
pub mod claims;
pub mod settings;
pub mod openapi;

// The way of a request.
pub mod server;
pub mod context;
pub mod routing;
pub mod auth;
pub mod extract;
pub mod response;

// Services that a handler asks for.
#[cfg(feature = "db")]
pub mod db;

// What the attributes register, and what is made of it.
pub mod registry;
#[cfg(feature = "dev-issuer")]
pub mod dev_issuer;
mod builtin;
#[cfg(feature = "cli")]
mod log;
pub mod app;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "testing")]
#[allow(clippy::panic, reason = "a test fails by a panic")]
pub mod testing;

pub mod prelude;
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[cfg(feature = "macros")]
pub use fastservice_macros::{Param, private_api, public_api};

/// Links crates of handlers into the binary, and expects a route of each.
///
/// A crate that a binary depends on but never names is not linked, and its
/// endpoints would be missing without a word. Write this once, in the binary:
///
/// ```ignore
/// fastservice::link!(orders, customers);
/// ```
///
/// A service does not start when a linked crate registers no endpoint.
#[macro_export]
macro_rules! link {
    ($($name:ident),+ $(,)?) => {
        $(
            use $name as _;
            $crate::__private::inventory::submit! {
                $crate::__private::LinkedCrate(::core::stringify!($name))
            }
        )+
    };
}

/// The README's sample must compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;

pub use app::App;
pub use error::{Error, Result};
pub use secret::Secret;
