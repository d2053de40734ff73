use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

/// How many queries of one connection were begun and not finished.
#[derive(Debug, Clone, Default)]
pub(super) struct Unfinished(Arc<AtomicUsize>);

impl Unfinished {
    pub(super) fn is_none(&self) -> bool {
        self.0.load(Ordering::Acquire) == 0
    }

    pub(super) fn begin(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn end(&self) {
        self.0.fetch_sub(1, Ordering::Release);
    }

    /// Counts a future from now until it is ready. One that is dropped before counts for ever.
    pub(super) fn count<F>(&self, future: F) -> Counted<F> {
        self.begin();
        Counted { future, unfinished: self.clone() }
    }
}

/// A query that is counted as long as it runs.
#[derive(Debug)]
pub struct Counted<F> {
    future: F,
    unfinished: Unfinished,
}

impl<F: Future + Unpin> Future for Counted<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let polled = Pin::new(&mut self.future).poll(context);
        if polled.is_ready() {
            self.unfinished.end();
        }
        polled
    }
}
