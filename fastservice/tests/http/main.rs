//! FastService from outside, one file for each room.

mod access;
mod answers;
mod arguments;
mod bodies;
mod context;
#[cfg(feature = "db")]
mod database;
mod errors;
mod layers;
mod routing;
mod settings;
mod startup;
mod wire;
