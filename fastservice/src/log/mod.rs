//! Log records: what `tracing` is told, as lines of text or JSON on standard
//! output or in a file.
//!
//! [`App::run`](crate::App::run) starts the log. A service with a `main` of its
//! own does it so:
//!
//! ```no_run
//! use fastservice::{log, prelude::*, settings::Settings};
//!
//! # async fn start() -> std::result::Result<(), Box<dyn std::error::Error>> {
//! let settings = Settings::from_environment()?;
//! let log = log::start(&settings)?;
//! let service = App::new().observer(log.access()).settings(settings).start().await?;
//! // … serve; what was logged is written when `log` is dropped.
//! # Ok(())
//! # }
//! ```
//!
//! What libraries write with the crate `log` is logged too, with its own targets.
//! A record that is written while a request is answered carries its
//! `request_id`, `user_id`, `method` and `route`, and the `trace_id` and `span_id` of
//! [`Context::trace`](crate::context::Context::trace) where there is a trace. Values of fields with names
//! such as `token` or `password`, and what looks like a token, are masked.
//!
//! Who logs never waits. A thread writes; when it cannot keep up, the disk is
//! full or the folder cannot be made, records are lost, and their number is
//! logged once writing works again.

mod access;
mod bridge;
mod config;
mod error;
mod format;
mod output;
mod panics;
mod records;
mod watch;

use std::{fmt, time::Duration};

use tracing_subscriber::{
    Layer, Registry,
    layer::{Identity, SubscriberExt},
};

pub use self::{access::AccessLog, error::LogError};
#[cfg(feature = "otlp")]
pub(crate) use self::{
    access::{MESSAGE as END_MESSAGE, TARGET as END_TARGET, describe as describe_end},
    bridge::{is_of_bridge, metadata},
    format::{CleanFields, cut, is_reserved, redact},
};
use self::{
    config::Config,
    output::Queue,
    records::Records,
    watch::{Watch, Watched},
};
use crate::settings::Settings;

/// How long the end of the process waits for records to be written.
const FLUSH_PATIENCE: Duration = Duration::from_secs(5);
/// How often the configuration file is looked at.
const WATCH_PERIOD: Duration = Duration::from_secs(2);

/// Writes the process's records from here on, until the [`Log`] is dropped.
/// When the service has set a `tracing` subscriber already, that one stays and
/// nothing else happens.
///
/// # Errors
/// Everything that is wrong in the log's configuration file, at once.
pub fn start(settings: &Settings) -> Result<Log, LogError> {
    start_with(settings, Identity::new())
}

/// As [`start`], and gives the records, as far as their levels are kept, to `layer`
/// too, such as that of an exporter.
///
/// # Errors
/// As [`start`].
pub fn start_with(
    settings: &Settings,
    layer: impl Layer<Registry> + Send + Sync,
) -> Result<Log, LogError> {
    let file = config::file(&settings.logs, settings.config_folder());
    let config = Config::read(&settings.logs, &file)?;
    let sample = settings.logs.sample;
    if tracing::dispatcher::has_been_set() {
        return Ok(Log { running: None, sample });
    }
    let queue = Queue::start(config.destination.clone(), config.format);
    let records = Records::new(queue.map_err(|error| LogError::no_thread(&error))?, &config);
    let subscriber = Registry::default().with(layer).with(records.clone());
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        return Ok(Log { running: None, sample });
    }
    bridge::start();
    panics::record(records.clone());
    config.warn();
    let watched = Watched { settings: settings.clone(), config, records: records.clone() };
    let watch = Watch::start(watched, WATCH_PERIOD).map_err(|error| LogError::no_thread(&error))?;
    Ok(Log { running: Some(Running { records, watch }), sample })
}

/// Checks the log's configuration file and changes nothing.
///
/// # Errors
/// As [`start`].
pub fn check(settings: &Settings) -> Result<(), LogError> {
    let file = config::file(&settings.logs, settings.config_folder());
    Config::read(&settings.logs, &file).map(|_| ())
}

/// The process's log. Dropping it waits until all records are written, at most
/// five seconds.
#[must_use = "records that are not written yet are lost when the process ends without it"]
pub struct Log {
    /// `None` when the service has a subscriber of its own.
    running: Option<Running>,
    sample: f64,
}

struct Running {
    records: Records,
    watch: Watch,
}

impl Log {
    /// Writes a record for each request at its end: give it to
    /// [`App::observer`](crate::App::observer).
    #[must_use]
    pub fn access(&self) -> AccessLog {
        let records = self.running.as_ref().map(|running| running.records.clone());
        AccessLog::new(records, self.sample)
    }

    /// Reads the settings of logs and the configuration file again, as happens by
    /// itself within a few seconds after a change. A mistake is logged, and changes
    /// nothing. `LOG_SAMPLE` stays as it was at start.
    pub fn reload(&self) {
        if let Some(running) = &self.running {
            running.watch.ask();
        }
    }

    /// Reads the configuration file again at each SIGHUP. Not below a terminal,
    /// whose end is told by the same signal, and should end the service.
    #[cfg(all(unix, feature = "cli"))]
    pub(crate) fn reload_on_hangup(&self) {
        use std::io::IsTerminal;
        use tokio::signal::unix::{SignalKind, signal};

        let Some(running) = &self.running else { return };
        if std::io::stdin().is_terminal() {
            return;
        }
        match signal(SignalKind::hangup()) {
            Ok(mut hangup) => {
                let watch = running.watch.clone();
                tokio::spawn(async move {
                    while hangup.recv().await.is_some() {
                        watch.ask();
                    }
                });
            }
            Err(error) => tracing::warn!(%error, "SIGHUP cannot be caught"),
        }
    }

    #[cfg(all(not(unix), feature = "cli"))]
    pub(crate) fn reload_on_hangup(&self) {}

    /// Waits until what was logged so far is written, at most five seconds.
    pub fn flush(&self) {
        if let Some(running) = &self.running {
            running.records.flush(FLUSH_PATIENCE);
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.flush();
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("is_running", &self.running.is_some()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
