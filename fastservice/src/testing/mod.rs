//! Tests of a service without sockets: requests, tokens, replaced dependencies.

mod client;
#[cfg(feature = "client")]
mod outgoing;
#[cfg(feature = "postgres")]
mod postgres;
mod request;
mod response;

#[cfg(feature = "postgres")]
pub use self::postgres::PostgresServer;
pub use self::{client::TestClient, request::TestRequest, response::TestResponse};
pub use crate::dev_issuer::TokenRequest as TestToken;
