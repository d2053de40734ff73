//! Tests of a service without sockets: requests, tokens, replaced dependencies.

mod client;
mod request;
mod response;

pub use self::{client::TestClient, request::TestRequest, response::TestResponse};
pub use crate::dev_issuer::TokenRequest as TestToken;
