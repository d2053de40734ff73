use std::{any::Any, future::Future};

use tokio_util::task::TaskTracker;

/// Work that is waited for before the service ends, as long as the setting
/// `SHUTDOWN_TIMEOUT` allows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tasks(TaskTracker);

impl Tasks {
    /// Runs `work` on the runtime of this thread. Where there is none left it is dropped.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            self.0.spawn_on(work, &runtime);
        }
    }

    /// Waits until nothing runs.
    pub(crate) async fn finished(&self) {
        self.0.close();
        self.0.wait().await;
    }
}

/// What a panic says.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}
