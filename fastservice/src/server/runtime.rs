use std::{future::Future, io, thread};

use tokio::runtime::{Builder, Runtime as TokioRuntime};

use super::{
    answer::Answer,
    listener::{Listener, serve},
    shutdown::{self, Shutdown, ShutdownTrigger},
};
use crate::settings::{RuntimeKind, ServerSettings};

/// The threads that answer requests.
#[derive(Debug)]
pub struct Runtime {
    main: TokioRuntime,
    settings: ServerSettings,
}

impl Runtime {
    /// Starts the runtime of the settings.
    ///
    /// # Errors
    /// When the system gives no more threads or file descriptors.
    pub fn new(settings: &ServerSettings) -> io::Result<Self> {
        let main = match settings.runtime {
            RuntimeKind::WorkStealing => {
                Builder::new_multi_thread().worker_threads(settings.threads).enable_all().build()?
            }
            RuntimeKind::PerCore => Builder::new_current_thread().enable_all().build()?,
        };
        let mut settings = settings.clone();
        if settings.runtime == RuntimeKind::PerCore {
            // Each listener has its share.
            settings.max_connections = settings.max_connections.div_ceil(settings.threads);
        }
        Ok(Self { main, settings })
    }

    /// Runs a future to its end, for what comes before serving.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.main.block_on(future)
    }

    /// Serves until SIGTERM or Ctrl-C, which pull `trigger`, then lets running
    /// requests finish, and what runs on after them.
    ///
    /// # Errors
    /// When a socket cannot be used.
    pub fn serve<S: Answer>(
        self,
        listener: Listener,
        service: S,
        trigger: ShutdownTrigger,
    ) -> io::Result<()> {
        let shutdown = trigger.watch();
        let workers = self.start_workers(&listener, &service, &shutdown)?;
        let stop = trigger.clone();
        let served = self.main.block_on(async {
            tokio::spawn(async move {
                shutdown::signal().await;
                tracing::info!("stopping: running requests are finished first");
                trigger.stop();
                shutdown::signal().await;
                tracing::warn!("stopping at once");
                std::process::exit(130);
            });
            // On a runtime of several threads the listener is a task, so that one of them has it.
            let settings = self.settings.clone();
            tokio::spawn(async move { serve(listener, &settings, service, shutdown).await })
                .await
                .map_err(io::Error::other)?
        });
        // When it ended by a failure, the others do not know yet.
        stop.stop();
        for worker in workers {
            worker.join().map_err(|_| io::Error::other("a worker thread panicked"))??;
        }
        self.main.shutdown_background();
        served
    }

    /// The other threads of a runtime per core; the main thread is the first.
    fn start_workers<S: Answer>(
        &self,
        listener: &Listener,
        service: &S,
        shutdown: &Shutdown,
    ) -> io::Result<Vec<thread::JoinHandle<io::Result<()>>>> {
        let others = match self.settings.runtime {
            RuntimeKind::WorkStealing => 0,
            RuntimeKind::PerCore => self.settings.threads.saturating_sub(1),
        };
        let start = |number: usize| {
            let listener = listener.again(&self.settings)?;
            let (settings, service, shutdown) =
                (self.settings.clone(), service.clone(), shutdown.clone());
            let runtime = Builder::new_current_thread().enable_all().build()?;
            thread::Builder::new().name(format!("worker-{}", number + 2)).spawn(move || {
                let served = runtime.block_on(serve(listener, &settings, service, shutdown));
                runtime.shutdown_background();
                served
            })
        };
        (0..others).map(start).collect()
    }
}
