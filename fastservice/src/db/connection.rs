use std::fmt;

use diesel::{
    QueryResult,
    query_builder::{AsQuery, QueryFragment, QueryId},
    result::{DatabaseErrorKind, Error as QueryError},
};
use diesel_async::{AsyncConnectionCore, SimpleAsyncConnection};
use futures_util::future::{self, BoxFuture, Either};

use super::{
    backend::MultiBackend,
    member::Member,
    pool::Pooled,
    postgres,
    rows::{Load, Row, Rows},
    sqlite,
    translated::Translated,
};

/// A connection out of the pool, for queries of [`diesel_async`]: they take it
/// as `&mut conn`, and it runs them on SQLite and on PostgreSQL. It goes back
/// to the pool when it is dropped.
///
/// A connection with an open transaction or a running query never goes back:
/// it is closed, and what was not committed is rolled back. What is begun behind
/// its back, by `sql_query("BEGIN")`, is not seen: use [`transaction`](Connection::transaction).
///
/// On PostgreSQL all statements of one `batch_execute` together have the time limit
/// `DATABASE_STATEMENT_TIMEOUT` and a little more: then the server counts as gone.
///
/// Columns that a statement returns are named, as in `returning(items::all_columns)`:
/// diesel cannot translate `as_returning()`. What only one database has is written for the connection of that one:
/// [`as_postgres`](Connection::as_postgres) and [`as_sqlite`](Connection::as_sqlite).
pub struct Connection {
    pooled: Pooled,
    is_abandoned: bool,
}

impl Connection {
    pub(super) fn new(pooled: Pooled) -> Self {
        Self { pooled, is_abandoned: false }
    }

    /// What runs the queries.
    ///
    /// # Errors
    /// After a transaction that was dropped before its end: what is done inside of
    /// it would be lost.
    pub(super) fn member(&mut self) -> QueryResult<&mut Member> {
        if self.is_abandoned { Err(abandoned()) } else { Ok(&mut self.pooled) }
    }

    /// Nothing is done on it any more, nor is it handed on.
    pub(super) fn abandon(&mut self) {
        self.is_abandoned = true;
        self.pooled.keep_out();
    }

    /// The connection to SQLite, if it is one, for queries of SQLite alone. It does not go
    /// back to the pool: what was done with it is not known. There is none after a
    /// [`transaction`](Connection::transaction) that was dropped before its end.
    pub fn as_sqlite(&mut self) -> Option<&mut sqlite::Queries> {
        match self.member().ok()? {
            Member::Sqlite(member) => Some(member.hand_out()),
            Member::Postgres(_) => None,
        }
    }

    /// The connection to PostgreSQL, if it is one, for queries of PostgreSQL alone. It does
    /// not go back to the pool: what was done with it is not known. There is none after a
    /// [`transaction`](Connection::transaction) that was dropped before its end.
    pub fn as_postgres(&mut self) -> Option<&mut postgres::Queries> {
        match self.member().ok()? {
            Member::Sqlite(_) => None,
            Member::Postgres(member) => Some(member.hand_out()),
        }
    }
}

impl SimpleAsyncConnection for Connection {
    async fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        match self.member()? {
            Member::Sqlite(member) => member.batch_execute(query).await,
            Member::Postgres(member) => member.batch_execute(query).await,
        }
    }
}

impl AsyncConnectionCore for Connection {
    type LoadFuture<'conn, 'query> = Load<'conn, 'query>;
    type ExecuteFuture<'conn, 'query> = Either<
        <sqlite::Queries as AsyncConnectionCore>::ExecuteFuture<'conn, 'query>,
        postgres::Execute<'conn, 'query>,
    >;
    type Stream<'conn, 'query> = Rows;
    type Row<'conn, 'query> = Row;
    type Backend = MultiBackend;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> Self::LoadFuture<'conn, 'query>
    where
        T: AsQuery + 'query,
        T::Query: QueryFragment<MultiBackend> + QueryId + 'query,
    {
        match self.member() {
            Err(error) => Load::Sqlite(refused(error)),
            Ok(Member::Sqlite(member)) => {
                let query = Translated::for_sqlite(source.as_query());
                Load::Sqlite(member.queries().load(query))
            }
            Ok(Member::Postgres(member)) => {
                Load::Postgres(member.load(Translated::for_postgres(source.as_query())))
            }
        }
    }

    fn execute_returning_count<'conn, 'query, T>(
        &'conn mut self,
        source: T,
    ) -> Self::ExecuteFuture<'conn, 'query>
    where
        T: QueryFragment<MultiBackend> + QueryId + 'query,
    {
        match self.member() {
            Err(error) => Either::Left(refused(error)),
            Ok(Member::Sqlite(member)) => {
                let query = Translated::for_sqlite(source);
                Either::Left(member.queries().execute_returning_count(query))
            }
            Ok(Member::Postgres(member)) => {
                Either::Right(member.execute(Translated::for_postgres(source)))
            }
        }
    }
}

/// SQLite's queries are boxed futures, among which any other one fits.
fn refused<'query, T: Send + 'query>(error: QueryError) -> BoxFuture<'query, QueryResult<T>> {
    Box::pin(future::ready(Err(error)))
}

fn abandoned() -> QueryError {
    let text = "a transaction of this connection was dropped before its end, so that nothing can \
                be done on it any more; take another connection";
    QueryError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(text.to_owned()))
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}
