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
#[cfg(feature = "dev-issuer")]
mod dev_issuer;
mod endings;
mod errors;
mod health;
mod layers;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(feature = "otlp")]
mod otlp;
mod proxies;
mod routing;
mod settings;
mod startup;
mod wire;
