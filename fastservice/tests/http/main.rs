//! FastService from outside, one file for each room.

mod access;
mod answers;
mod arguments;
mod bodies;
mod context;
#[cfg(feature = "cors")]
mod cors;
#[cfg(feature = "db")]
mod database;
mod endings;
mod errors;
mod health;
mod layers;
mod proxies;
mod routing;
mod startup;
mod wire;
