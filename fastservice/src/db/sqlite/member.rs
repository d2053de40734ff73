use diesel::{
    QueryResult, SqliteConnection,
    connection::{AnsiTransactionManager, TransactionManager as _},
    result::Error as QueryError,
};
use diesel_async::{AsyncConnection, SimpleAsyncConnection, TransactionManager};

use super::{Queries, worker::Worker};
use crate::db::{
    member::{Isolation, may_open_transaction},
    pool::Seat,
    unfinished::Unfinished,
};

/// A connection to SQLite.
pub(in crate::db) struct Member {
    queries: Queries,
    unfinished: Unfinished,
    is_kept_out: bool,
}

impl Member {
    pub(in crate::db) fn new(connection: SqliteConnection, seat: Option<Seat>) -> Self {
        let worker = Worker::new(seat);
        let unfinished = worker.unfinished();
        let queries = Queries::with_runtime(connection, worker);
        Self { queries, unfinished, is_kept_out: false }
    }

    pub(in crate::db) fn queries(&mut self) -> &mut Queries {
        &mut self.queries
    }

    /// The connection itself. What is done with it is not seen, so that it is not used again.
    pub(in crate::db) fn hand_out(&mut self) -> &mut Queries {
        self.keep_out();
        &mut self.queries
    }

    /// Whether a statement has clashed with others since this was asked last.
    pub(in crate::db) fn take_clash(&mut self) -> bool {
        self.unfinished.take_clash()
    }

    /// It is not handed on to another request.
    pub(in crate::db) fn keep_out(&mut self) {
        self.is_kept_out = true;
    }

    pub(in crate::db) async fn batch_execute(&mut self, sql: &str) -> QueryResult<()> {
        self.is_kept_out |= may_open_transaction(sql);
        self.queries.batch_execute(sql).await
    }

    /// Whether no query runs and no transaction is open. The order matters: the
    /// second question panics while a query runs.
    pub(in crate::db) fn is_free(&mut self) -> bool {
        type Transactions = <Queries as AsyncConnection>::TransactionManager;
        self.unfinished.is_none()
            && !self.is_kept_out
            && !Transactions::is_broken_transaction_manager(&mut self.queries)
    }

    /// A transaction that began to read could not write after another one has, so
    /// that each one is a writer from its beginning.
    pub(in crate::db) async fn begin(&mut self, isolation: Isolation) -> QueryResult<()> {
        self.step(move |sqlite| {
            match AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE") {
                Err(QueryError::AlreadyInTransaction) if isolation == Isolation::Usual => {
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
        let done = self.queries.spawn_blocking(step).await;
        if let Err(error) = &done {
            self.unfinished.note_failure(error);
        }
        done
    }
}
