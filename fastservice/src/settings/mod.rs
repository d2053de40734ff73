//! Settings: read once at start, typed, with every mistake reported at once.

mod access_tokens;
mod auth;
mod client;
mod cors;
mod database;
#[cfg(feature = "dev-issuer")]
mod dev_issuer;
mod docs;
mod env_file;
mod health;
mod hint;
mod http;
mod introspection;
mod logs;
mod metrics;
mod network;
#[cfg(feature = "otlp")]
mod otlp;
mod place;
mod prestart;
mod proxy;
mod reader;
mod report;
mod section;
mod server;
mod source;
#[cfg(test)]
mod tests;
pub(crate) mod units;
mod value;

use std::{any::TypeId, path::Path, sync::Arc};

#[cfg(feature = "dev-issuer")]
pub use self::dev_issuer::DevIssuerSettings;
#[cfg(feature = "otlp")]
pub use self::otlp::{OtlpSettings, Sampling, SamplingKind};
pub use self::{
    access_tokens::{AccessTokenSettings, ClientAuthentication},
    auth::AuthSettings,
    client::ClientSettings,
    cors::{CorsSettings, Origins},
    database::{DatabaseSettings, PostgresSettings, SslMode},
    docs::DocsSettings,
    health::HealthSettings,
    http::{ErrorFormat, HttpSettings},
    introspection::IntrospectionSettings,
    logs::{LogSettings, LogType},
    metrics::MetricsSettings,
    network::{Network, NetworkError},
    prestart::PrestartSettings,
    proxy::{ForwardedHeader, ProxySettings, RequestIdSource},
    report::{Setting, SettingsError},
    server::{RuntimeKind, ServerSettings},
    source::Source,
};
use self::{
    reader::{Reader, Report},
    section::AnySection,
};
pub(crate) use self::{section::Section, units::is_host_and_port};

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
    /// What it logs, where and how.
    pub logs: LogSettings,
    /// Where and how it listens.
    pub server: ServerSettings,
    /// What runs before it starts.
    pub prestart: PrestartSettings,
    /// How requests are read and answered.
    pub http: HttpSettings,
    /// Whether it shows its documentation.
    pub docs: DocsSettings,
    /// Who is believed about the clients that it speaks for.
    pub proxy: ProxySettings,
    /// Which pages of other origins may call it from a browser.
    pub cors: CorsSettings,
    /// How it says that it is well.
    pub health: HealthSettings,
    /// Whose tokens it accepts.
    pub auth: AuthSettings,
    /// Who is asked about opaque tokens.
    pub introspection: IntrospectionSettings,
    /// Where it gets the tokens that it sends.
    pub access_tokens: AccessTokenSettings,
    /// Who can log in to the development issuer.
    #[cfg(feature = "dev-issuer")]
    pub dev_issuer: DevIssuerSettings,
    /// Where its data is.
    pub database: DatabaseSettings,
    /// How it calls other services.
    pub client: ClientSettings,
    /// Whether and where it serves what it counts.
    pub metrics: MetricsSettings,
    /// Whereto it exports traces and logs.
    #[cfg(feature = "otlp")]
    pub otlp: OtlpSettings,
    source: Arc<Source>,
    shown: Vec<Setting>,
    notes: Vec<String>,
    sections: Vec<(TypeId, AnySection)>,
}

impl Settings {
    /// Reads the settings from the environment of the process and the places that it
    /// names: see [`Source`].
    ///
    /// # Errors
    /// Every mistake at once: the name, where it is set, what was wrong, what is expected.
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
        Self::with_sections(source, &[])
    }

    /// Reads the settings again from the places that these came from, as files may
    /// have changed. Without those of the service itself.
    ///
    /// # Errors
    /// As [`from_environment`](Self::from_environment).
    pub fn read_again(&self) -> Result<Self, SettingsError> {
        Self::from_source(self.source.again())
    }

    /// Reads the settings and those of the service itself.
    pub(crate) fn with_sections(
        source: Source,
        sections: &[Section],
    ) -> Result<Self, SettingsError> {
        let source = Arc::new(source);
        let mut reader = Reader::new(source.clone());
        let service_name = reader.checked("SERVICE_NAME", "service", |text| Ok(text.to_owned()));
        let mut settings = Self {
            service_description: reader.text("SERVICE_DESCRIPTION").unwrap_or_default(),
            logs: LogSettings::read(&mut reader),
            server: ServerSettings::read(&mut reader),
            prestart: PrestartSettings::read(&mut reader),
            http: HttpSettings::read(&mut reader),
            docs: DocsSettings::read(&mut reader),
            proxy: ProxySettings::read(&mut reader),
            cors: CorsSettings::read(&mut reader),
            health: HealthSettings::read(&mut reader),
            auth: AuthSettings::read(&mut reader),
            introspection: IntrospectionSettings::read(&mut reader),
            access_tokens: AccessTokenSettings::read(&mut reader),
            #[cfg(feature = "dev-issuer")]
            dev_issuer: DevIssuerSettings::read(&mut reader),
            database: DatabaseSettings::read(&mut reader, &service_name),
            client: ClientSettings::read(&mut reader),
            metrics: MetricsSettings::read(&mut reader),
            #[cfg(feature = "otlp")]
            otlp: OtlpSettings::read(&mut reader),
            service_name,
            source,
            shown: Vec::new(),
            notes: Vec::new(),
            sections: Vec::new(),
        };
        settings.add_sections(reader, sections)?;
        Ok(settings)
    }

    /// Reads what of the service's own settings was not read yet.
    pub(crate) fn and_sections(mut self, sections: &[Section]) -> Result<Self, SettingsError> {
        let is_read = |section: &&Section| self.sections.iter().any(|(id, _)| *id == section.id);
        let missing: Vec<_> =
            sections.iter().filter(|section| !is_read(section)).copied().collect();
        let report = Report { shown: self.shown, notes: self.notes };
        (self.shown, self.notes) = (Vec::new(), Vec::new());
        let reader = Reader::resume(self.source.clone(), report);
        self.add_sections(reader, &missing)?;
        Ok(self)
    }

    fn add_sections(
        &mut self,
        mut reader: Reader,
        sections: &[Section],
    ) -> Result<(), SettingsError> {
        for section in sections {
            self.sections.extend(section.read(&mut reader).map(|value| (section.id, value)));
        }
        let report = reader.finish()?;
        (self.shown, self.notes) = (report.shown, report.notes);
        Ok(())
    }

    /// Whether anybody is named who says for whom tokens speak.
    pub(crate) fn names_issuer(&self) -> bool {
        self.auth.names_issuer() || self.introspection.url.is_some()
    }

    /// Whether its document is served, and pages that show it.
    pub(crate) fn shows_pages(&self) -> bool {
        self.http.openapi && self.docs.enabled
    }

    /// The service's own settings of this type, which [`App::config`](crate::App::config) asked for.
    #[must_use]
    pub fn config<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let (_, value) = self.sections.iter().find(|(id, _)| *id == TypeId::of::<T>())?;
        value.clone().downcast().ok()
    }

    /// The folder of the `env_config` file, where a deployment may have other files.
    #[must_use]
    pub fn config_folder(&self) -> Option<&Path> {
        self.source.config_folder()
    }

    /// What may be wrong, though it is no mistake: names that are nearly a setting, names
    /// in `env_config` that are none, names that are set twice there. No values.
    #[must_use]
    pub fn hints(&self) -> Vec<String> {
        let known = self.shown.iter().map(|setting| setting.name.clone()).collect();
        let unknown = hint::unknown_names(&self.source, &known);
        self.notes.iter().cloned().chain(unknown).collect()
    }

    /// The effective settings and where each came from, secrets masked.
    #[must_use]
    pub fn shown(&self) -> &[Setting] {
        &self.shown
    }
}
