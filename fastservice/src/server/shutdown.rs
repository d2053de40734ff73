use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use tokio::sync::watch;

/// Knows whether a stop was asked for; every listener and connection holds one.
#[derive(Debug, Clone)]
pub struct Shutdown(watch::Receiver<bool>);

/// Asks everything that holds a [`Shutdown`] to stop; dropping the last one does too.
#[derive(Debug, Clone)]
pub struct ShutdownTrigger(watch::Sender<bool>);

/// A trigger and what it triggers.
#[must_use]
pub fn trigger() -> (ShutdownTrigger, Shutdown) {
    let (sender, receiver) = watch::channel(false);
    (ShutdownTrigger(sender), Shutdown(receiver))
}

impl ShutdownTrigger {
    /// What it triggers.
    #[must_use]
    pub fn watch(&self) -> Shutdown {
        Shutdown(self.0.subscribe())
    }

    /// Asks for a stop.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Shutdown {
    /// Whether a stop was asked for.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until a stop is asked for.
    pub async fn requested(&mut self) {
        let _ = self.0.wait_for(|stopped| *stopped).await;
    }

    /// As [`requested`](Self::requested), for one task that polls it often:
    /// its waker is left once, and after that polling reads a flag.
    pub(super) fn watched(self) -> impl Future<Output = ()> {
        let flag = self.0.clone();
        let mut requested = Box::pin(async move {
            let Self(mut receiver) = self;
            let _ = receiver.wait_for(|stopped| *stopped).await;
        });
        let mut has_waker = false;
        poll_fn(move |cx| {
            if !has_waker {
                has_waker = true;
                return requested.as_mut().poll(cx);
            }
            // The sender has gone only at a stop.
            if flag.has_changed().unwrap_or(true) { Poll::Ready(()) } else { Poll::Pending }
        })
    }
}

/// Waits for SIGTERM or Ctrl-C.
pub async fn signal() {
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be caught; Ctrl-C still stops the service");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    let mut interrupt = pin!(tokio::signal::ctrl_c());
    let mut terminate = pin!(terminate);
    poll_fn(|cx| {
        let interrupted = interrupt.as_mut().poll(cx).is_ready();
        if interrupted || terminate.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        Poll::Pending
    })
    .await;
}
