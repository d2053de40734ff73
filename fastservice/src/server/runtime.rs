use std::{future::Future, io, thread, time::Duration};

use tokio::runtime::{Builder, Runtime as TokioRuntime};
use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};

use super::{
    answer::Answer,
    listener::{Listener, serve},
    shutdown::{Shutdown, ShutdownTrigger, Signals},
};
use crate::settings::{RuntimeKind, ServerSettings};

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// What was running has finished, or had its time.
    Graceful,
    /// A second signal asked not to wait.
    AtOnce,
}

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

    /// Ends without waiting for what still runs.
    pub fn abandon(self) {
        self.main.shutdown_background();
    }

    /// Serves until one of the `signals`, SIGTERM and Ctrl-C, which pull `trigger` after the delay of the
    /// settings, then lets running requests finish, and what runs on after them. A
    /// second signal cuts it short: the process should end then, as its other
    /// threads may still run.
    ///
    /// # Errors
    /// When a socket cannot be used.
    pub fn serve<S: Answer>(
        self,
        listener: Listener,
        service: S,
        trigger: ShutdownTrigger,
        mut signals: Signals,
    ) -> io::Result<Stop> {
        let shutdown = trigger.watch();
        // What one thread's runtime drives, such as a pooled connection, others may use.
        let serving = TaskTracker::new();
        serving.close();
        let own = serving.token();
        let workers = self.start_workers(&listener, &service, &shutdown, &serving)?;
        let stop = trigger.clone();
        let served = self.main.block_on(async {
            let (stopping, delay) = (service.clone(), self.settings.shutdown_delay);
            let hurry = tokio::spawn(async move {
                signals.next().await;
                tokio::spawn(stop_after(delay, stopping, trigger));
                signals.next().await;
                tracing::warn!("stopping at once");
            });
            // On a runtime of several threads the listener is a task, so that one of them has it.
            let settings = self.settings.clone();
            let served = tokio::spawn(async move {
                let served = serve(listener, &settings, service, shutdown).await;
                if served.is_ok() {
                    others_served(own, &settings).await;
                }
                served
            });
            tokio::select! {
                served = served => Some(served.map_err(io::Error::other).flatten()),
                _ = hurry => None,
            }
        });
        let Some(served) = served else {
            self.main.shutdown_background();
            return Ok(Stop::AtOnce);
        };
        // When it ended by a failure, the others do not know yet.
        stop.stop();
        for worker in workers {
            worker.join().map_err(|_| io::Error::other("a worker thread panicked"))??;
        }
        self.main.shutdown_background();
        served.map(|()| Stop::Graceful)
    }

    /// The other threads of a runtime per core; the main thread is the first.
    fn start_workers<S: Answer>(
        &self,
        listener: &Listener,
        service: &S,
        shutdown: &Shutdown,
        serving: &TaskTracker,
    ) -> io::Result<Vec<thread::JoinHandle<io::Result<()>>>> {
        let start = |number: usize| {
            let listener = listener.again(&self.settings)?;
            let (settings, service) = (self.settings.clone(), service.clone());
            let (shutdown, own) = (shutdown.clone(), serving.token());
            let runtime = Builder::new_current_thread().enable_all().build()?;
            thread::Builder::new().name(format!("worker-{}", number + 2)).spawn(move || {
                let served = runtime.block_on(async {
                    let served = serve(listener, &settings, service, shutdown).await;
                    if served.is_ok() {
                        others_served(own, &settings).await;
                    }
                    served
                });
                runtime.shutdown_background();
                served
            })
        };
        (0..self.workers()).map(start).collect()
    }

    /// How many threads have a runtime of their own beside the main one.
    fn workers(&self) -> usize {
        match self.settings.runtime {
            RuntimeKind::WorkStealing => 0,
            RuntimeKind::PerCore => self.settings.threads.saturating_sub(1),
        }
    }
}

/// Drives what belongs to this runtime until the other threads have served too.
async fn others_served(own: TaskTrackerToken, settings: &ServerSettings) {
    let serving = own.task_tracker().clone();
    drop(own);
    let _ = tokio::time::timeout(settings.shutdown_timeout, serving.wait()).await;
}

/// Goes on as before for a while, so that who sends the requests can notice.
async fn stop_after<S: Answer>(delay: Duration, service: S, trigger: ShutdownTrigger) {
    service.stopping();
    if !delay.is_zero() {
        tracing::info!(?delay, "stopping: requests are taken for a while yet");
        tokio::time::sleep(delay).await;
    }
    tracing::info!("stopping: running requests are finished first");
    trigger.stop();
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use super::*;
    use crate::{
        body::{Body, RequestBody},
        server::{Peer, trigger},
    };

    #[derive(Clone, Default)]
    struct Stopping(Arc<AtomicBool>);

    impl Answer for Stopping {
        fn answer(
            &self,
            _: http::Request<RequestBody>,
            _: Peer,
        ) -> impl Future<Output = http::Response<Body>> + Send + 'static + use<> {
            std::future::ready(http::Response::default())
        }

        fn stopping(&self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_service_knows_of_a_stop_before_it_begins() {
        let (trigger, mut shutdown) = trigger();
        let service = Stopping::default();
        let begun = tokio::time::Instant::now();

        let stop = tokio::spawn(stop_after(Duration::from_secs(5), service.clone(), trigger));
        tokio::time::sleep(Duration::from_secs(4)).await;
        let before = (service.0.load(Ordering::Relaxed), shutdown.is_requested());
        shutdown.requested().await;

        assert_eq!(before, (true, false));
        assert_eq!(begun.elapsed().as_secs(), 5);
        stop.await.unwrap();
    }
}
