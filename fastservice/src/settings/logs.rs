use std::path::PathBuf;

use super::{
    reader::{Reader, one_of},
    units,
};

/// What is logged, where and how.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LogSettings {
    /// `LOGGING_LEVEL` (none: `level` of the log's configuration, else `info`): `off`,
    /// `error`, `warn`, `info`, `debug`, `trace`, or a list such as `info,my_service=debug`.
    pub level: Option<String>,
    /// `LOG_TYPE` (`STDOUT`): `STDOUT` or `FILE`.
    pub destination: LogType,
    /// `LOG_CONFIG` (none: `log_config_stdout.json` or `log_config_file.json` beside the
    /// settings, if it is there): the file that configures the log.
    pub config: Option<PathBuf>,
    /// `LOG_SAMPLE` (`1`): the share of requests that have a record at their end, from 0 to
    /// 1. Those answered with 5xx always have one.
    pub sample: f64,
}

/// Where records go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogType {
    /// Standard output.
    Stdout,
    /// A file that is rotated by its size.
    File,
}

impl LogSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            level: reader.optional("LOGGING_LEVEL", units::level),
            destination: reader.checked("LOG_TYPE", "STDOUT", |text| {
                one_of(text, &[("STDOUT", LogType::Stdout), ("FILE", LogType::File)])
            }),
            config: reader.text("LOG_CONFIG").map(PathBuf::from),
            sample: reader.checked("LOG_SAMPLE", "1", |text| {
                let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
                share.ok_or_else(|| "a number from 0 to 1, such as `0.1` for a tenth".to_owned())
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::{LogType, Settings};

    #[test]
    fn logs_have_defaults_and_limits() {
        let logs = Settings::from_pairs([("LOG_TYPE", "file")]).unwrap().logs;
        assert_eq!((logs.destination, logs.level, logs.sample), (LogType::File, None, 1.0));

        let wrong = [("LOG_SAMPLE", "1.1"), ("LOG_TYPE", "SYSLOG"), ("LOGGING_LEVEL", "loud")];
        let error = Settings::from_pairs(wrong).unwrap_err().to_string();
        for (name, _) in wrong {
            assert!(error.contains(name), "{error}");
        }
        assert!(Settings::from_pairs([("LOG_SAMPLE", "NaN")]).is_err());
    }
}
