//! The service that others begin as a copy of: endpoints for everybody,
//! endpoints for who has a token, and a database behind both.

pub mod models;
pub mod page;
pub mod private_api;
pub mod public_api;
#[allow(missing_docs, reason = "`diesel print-schema` writes it")]
pub mod schema;

use std::convert::Infallible;

use diesel_migrations::embed_migrations;
use fastservice::{
    App,
    db::{EmbeddedMigrations, Migrations},
};

use self::public_api::Links;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The service: its endpoints are those that the modules annotate.
#[must_use]
pub fn app() -> App {
    App::new()
        .name(env!("CARGO_PKG_NAME"))
        .version(env!("CARGO_PKG_VERSION"))
        .public_prefix(public_api::PREFIX)
        .private_prefix(private_api::PREFIX)
        .state_from(async |settings| Ok::<_, Infallible>(Links::new(settings)))
        .database(Migrations::new().sqlite(SQLITE).postgres(POSTGRES))
}
