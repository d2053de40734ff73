use super::reader::{Reader, one_of};

/// Whether and where the service serves what it counts. They need the feature `metrics`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MetricsSettings {
    /// `METRICS` (`true`): whether requests are counted and `/metrics` is served.
    pub enabled: bool,
    /// `METRICS_PORT` (none): a port of its own for `/metrics`, and for the heartbeat,
    /// which answers there until the service has ended. Without it `/metrics` is on
    /// `PORT`, for everybody who reaches it.
    pub port: Option<u16>,
}

impl MetricsSettings {
    /// Whether `/metrics` is among the routes of `PORT`.
    pub(crate) fn are_on_main_port(&self) -> bool {
        self.enabled && self.port.is_none()
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            enabled: reader.checked("METRICS", "true", |text| {
                one_of(text, &[("true", true), ("false", false)])
            }),
            port: reader.optional("METRICS_PORT", |text| {
                text.parse().map_err(|_| "a port number from 0 to 65535".to_owned())
            }),
        }
    }
}
