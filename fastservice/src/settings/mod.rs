//! Settings: read once at start, typed, with every mistake reported at once.

mod auth;
mod database;
mod http;
mod metrics;
#[cfg(feature = "otlp")]
mod otlp;
mod reader;
mod server;
mod units;

#[cfg(feature = "otlp")]
pub use self::otlp::{OtlpSettings, Sampling, SamplingKind};
use self::reader::Reader;
pub use self::{
    auth::AuthSettings,
    database::DatabaseSettings,
    http::{ErrorFormat, HttpSettings},
    metrics::MetricsSettings,
    reader::{Setting, SettingsError, Source},
    server::{RuntimeKind, ServerSettings},
};

/// A build with the development issuer is a development build: it listens on
/// loopback and issues its own tokens unless told otherwise.
pub(crate) const IS_DEVELOPMENT: bool = cfg!(feature = "dev-issuer");

/// The settings of a service. Names are those of the environment, in any case.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// `SERVICE_NAME` (`service`): what the service calls itself, also the realm of challenges.
    pub service_name: String,
    /// `SERVICE_DESCRIPTION` (empty): one sentence about it.
    pub service_description: String,
    /// `LOGGING_LEVEL` (`info`): `off`, `error`, `warn`, `info`, `debug`, `trace`, or a
    /// directive such as `info,my_service=debug`.
    pub logging_level: String,
    /// Where and how it listens.
    pub server: ServerSettings,
    /// How requests are read and answered.
    pub http: HttpSettings,
    /// Whose tokens it accepts.
    pub auth: AuthSettings,
    /// Where its data is.
    pub database: DatabaseSettings,
    /// Whether and where it serves what it counts.
    pub metrics: MetricsSettings,
    #[cfg(feature = "otlp")]
    /// Whereto it exports traces and logs.
    pub otlp: OtlpSettings,
    shown: Vec<Setting>,
}

impl Settings {
    /// Reads the settings from the environment of the process.
    ///
    /// # Errors
    /// Every mistake at once: the name, what was wrong, what is expected.
    pub fn from_environment() -> Result<Self, SettingsError> {
        Self::from_source(Source::environment())
    }

    /// Reads the settings from pairs of name and value, for tests.
    ///
    /// # Errors
    /// As [`from_environment`](Self::from_environment).
    pub fn from_pairs<'p>(
        pairs: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<Self, SettingsError> {
        Self::from_source(Source::pairs(pairs))
    }

    /// Reads the settings from a source.
    ///
    /// # Errors
    /// As [`from_environment`](Self::from_environment).
    pub fn from_source(source: Source) -> Result<Self, SettingsError> {
        let mut reader = Reader::new(source);
        let service_name = reader.checked("SERVICE_NAME", "service", |text| Ok(text.to_owned()));
        let settings = Self {
            service_description: reader.text("SERVICE_DESCRIPTION").unwrap_or_default(),
            logging_level: reader.checked("LOGGING_LEVEL", "info", units::level),
            server: ServerSettings::read(&mut reader),
            http: HttpSettings::read(&mut reader),
            auth: AuthSettings::read(&mut reader),
            database: DatabaseSettings::read(&mut reader, &service_name),
            metrics: MetricsSettings::read(&mut reader),
            #[cfg(feature = "otlp")]
            otlp: OtlpSettings::read(&mut reader),
            service_name,
            shown: Vec::new(),
        };
        let shown = reader.finish()?;
        Ok(Self { shown, ..settings })
    }

    /// The effective settings and where each came from, secrets masked.
    #[must_use]
    pub fn shown(&self) -> &[Setting] {
        &self.shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_a_default() {
        let settings = Settings::from_pairs([]).unwrap();

        assert_eq!(settings.server.port, 8000);
        assert_eq!(settings.http.body_limit, 2 * 1024 * 1024);
        assert!(settings.shown().iter().all(|setting| setting.origin() == "default"));
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let wrong =
            [("PORT", "x"), ("error_format", "xml"), ("BODY_LIMIT", "-1"), ("THREADS", "0")];

        let error = Settings::from_pairs(wrong).unwrap_err().to_string();

        for name in ["PORT", "ERROR_FORMAT", "BODY_LIMIT", "THREADS"] {
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn secrets_are_masked() {
        let url = "postgres://me:hunter2@db/app";

        let settings = Settings::from_pairs([("DATABASE_URL", url)]).unwrap();

        assert_eq!(settings.database.url.expose(), url);
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
