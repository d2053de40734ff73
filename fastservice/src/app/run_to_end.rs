//! Handlers that are not left half-way.

use std::{
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context as TaskContext, Poll},
};

use futures_util::FutureExt;

use super::pipeline::{logged, panicked};
use crate::{
    background::Tasks, context::Context, error::Result, registry::HandlerFuture, response::Response,
};

/// A handler that runs on by itself when it is dropped unfinished, as it is when
/// the client leaves. It costs a task only then.
pub(super) struct RunToEnd<'a> {
    handler: Option<HandlerFuture>,
    has_begun: bool,
    context: Context,
    tasks: &'a Tasks,
}

impl<'a> RunToEnd<'a> {
    pub(super) fn new(handler: HandlerFuture, context: Context, tasks: &'a Tasks) -> Self {
        Self { handler: Some(handler), has_begun: false, context, tasks }
    }
}

impl Future for RunToEnd<'_> {
    type Output = Result<Response>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Result<Response>> {
        self.has_begun = true;
        // Out of its place while it runs, so that one that panics is not run on.
        let Some(mut handler) = self.handler.take() else { return Poll::Pending };
        let polled = handler.as_mut().poll(cx);
        if polled.is_pending() {
            self.handler = Some(handler);
        }
        polled
    }
}

impl Drop for RunToEnd<'_> {
    fn drop(&mut self) {
        let Some(handler) = self.handler.take().filter(|_| self.has_begun) else { return };
        self.tasks.spawn(self.context.clone().scope(alone(handler)));
    }
}

async fn alone(handler: HandlerFuture) {
    match AssertUnwindSafe(handler).catch_unwind().await {
        Ok(Ok(response)) => {
            let status = response.status().as_u16();
            tracing::info!(status, "the handler has ended after its client had left");
        }
        Ok(Err(error)) => drop(logged(error)),
        Err(panic) => drop(logged(panicked(&*panic))),
    }
}
