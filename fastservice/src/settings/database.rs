use std::time::Duration;

use super::{reader::Reader, units};
use crate::secret::Secret;

/// Where the service's data is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DatabaseSettings {
    /// `DATABASE_URL` (`sqlite:SERVICE_NAME.db`): the database. It may hold a password.
    pub url: Secret<String>,
    /// `DATABASE_MAX_SIZE` (8): connections at once.
    pub max_size: u32,
    /// `DATABASE_TIMEOUT` (`5s`): how long a request waits for a connection.
    pub timeout: Duration,
}

impl DatabaseSettings {
    pub(super) fn read(reader: &mut Reader, service_name: &str) -> Self {
        Self {
            url: Secret::new(reader.secret("DATABASE_URL", &format!("sqlite:{service_name}.db"))),
            max_size: reader.checked("DATABASE_MAX_SIZE", "8", |text| {
                let size = text.parse().ok().filter(|size| (1..=1000).contains(size));
                size.ok_or_else(|| "a number from 1 to 1000".to_owned())
            }),
            timeout: reader.checked("DATABASE_TIMEOUT", "5s", units::duration),
        }
    }
}
