use std::{sync::Arc, time::Duration};

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AsQuery, QueryFragment, QueryId},
    result::Error as QueryError,
};
use diesel_async::{
    AnsiTransactionManager as Transactions, AsyncConnectionCore, SimpleAsyncConnection,
    TransactionManager, pooled_connection::PoolableConnection,
};

use super::{Execute, Load, Queries, Server, Watch};
use crate::db::member::{Isolation, may_open_transaction};

/// How long a query that nobody waits for is told to stop.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection to PostgreSQL.
pub(in crate::db) struct Member {
    queries: Queries,
    watch: Watch,
    is_kept_out: bool,
    server: Arc<Server>,
}

impl Member {
    pub(super) fn new(queries: Queries, server: Arc<Server>) -> Self {
        let watch = Watch::new(server.silence_limit());
        Self { queries, watch, is_kept_out: false, server }
    }

    /// The connection itself. What is done with it is not seen, so that it is not used again.
    pub(in crate::db) fn hand_out(&mut self) -> &mut Queries {
        self.keep_out();
        &mut self.queries
    }

    /// Whether a statement has clashed with others since this was asked last.
    pub(in crate::db) fn take_clash(&mut self) -> bool {
        self.watch.unfinished().take_clash()
    }

    /// It is not handed on to another request.
    pub(in crate::db) fn keep_out(&mut self) {
        self.is_kept_out = true;
    }

    /// Whether the server is still there. The socket is asked, not the server: a way there and
    /// back before each request would cost more than the few that fail in the moment of a
    /// restart. After a failure the server is: that may have been its last word.
    pub(in crate::db) async fn is_alive(&mut self) -> bool {
        let has_failed = self.watch.unfinished().take_failure();
        self.is_open() && (!has_failed || self.batch_execute("SELECT 1").await.is_ok())
    }

    fn is_open(&mut self) -> bool {
        !self.queries.is_broken()
    }

    /// Whether no query runs and no transaction is open.
    pub(in crate::db) fn is_free(&mut self) -> bool {
        self.watch.unfinished().is_none() && !self.is_kept_out && self.is_open()
    }

    pub(in crate::db) fn load<'conn, 'query, Q>(&'conn mut self, query: Q) -> Load<'conn, 'query>
    where
        Q: AsQuery + 'query,
        Q::Query: QueryFragment<Pg> + QueryId + 'query,
    {
        self.watch.over(self.queries.load(query))
    }

    pub(in crate::db) fn execute<'conn, 'query, Q>(
        &'conn mut self,
        query: Q,
    ) -> Execute<'conn, 'query>
    where
        Q: QueryFragment<Pg> + QueryId + 'query,
    {
        self.watch.over(self.queries.execute_returning_count(query))
    }

    pub(in crate::db) async fn batch_execute(&mut self, sql: &str) -> QueryResult<()> {
        self.is_kept_out |= may_open_transaction(sql);
        self.watch.over(Box::pin(self.queries.batch_execute(sql))).await
    }

    pub(in crate::db) async fn begin(&mut self, isolation: Isolation) -> QueryResult<()> {
        let is_outer = self.depth()?.is_none();
        if isolation == Isolation::Serializable && !is_outer {
            return Err(QueryError::AlreadyInTransaction);
        }
        let queries = &mut self.queries;
        let begun = async {
            match isolation {
                Isolation::Serializable => {
                    let sql = "BEGIN ISOLATION LEVEL SERIALIZABLE";
                    Transactions::begin_transaction_sql(queries, sql).await
                }
                Isolation::Usual => Transactions::begin_transaction(queries).await,
            }
        };
        self.watch.over(Box::pin(begun)).await
    }

    /// After a statement that failed PostgreSQL answers COMMIT by rolling back, which is no
    /// error to it; to who was told that the work is done it is one. The next statement tells.
    pub(in crate::db) async fn commit(&mut self) -> QueryResult<()> {
        if self.watch.unfinished().take_failure()
            && let Err(error) = self.batch_execute("SELECT 1").await
        {
            // At this depth, which a commit that fails would leave without a word to the server.
            self.roll_back().await?;
            return Err(error);
        }
        let commit = Transactions::commit_transaction(&mut self.queries);
        self.watch.over(Box::pin(commit)).await
    }

    pub(in crate::db) async fn roll_back(&mut self) -> QueryResult<()> {
        let roll_back = Transactions::rollback_transaction(&mut self.queries);
        self.watch.over(Box::pin(roll_back)).await
    }

    fn depth(&mut self) -> QueryResult<Option<std::num::NonZeroU32>> {
        Transactions::transaction_manager_status_mut(&mut self.queries).transaction_depth()
    }
}

impl Drop for Member {
    /// Nobody waits for a query that still runs: the server may stop it.
    fn drop(&mut self) {
        if self.watch.unfinished().is_none() {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (token, server) = (self.queries.cancel_token(), self.server.clone());
        runtime.spawn(async move {
            let _ = tokio::time::timeout(CANCEL_TIMEOUT, server.cancel(token)).await;
        });
    }
}
