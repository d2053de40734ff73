//! PostgreSQL: connecting, and what a connection of the pool can do.

mod counted;
mod hosts;
mod member;
mod migrations;
mod server;
mod session;
mod tls;
mod url;

use diesel_async::AsyncConnectionCore;

use self::counted::{Counted, Watch};
pub(super) use self::{counted::Rows, member::Member, migrations::run as migrate, server::Server};

/// The connection to PostgreSQL that queries take.
pub type Queries = diesel_async::AsyncPgConnection;
pub(super) type Load<'conn, 'query> =
    Counted<'conn, <Queries as AsyncConnectionCore>::LoadFuture<'conn, 'query>>;
pub(super) type Execute<'conn, 'query> =
    Counted<'conn, <Queries as AsyncConnectionCore>::ExecuteFuture<'conn, 'query>>;
type QueryRows = <Queries as AsyncConnectionCore>::Stream<'static, 'static>;

/// The rows of this query, which are watched as it is.
pub(super) fn rows_of(load: &Load<'_, '_>, rows: QueryRows) -> Rows {
    load.watched(rows)
}
