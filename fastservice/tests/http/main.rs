//! FastService from outside, one file for each room.

mod access;
#[cfg(feature = "client")]
mod access_tokens;
mod answers;
mod arguments;
mod authority;
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
#[cfg(feature = "docs")]
mod docs_pages;
mod endings;
mod errors;
mod health;
#[cfg(feature = "introspection")]
mod introspection;
mod layers;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(feature = "multipart")]
mod multipart;
mod openapi;
#[cfg(feature = "otlp")]
mod otlp;
mod prestart;
mod proxies;
mod routing;
#[cfg(feature = "client")]
mod service_client;
mod settings;
mod startup;
#[cfg(feature = "validation")]
mod validation;
mod wire;
