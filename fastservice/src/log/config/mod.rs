//! What is logged, where and how: settings, and a JSON file beside them.

mod file;
mod python;

use std::{
    fmt,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use tracing_subscriber::filter::{LevelFilter, Targets};

use self::file::Members;
use super::{error::LogError, format::Format};
use crate::settings::{IS_DEVELOPMENT, LogSettings, LogType};

/// The configuration that counts: defaults, the file, the settings.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Config {
    pub(super) targets: Targets,
    pub(super) format: Format,
    pub(super) destination: Destination,
    /// What is odd about the file, and no reason not to start.
    pub(super) warnings: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    Stdout,
    File(FileConfig),
}

/// A file that is rotated by its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileConfig {
    pub(super) path: PathBuf,
    /// In bytes.
    pub(super) max_size: u64,
    /// How many old files stay.
    pub(super) keep: usize,
    pub(super) compress: bool,
}

impl Config {
    /// Reads the file, if there is one, and puts the settings over it.
    pub(super) fn read(settings: &LogSettings, file: &Path) -> Result<Self, LogError> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && settings.config.is_none() => {
                return Ok(Self::new(settings, Members::default()));
            }
            Err(error) => return Err(LogError::unreadable(file, &error)),
        };
        Members::parse(&text, &file.display().to_string())
            .map(|members| Self::new(settings, members))
    }

    /// Logs what is odd.
    pub(super) fn warn(&self) {
        for warning in &self.warnings {
            tracing::warn!(warning, "the log's configuration is odd");
        }
    }

    fn new(settings: &LogSettings, members: Members) -> Self {
        let format =
            members.format.unwrap_or(if IS_DEVELOPMENT { Format::Text } else { Format::Json });
        let destination = match settings.destination {
            LogType::Stdout => Destination::Stdout,
            LogType::File => Destination::File(FileConfig {
                path: members.path.unwrap_or_else(|| "log/app.log".into()),
                max_size: members.max_size.unwrap_or(100_000_000),
                keep: members.keep.unwrap_or(5),
                compress: members.compress.unwrap_or(true),
            }),
        };
        let mut targets = Targets::new().with_default(LevelFilter::INFO);
        let of_settings = settings.level.iter().flat_map(|list| list.split(','));
        let of_file = members.levels.iter().map(String::as_str);
        for directive in of_file.chain(of_settings) {
            targets = with_directive(targets, directive);
        }
        let is_coloured = format == Format::Text
            && destination == Destination::Stdout
            && io::stdout().is_terminal()
            && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            targets,
            format: if is_coloured { Format::Coloured } else { format },
            destination,
            warnings: members.warnings,
        }
    }
}

/// A level, or a target and its level. Both were checked where they were read.
fn with_directive(targets: Targets, directive: &str) -> Targets {
    let (target, level) = directive.rsplit_once('=').unwrap_or(("", directive));
    let level = level.parse().unwrap_or(LevelFilter::INFO);
    match target {
        "" => targets.with_default(level),
        target => targets.with_target(target, level),
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("standard output"),
            Self::File(file) => file.path.display().fmt(f),
        }
    }
}

/// The file that configures the log: the one that is named, else the one beside the settings.
pub(super) fn file(settings: &LogSettings, folder: Option<&Path>) -> PathBuf {
    let name = match settings.destination {
        LogType::Stdout => "log_config_stdout.json",
        LogType::File => "log_config_file.json",
    };
    settings.config.clone().unwrap_or_else(|| folder.unwrap_or(Path::new("")).join(name))
}

#[cfg(test)]
mod tests;
