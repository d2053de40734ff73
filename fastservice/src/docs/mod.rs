//! The interface in words: the `OpenAPI` document, made of the registered routes.

mod document;
mod operation;
#[cfg(feature = "docs")]
pub(crate) mod pages;
mod problem;
mod security;
mod serving;

pub(crate) use self::{
    document::{Document, Info},
    serving::{OPENAPI, Served},
};
