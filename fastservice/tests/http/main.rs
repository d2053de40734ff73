//! FastService from outside, one file for each room.

mod access;
mod answers;
mod arguments;
mod background;
mod bodies;
#[cfg(feature = "client")]
mod client;
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
mod settings;
mod startup;
mod wire;
