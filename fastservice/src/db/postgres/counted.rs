use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use diesel::{
    QueryResult,
    result::{DatabaseErrorKind, Error as QueryError},
};
use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep};

use super::QueryRows;
use crate::db::unfinished::Unfinished;

/// What watches over the queries of one connection: it counts them, and ends the
/// wait for a server that is there and says nothing more.
pub(super) struct Watch {
    unfinished: Unfinished,
    limit: Duration,
    // One for all queries: a new one for each would be registered and removed each time.
    deadline: Pin<Box<Sleep>>,
}

impl Watch {
    pub(super) fn new(limit: Duration) -> Self {
        Self { unfinished: Unfinished::default(), limit, deadline: Box::pin(sleep(limit)) }
    }

    pub(super) fn unfinished(&self) -> &Unfinished {
        &self.unfinished
    }

    /// Watches a future from now until it is ready. One that is dropped before counts for ever.
    pub(super) fn over<F>(&mut self, future: F) -> Counted<'_, F> {
        self.unfinished.begin();
        self.deadline.as_mut().reset(Instant::now() + self.limit);
        Counted {
            future,
            unfinished: self.unfinished.clone(),
            limit: self.limit,
            deadline: &mut self.deadline,
        }
    }
}

/// A query that is counted as long as it runs.
#[derive(Debug)]
pub struct Counted<'conn, F> {
    future: F,
    unfinished: Unfinished,
    limit: Duration,
    deadline: &'conn mut Pin<Box<Sleep>>,
}

impl<F> Counted<'_, F> {
    /// What this query returns, under the same watch.
    pub(super) fn watched(&self, rows: QueryRows) -> Rows {
        Rows { left: rows, unfinished: self.unfinished.clone(), limit: self.limit, deadline: None }
    }
}

impl<T, F: Future<Output = QueryResult<T>> + Unpin> Future for Counted<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        // Nor will it answer a ROLLBACK.
        if this.unfinished.is_silent() {
            return Poll::Ready(Err(silent()));
        }
        if let Poll::Ready(result) = Pin::new(&mut this.future).poll(context) {
            if let Err(error) = &result {
                this.unfinished.note_failure(error);
            }
            this.unfinished.end();
            return Poll::Ready(result);
        }
        ready!(this.deadline.as_mut().poll(context));
        this.unfinished.note_silence();
        Poll::Ready(Err(silent()))
    }
}

/// The rows of a query as they come.
pub struct Rows {
    left: QueryRows,
    unfinished: Unfinished,
    limit: Duration,
    // Few results do not come all at once.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Stream for Rows {
    type Item = <QueryRows as Stream>::Item;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<<QueryRows as Stream>::Item>> {
        let this = &mut *self;
        if let Poll::Ready(row) = Pin::new(&mut this.left).poll_next(context) {
            if let Some(Err(error)) = &row {
                this.unfinished.note_failure(error);
            }
            return Poll::Ready(row);
        }
        let limit = this.limit;
        let deadline = this.deadline.get_or_insert_with(|| Box::pin(sleep(limit)));
        ready!(deadline.as_mut().poll(context));
        this.unfinished.note_silence();
        Poll::Ready(Some(Err(silent())))
    }
}

fn silent() -> QueryError {
    let text = "the server has said nothing for longer than DATABASE_STATEMENT_TIMEOUT";
    QueryError::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(text.to_owned()))
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rows")
    }
}
