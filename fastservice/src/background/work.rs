use std::{future::Future, panic::AssertUnwindSafe, pin::Pin};

use futures_util::FutureExt;
use tokio::sync::mpsc::UnboundedReceiver;

use super::panic_text;
use crate::error::Result;

pub(super) type Work = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// What a background task may return: nothing, or a `Result` of nothing.
#[diagnostic::on_unimplemented(
    message = "a background task returns nothing or `fastservice::Result<()>`, not `{Self}`",
    note = "end it with `;` or `Ok(())`"
)]
pub trait Outcome: Send + 'static {
    // Not public API.
    #[doc(hidden)]
    fn into_result(self) -> Result<()>;
}

impl Outcome for () {
    fn into_result(self) -> Result<()> {
        Ok(())
    }
}

impl Outcome for Result<()> {
    fn into_result(self) -> Self {
        self
    }
}

/// Runs what waits, one after the other, until nobody can add more.
pub(super) async fn run(mut waiting: UnboundedReceiver<Work>) {
    while let Some(work) = waiting.recv().await {
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                let (code, detail, cause) = (error.code(), error.detail(), error.chain());
                tracing::error!(code, detail, cause, "a background task failed");
            }
            Err(panic) => {
                tracing::error!(panic = panic_text(&*panic), "a background task panicked");
            }
        }
    }
}
