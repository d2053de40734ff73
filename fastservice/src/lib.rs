//! `FastService`: annotate a function, get a service.
//!
//! ```no_run
//! use fastservice::prelude::*;
//!
//! /// Say hello.
//! #[public_api(get = "/hello/{name}")]
//! async fn hello(name: String, shout: Option<bool>) -> String {
//!     let hello = format!("Hello {name}");
//!     if shout == Some(true) { hello.to_uppercase() } else { hello }
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     App::new().run()
//! }
//! ```
//!
//! [`public_api`] and [`private_api`] say where a function answers and for whom;
//! its arguments ([`extract`]) say what it takes, its result ([`response`]) what
//! it answers; [`App`] is made of all of them. [`settings`] lists what is set from
//! outside, [`testing`] calls a service without a socket.
//!
//! The modules are listed below in the order in which a request walks through
//! them, and each uses only those above it. Answers that hyper itself gives to
//! what is no HTTP (400, 431) have neither a request id nor a problem document.

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
#[cfg(any(feature = "client", feature = "introspection", feature = "jwt"))]
mod authority;
pub mod auth;
pub mod validation;
pub mod extract;
pub mod response;

// Services that a handler asks for.
pub mod background;
mod health;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "db")]
pub mod db;

// What the attributes register, and what is made of it.
pub mod registry;
#[cfg(any(feature = "dev-issuer", feature = "testing"))]
pub mod dev_issuer;
#[cfg(feature = "metrics")]
pub mod metrics;
mod docs;
mod builtin;
mod layers;
#[cfg(feature = "log")]
pub mod log;
#[cfg(feature = "otlp")]
pub mod otlp;
pub mod app;
#[cfg(all(feature = "reload", unix))]
mod reload;
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
#[doc = include_str!("../docs/param.md")]
pub use fastservice_macros::Param;
#[cfg(all(feature = "macros", feature = "validation"))]
#[doc = include_str!("../docs/validate.md")]
pub use fastservice_macros::Validate;
#[cfg(feature = "macros")]
#[doc = include_str!("../docs/private_api.md")]
pub use fastservice_macros::private_api;
#[cfg(feature = "macros")]
#[doc = include_str!("../docs/public_api.md")]
pub use fastservice_macros::public_api;

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
pub use schemars;
pub use secret::Secret;
