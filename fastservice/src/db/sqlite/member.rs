use diesel::{
    QueryResult, SqliteConnection,
    connection::{AnsiTransactionManager, TransactionManager as _},
    result::Error as QueryError,
};
use diesel_async::{AsyncConnection, TransactionManager};

use super::{Queries, worker::Worker};
use crate::db::unfinished::Unfinished;

/// A connection to SQLite.
pub(in crate::db) struct Member {
    queries: Queries,
    unfinished: Unfinished,
}

impl Member {
    pub(in crate::db) fn new(connection: SqliteConnection) -> Self {
        let worker = Worker::default();
        let unfinished = worker.unfinished();
        Self { queries: Queries::with_runtime(connection, worker), unfinished }
    }

    pub(in crate::db) fn queries(&mut self) -> &mut Queries {
        &mut self.queries
    }

    /// Whether no query runs and no transaction is open. The order matters: the
    /// second question panics while a query runs.
    pub(in crate::db) fn is_free(&mut self) -> bool {
        type Transactions = <Queries as AsyncConnection>::TransactionManager;
        self.unfinished.is_none() && !Transactions::is_broken_transaction_manager(&mut self.queries)
    }

    /// A transaction that began to read could not write after another one has, so
    /// that each one is a writer from its beginning.
    pub(in crate::db) async fn begin(&mut self) -> QueryResult<()> {
        self.step(|sqlite| {
            match AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE") {
                Err(QueryError::AlreadyInTransaction) => {
                    AnsiTransactionManager::begin_transaction(sqlite)
                }
                begun => begun,
            }
        })
        .await
    }

    pub(in crate::db) async fn commit(&mut self) -> QueryResult<()> {
        self.step(AnsiTransactionManager::commit_transaction).await
    }

    pub(in crate::db) async fn roll_back(&mut self) -> QueryResult<()> {
        self.step(AnsiTransactionManager::rollback_transaction).await
    }

    async fn step(
        &mut self,
        step: impl FnOnce(&mut SqliteConnection) -> QueryResult<()> + Send + 'static,
    ) -> QueryResult<()> {
        self.queries.spawn_blocking(step).await
    }
}
