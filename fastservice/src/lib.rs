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

// What the attributes register, and what is made of it.
pub mod registry;
mod builtin;
mod log;
#[cfg(feature = "dev-issuer")]
pub mod dev_issuer;
pub mod app;
#[cfg(feature = "cli")]
mod cli;

pub mod prelude;
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[cfg(feature = "macros")]
pub use fastservice_macros::{Param, private_api, public_api};

pub use app::App;
pub use error::{Error, Result};
pub use secret::Secret;
