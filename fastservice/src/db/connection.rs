use std::{
    fmt,
    future::Future,
    ops::{Deref, DerefMut},
};

use diesel::{
    QueryResult,
    connection::{AnsiTransactionManager, TransactionManager},
    result::Error as QueryError,
};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;

use super::{pool::Pooled, sqlite, worker::Worker};
use crate::error::{Error, Result};

/// A connection out of the pool, for queries of [`diesel_async`]: they take it
/// as `&mut conn`. It goes back to the pool when it is dropped.
///
/// A connection with an open transaction or a running query never goes back:
/// it is closed, and what was not committed is rolled back.
pub struct Connection(Pooled);

impl Connection {
    pub(super) fn new(pooled: Pooled) -> Self {
        Self(pooled)
    }

    /// Runs queries as one: all of them happen if `work` returns `Ok`, none if it
    /// returns an error. Inside of another transaction it is a savepoint.
    ///
    /// On SQLite it waits for other writers before `work` begins, so that what
    /// was read inside is still true when something is written.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use diesel_async::RunQueryDsl;
    /// # use fastservice::prelude::*;
    /// # diesel::table! { accounts (id) { id -> BigInt, cents -> BigInt } }
    /// #[private_api(post = "/transfers")]
    /// async fn transfer(from: i64, to: i64, cents: i64, db: Db) -> Result<()> {
    ///     let mut conn = db.connection().await?;
    ///     conn.transaction(async |conn| {
    ///         let give = diesel::update(accounts::table.find(from));
    ///         let rest: i64 = give
    ///             .set(accounts::cents.eq(accounts::cents - cents))
    ///             .returning(accounts::cents)
    ///             .get_result(conn)
    ///             .await?;
    ///         if rest < 0 {
    ///             return Err(Error::conflict("the account holds less than that"));
    ///         }
    ///         let take = diesel::update(accounts::table.find(to));
    ///         take.set(accounts::cents.eq(accounts::cents + cents)).execute(conn).await?;
    ///         Ok(())
    ///     })
    ///     .await
    /// }
    /// ```
    ///
    /// # Errors
    /// The error of `work`; 503 `database_busy` when other writers take longer than 5
    /// seconds; 500 when the transaction cannot be committed.
    ///
    /// # Cancellation
    /// Dropping the future leaves the transaction open until the connection is dropped too,
    /// as both are when a handler is dropped. Then it is rolled back.
    pub async fn transaction<'a, T, F>(&mut self, work: F) -> Result<T>
    where
        for<'c> F: AsyncFnOnce(&'c mut Self) -> Result<T>
            + Work<&'c mut Self, Result<T>, Future: Send>
            + Send
            + 'a,
        T: Send + 'a,
    {
        self.on_sqlite(begin).await.map_err(not_begun)?;
        match work(self).await {
            Ok(value) => {
                self.on_sqlite(AnsiTransactionManager::commit_transaction).await?;
                Ok(value)
            }
            Err(error) => {
                // A connection that cannot roll back is closed, which rolls back too.
                let _ = self.on_sqlite(AnsiTransactionManager::rollback_transaction).await;
                Err(error)
            }
        }
    }

    async fn on_sqlite(
        &mut self,
        step: impl FnOnce(&mut diesel::SqliteConnection) -> QueryResult<()> + Send + 'static,
    ) -> QueryResult<()> {
        self.0.spawn_blocking(step).await
    }
}

/// A transaction that began to read could not write after another one has, so
/// that each one is a writer from its beginning.
fn begin(sqlite: &mut diesel::SqliteConnection) -> QueryResult<()> {
    match AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE") {
        Err(QueryError::AlreadyInTransaction) => AnsiTransactionManager::begin_transaction(sqlite),
        begun => begun,
    }
}

fn not_begun(error: QueryError) -> Error {
    if sqlite::is_locked(&error) { super::busy().with_source(error) } else { error.into() }
}

impl Deref for Connection {
    type Target = SyncConnectionWrapper<diesel::SqliteConnection, Worker>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

/// An async closure, with a name for its future: no bound of `AsyncFnOnce` can
/// ask yet that the future is `Send`. Every such closure has it.
pub trait Work<A, T>: AsyncFnOnce(A) -> T + FnOnce(A) -> <Self as Work<A, T>>::Future {
    /// What the closure returns.
    type Future: Future<Output = T>;
}

impl<F, A, T, R> Work<A, T> for F
where
    F: AsyncFnOnce(A) -> T + FnOnce(A) -> R,
    R: Future<Output = T>,
{
    type Future = R;
}
