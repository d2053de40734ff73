use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use diesel::QueryResult;

use crate::db::unfinished::Unfinished;

/// A query that is counted as long as it runs.
#[derive(Debug)]
pub struct Counted<F> {
    future: F,
    unfinished: Unfinished,
}

impl<F> Counted<F> {
    /// Counts a future from now until it is ready. One that is dropped before counts for ever.
    pub(super) fn new(unfinished: &Unfinished, future: F) -> Self {
        unfinished.begin();
        Self { future, unfinished: unfinished.clone() }
    }
}

impl<F> Counted<F> {
    pub(in crate::db) fn unfinished(&self) -> &Unfinished {
        &self.unfinished
    }
}

impl<T, F: Future<Output = QueryResult<T>> + Unpin> Future for Counted<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let polled = Pin::new(&mut self.future).poll(context);
        if let Poll::Ready(result) = &polled {
            if result.is_err() {
                self.unfinished.note_failure();
            }
            self.unfinished.end();
        }
        polled
    }
}
