use std::time::Duration;

use super::{reader::Reader, units};

/// How the service calls others.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ClientSettings {
    /// `CLIENT_TIMEOUT` (`30s`): how long a call may take until its whole answer is there.
    pub timeout: Duration,
    /// `CLIENT_CONNECT_TIMEOUT` (`5s`): how long a connection may take.
    pub connect_timeout: Duration,
    /// `CLIENT_BODY_LIMIT` (`16MiB`): the largest answer that is read into memory.
    pub body_limit: usize,
}

impl ClientSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            timeout: reader.checked("CLIENT_TIMEOUT", "30s", units::duration),
            connect_timeout: reader.checked("CLIENT_CONNECT_TIMEOUT", "5s", units::duration),
            body_limit: reader.checked("CLIENT_BODY_LIMIT", "16MiB", units::bytes),
        }
    }
}
