//! Access control, through its public door.
#![cfg(feature = "dev-issuer")]

mod algorithms;
mod issuers;
mod key_set;
mod known;
mod mutated;
mod outside;
mod random;
mod remembered;
mod rights;
mod seeds;
mod socket;
mod support;
mod table;
mod tenant;
