use std::{
    fs, io,
    path::PathBuf,
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use super::{config::Config, records::Records};
use crate::settings::LogSettings;

/// Between a change and the reading of it, so that no half file is read.
const SETTLE: Duration = Duration::from_millis(100);

/// Looks at the configuration file for changes, on a thread of its own.
#[derive(Debug, Clone)]
pub(super) struct Watch(Sender<()>);

impl Watch {
    pub(super) fn start(watched: Watched, period: Duration) -> io::Result<Self> {
        let (sender, receiver) = mpsc::channel();
        let mut watched = watched;
        let mut seen = watched.content();
        let work = move || loop {
            let is_asked = match receiver.recv_timeout(period) {
                Ok(()) => true,
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            if !is_asked && watched.content() == seen {
                continue;
            }
            thread::sleep(SETTLE);
            seen = watched.content();
            watched.read_again();
        };
        thread::Builder::new().name("log-config".to_owned()).spawn(work)?;
        Ok(Self(sender))
    }

    /// Reads the file again now.
    pub(super) fn ask(&self) {
        let _ = self.0.send(());
    }
}

/// A configuration file and what follows from it.
pub(super) struct Watched {
    pub(super) file: PathBuf,
    pub(super) settings: LogSettings,
    pub(super) config: Config,
    pub(super) records: Records,
}

impl Watched {
    fn content(&self) -> Option<Vec<u8>> {
        fs::read(&self.file).ok()
    }

    fn read_again(&mut self) {
        let file = self.file.display();
        let config = match Config::read(&self.settings, &self.file) {
            Ok(config) => config,
            Err(error) => {
                tracing::warn!(%error, "the log's configuration is wrong; the one before stays");
                return;
            }
        };
        if config == self.config {
            return;
        }
        self.records.configure(&config);
        tracing::info!(%file, "the log's configuration has changed");
        config.warn();
        self.config = config;
    }
}
