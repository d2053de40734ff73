//! PostgreSQL: connecting, and what a connection of the pool can do.

mod counted;
mod member;
mod migrations;
mod server;
mod tls;

use diesel_async::AsyncConnectionCore;

use self::counted::Counted;
pub(super) use self::{member::Member, migrations::run as migrate, server::Server};
use super::unfinished::Unfinished;

/// The connection to PostgreSQL that queries take.
pub type Queries = diesel_async::AsyncPgConnection;
pub(super) type Load<'conn, 'query> =
    Counted<<Queries as AsyncConnectionCore>::LoadFuture<'conn, 'query>>;
pub(super) type Execute<'conn, 'query> =
    Counted<<Queries as AsyncConnectionCore>::ExecuteFuture<'conn, 'query>>;

/// What counts this query.
pub(super) fn unfinished_of(load: &Load<'_, '_>) -> Unfinished {
    load.unfinished().clone()
}
