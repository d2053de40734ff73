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
pub mod claims;

// The way of a request.
pub mod context;
pub mod routing;
pub mod auth;

#[cfg(feature = "dev-issuer")]
pub mod dev_issuer;

pub use error::{Error, Result};
