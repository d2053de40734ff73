use std::{
    future::{Future, poll_fn},
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

/// SIGTERM and Ctrl-C: none that comes while it lives is missed.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    streams: Vec<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    /// Catches signals from here on.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    #[must_use]
    pub fn catch() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [("SIGTERM", SignalKind::terminate()), ("SIGINT", SignalKind::interrupt())];
        let streams = kinds.into_iter().filter_map(|(name, kind)| {
            let stream = signal(kind);
            stream
                .inspect_err(|error| tracing::warn!(%error, name, "a signal cannot be caught"))
                .ok()
        });
        Self { streams: streams.collect() }
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        poll_fn(|cx| {
            let caught = self.streams.iter_mut().any(|stream| stream.poll_recv(cx).is_ready());
            if caught { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Catches signals from here on.
    #[must_use]
    pub fn catch() -> Self {
        Self {}
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::warn!(%error, "Ctrl-C cannot be caught");
            std::future::pending::<()>().await;
        }
    }
}
