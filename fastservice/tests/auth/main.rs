//! Access control, through its public door.
#![cfg(feature = "dev-issuer")]

mod algorithms;
mod outside;
mod random;
mod rights;
mod support;
mod table;
