use std::time::Duration;

use super::{reader::Reader, units};

/// How the service says that it is well.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HealthSettings {
    /// `READY_TIMEOUT` (`2s`): how long each check of `/ready` may take; they run at the same time.
    pub ready_timeout: Duration,
}

impl HealthSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self { ready_timeout: reader.checked("READY_TIMEOUT", "2s", units::duration) }
    }
}
