//! FastService from outside, one file for each room.

mod access;
mod answers;
mod arguments;
mod bodies;
mod context;
mod errors;
mod layers;
mod routing;
mod startup;
mod wire;
