//! FastService from outside, one file for each room.

mod access;
mod answers;
mod arguments;
mod bodies;
mod context;
#[cfg(feature = "db")]
mod database;
mod endings;
mod errors;
mod layers;
mod routing;
mod settings;
mod startup;
mod wire;
