use std::{
    fs, io,
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use super::{
    config::{self, Config},
    records::Records,
};
use crate::settings::{LogSettings, Settings};

/// Between a change and the reading of it, so that no half file is read.
const SETTLE: Duration = Duration::from_millis(100);

/// Looks for changes of the settings and of the configuration file, on a thread
/// of its own.
#[derive(Debug, Clone)]
pub(super) struct Watch(Sender<()>);

impl Watch {
    pub(super) fn start(mut watched: Watched, period: Duration) -> io::Result<Self> {
        let (sender, receiver) = mpsc::channel();
        let mut seen = watched.look();
        let work = move || loop {
            let is_asked = match receiver.recv_timeout(period) {
                Ok(()) => true,
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            if !is_asked && watched.look() == seen {
                continue;
            }
            thread::sleep(SETTLE);
            seen = watched.look();
            watched.follow(&seen);
        };
        thread::Builder::new().name("log-config".to_owned()).spawn(work)?;
        Ok(Self(sender))
    }

    /// Reads all again now.
    pub(super) fn ask(&self) {
        let _ = self.0.send(());
    }
}

/// Settings, and what follows from them.
pub(super) struct Watched {
    pub(super) settings: Settings,
    pub(super) config: Config,
    pub(super) records: Records,
}

/// What a configuration is made of.
#[derive(PartialEq)]
struct Seen {
    settings: Result<LogSettings, String>,
    file: Option<Vec<u8>>,
}

impl Watched {
    fn look(&self) -> Seen {
        let settings = self.settings.read_again().map(|settings| settings.logs);
        let logs = settings.as_ref().unwrap_or(&self.settings.logs);
        let file = fs::read(config::file(logs, self.settings.config_folder())).ok();
        Seen { settings: settings.map_err(|error| error.to_string()), file }
    }

    fn follow(&mut self, seen: &Seen) {
        let config = match &seen.settings {
            Ok(logs) => Config::read(logs, &config::file(logs, self.settings.config_folder()))
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.clone()),
        };
        let config = match config {
            Ok(config) => config,
            Err(error) => {
                tracing::warn!(error, "the log's configuration is wrong; the one before stays");
                return;
            }
        };
        if config == self.config {
            return;
        }
        self.records.configure(&config);
        tracing::info!("the log's configuration has changed");
        config.warn();
        self.config = config;
    }
}
