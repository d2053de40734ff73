use std::{path::PathBuf, time::Duration};

use super::{reader::Reader, units};

/// What runs before the service starts.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PrestartSettings {
    /// `PRESTART` (none): an executable that runs before the service opens its database.
    /// The service does not start when it fails.
    pub program: Option<PathBuf>,
    /// `PRESTART_TIMEOUT` (`60s`): how long it may run.
    pub timeout: Duration,
}

impl PrestartSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            program: reader.text("PRESTART").map(PathBuf::from),
            timeout: reader.checked("PRESTART_TIMEOUT", "60s", units::duration),
        }
    }
}
