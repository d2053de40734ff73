use std::{
    any::Any,
    future::Future,
    pin::Pin,
    task::{Context as TaskContext, Poll},
};

use pin_project_lite::pin_project;

use super::Context;

/// What is entered wherever a context is the current one, such as a span.
pub(crate) trait Companion: Any + Send + Sync {
    /// Enters, calls `run` and leaves.
    fn around(&self, run: &mut dyn FnMut());
}

pin_project! {
    /// A future that runs with the companion of a context.
    pub(super) struct Accompanied<F> {
        context: Context,
        #[pin]
        future: F,
    }
}

impl<F> Accompanied<F> {
    pub(super) fn new(context: Context, future: F) -> Self {
        Self { context, future }
    }
}

impl<F: Future> Future for Accompanied<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let Some(companion) = this.context.companion() else { return this.future.poll(cx) };
        let mut polled = Poll::Pending;
        companion.around(&mut || polled = this.future.as_mut().poll(cx));
        polled
    }
}
