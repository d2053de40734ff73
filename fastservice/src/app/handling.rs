//! A handler while it runs, and what becomes of it when its client leaves.

use std::{
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context as TaskContext, Poll},
};

use futures_util::FutureExt;

use super::pipeline::{logged, panicked};
use crate::{
    background::{self, Tasks},
    context::Context,
    error::Result,
    registry::HandlerFuture,
    response::Response,
};

/// What becomes of a handler whose client leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnLeave {
    /// It is dropped.
    Drop,
    /// It runs on by itself, so that what it changes is not left half-way.
    RunOn,
}

/// A handler that runs. It costs a task only when it runs on.
pub(super) struct Handling<'a> {
    handler: Option<HandlerFuture>,
    has_begun: bool,
    has_ended: bool,
    on_leave: OnLeave,
    context: Context,
    tasks: &'a Tasks,
}

impl<'a> Handling<'a> {
    pub(super) fn new(
        handler: HandlerFuture,
        on_leave: OnLeave,
        context: Context,
        tasks: &'a Tasks,
    ) -> Self {
        let handler = Some(handler);
        Self { handler, has_begun: false, has_ended: false, on_leave, context, tasks }
    }
}

impl Future for Handling<'_> {
    type Output = Result<Response>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Result<Response>> {
        self.has_begun = true;
        // Out of its place while it runs, so that one that panics is not run on.
        let Some(mut handler) = self.handler.take() else { return Poll::Pending };
        let polled = handler.as_mut().poll(cx);
        match &polled {
            Poll::Pending => self.handler = Some(handler),
            Poll::Ready(result) => {
                self.has_ended = true;
                settle(result, &self.context, self.tasks);
            }
        }
        polled
    }
}

impl Drop for Handling<'_> {
    fn drop(&mut self) {
        if self.has_ended {
            return;
        }
        match self.handler.take() {
            Some(handler) if self.has_begun && self.on_leave == OnLeave::RunOn => {
                let context = self.context.clone();
                self.tasks.spawn(context.clone().scope(alone(
                    handler,
                    context,
                    self.tasks.clone(),
                )));
            }
            _ => background::discard(&self.context),
        }
    }
}

async fn alone(handler: HandlerFuture, context: Context, tasks: Tasks) {
    let ended = AssertUnwindSafe(handler).catch_unwind().await;
    let result = ended.unwrap_or_else(|panic| Err(panicked(&*panic)));
    settle(&result, &context, &tasks);
    match result {
        Ok(response) => {
            let status = response.status().as_u16();
            tracing::info!(status, "the handler has ended after its client had left");
        }
        Err(error) => drop(logged(error)),
    }
}

/// Its background tasks run when it has succeeded.
fn settle(result: &Result<Response>, context: &Context, tasks: &Tasks) {
    match result {
        Ok(_) => background::release(context, tasks),
        Err(_) => background::discard(context),
    }
}
