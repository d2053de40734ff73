use std::time::Duration;

use super::reader::{Reader, one_of};
use crate::secret::Secret;

/// Whereto traces and logs are exported: the usual variables of OpenTelemetry. The
/// SDK itself reads those of its queues, such as `OTEL_BSP_SCHEDULE_DELAY`, from
/// the environment.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OtlpSettings {
    /// `OTEL_SDK_DISABLED` (`false`): whether nothing is exported.
    pub disabled: bool,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT` (none): the collector, such as
    /// `http://collector:4318`. Without an endpoint nothing is exported.
    pub endpoint: Option<String>,
    /// `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` (none): a whole address for traces, in place of
    /// `v1/traces` below the other.
    pub traces_endpoint: Option<String>,
    /// `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT` (none): a whole address for logs, in place of
    /// `v1/logs` below the other.
    pub logs_endpoint: Option<String>,
    /// `OTEL_TRACES_EXPORTER` (`otlp`): `otlp` or `none`.
    pub exports_traces: bool,
    /// `OTEL_LOGS_EXPORTER` (`otlp`): `otlp` or `none`.
    pub exports_logs: bool,
    /// `OTEL_EXPORTER_OTLP_HEADERS` (none): `name=value,…`, percent-encoded, such as an API key.
    pub headers: Secret<Vec<(String, String)>>,
    /// `OTEL_EXPORTER_OTLP_TIMEOUT` (10000): milliseconds that an export may take.
    pub timeout: Duration,
    /// `OTEL_SERVICE_NAME` (none): the service's name in traces, in place of `SERVICE_NAME`.
    pub service_name: Option<String>,
    /// `OTEL_RESOURCE_ATTRIBUTES` (none): `name=value,…`, percent-encoded, added to all that is
    /// exported.
    pub resource_attributes: Vec<(String, String)>,
    /// `OTEL_TRACES_SAMPLER` (`parentbased_always_on`): which requests are traced:
    /// `always_on`, `always_off`, `traceidratio`, or one of them with `parentbased_`
    /// before, which asks the caller first.
    pub sampler: Sampling,
    /// `OTEL_TRACES_SAMPLER_ARG` (1): the share that `traceidratio` traces, from 0 to 1.
    pub sampler_arg: f64,
}

/// Which requests are traced: the setting `OTEL_TRACES_SAMPLER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sampling {
    /// Whether the caller's decision goes before.
    pub asks_parent: bool,
    /// Which of the others.
    pub kind: SamplingKind,
}

/// Which requests are traced when no caller has decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SamplingKind {
    /// All.
    AlwaysOn,
    /// None.
    AlwaysOff,
    /// A share of them: the setting `OTEL_TRACES_SAMPLER_ARG`.
    Ratio,
}

impl OtlpSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let flags = [("true", true), ("false", false)];
        let exporters = [("otlp", true), ("none", false)];
        // Another protocol than the one that is built in would lose everything.
        reader.checked("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", |text| {
            one_of(text, &[("http/protobuf", ())])
        });
        Self {
            disabled: reader.checked("OTEL_SDK_DISABLED", "false", |text| one_of(text, &flags)),
            endpoint: reader.optional("OTEL_EXPORTER_OTLP_ENDPOINT", address),
            traces_endpoint: reader.optional("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", address),
            logs_endpoint: reader.optional("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", address),
            exports_traces: reader
                .checked("OTEL_TRACES_EXPORTER", "otlp", |text| one_of(text, &exporters)),
            exports_logs: reader
                .checked("OTEL_LOGS_EXPORTER", "otlp", |text| one_of(text, &exporters)),
            headers: Secret::new(pairs(&reader.secret("OTEL_EXPORTER_OTLP_HEADERS", ""))),
            timeout: reader.checked("OTEL_EXPORTER_OTLP_TIMEOUT", "10000", millis),
            service_name: reader.text("OTEL_SERVICE_NAME"),
            resource_attributes: reader
                .optional("OTEL_RESOURCE_ATTRIBUTES", |text| Ok(pairs(text)))
                .unwrap_or_default(),
            sampler: reader.checked("OTEL_TRACES_SAMPLER", "parentbased_always_on", sampling),
            sampler_arg: reader.checked("OTEL_TRACES_SAMPLER_ARG", "1", |text| {
                let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
                share.ok_or_else(|| "a number from 0 to 1".to_owned())
            }),
        }
    }

    /// Where traces go; `None` when they go nowhere.
    #[must_use]
    pub fn traces_address(&self) -> Option<String> {
        let is_on = !self.disabled && self.exports_traces;
        is_on.then(|| self.address(self.traces_endpoint.as_ref(), "v1/traces"))?
    }

    /// Where logs go; `None` when they go nowhere.
    #[must_use]
    pub fn logs_address(&self) -> Option<String> {
        let is_on = !self.disabled && self.exports_logs;
        is_on.then(|| self.address(self.logs_endpoint.as_ref(), "v1/logs"))?
    }

    fn address(&self, of_signal: Option<&String>, path: &str) -> Option<String> {
        let below = |base: &String| format!("{}/{path}", base.trim_end_matches('/'));
        of_signal.cloned().or_else(|| self.endpoint.as_ref().map(below))
    }
}

fn address(text: &str) -> Result<String, String> {
    let expected = "an address such as `http://collector:4318`; a password belongs into \
                    OTEL_EXPORTER_OTLP_HEADERS";
    let uri: Option<http::Uri> = text.parse().ok();
    let is_right = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
    });
    if is_right { Ok(text.to_owned()) } else { Err(expected.to_owned()) }
}

fn millis(text: &str) -> Result<Duration, String> {
    let millis = text.parse().ok().filter(|millis| (1..=600_000).contains(millis));
    millis.map(Duration::from_millis).ok_or_else(|| "milliseconds, from 1 to 600000".to_owned())
}

fn sampling(text: &str) -> Result<Sampling, String> {
    let kinds = [
        ("always_on", SamplingKind::AlwaysOn),
        ("always_off", SamplingKind::AlwaysOff),
        ("traceidratio", SamplingKind::Ratio),
    ];
    let own = text.strip_prefix("parentbased_");
    let kind = one_of(own.unwrap_or(text), &kinds)
        .map_err(|kinds| format!("{kinds}, or one of them with `parentbased_` before"))?;
    Ok(Sampling { asks_parent: own.is_some(), kind })
}

/// What is no pair is left out, as the SDK does.
fn pairs(text: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| {
        let text = percent_encoding::percent_decode_str(text.trim());
        text.decode_utf8_lossy().into_owned()
    };
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        Some((name.trim().to_owned(), decoded(value)))
    };
    text.split(',').filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::Settings, *};

    fn read(pairs: &[(&str, &str)]) -> OtlpSettings {
        Settings::from_pairs(pairs.iter().copied()).unwrap().otlp
    }

    #[test]
    fn without_an_endpoint_nothing_is_exported() {
        assert_eq!(read(&[]).traces_address(), None);
        assert_eq!(read(&[]).logs_address(), None);
    }

    #[test]
    fn each_signal_has_its_path_below_the_endpoint_or_an_endpoint_of_its_own() {
        let settings = read(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/"),
            ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "https://logs.example/in"),
        ]);

        assert_eq!(settings.traces_address().unwrap(), "http://collector:4318/v1/traces");
        assert_eq!(settings.logs_address().unwrap(), "https://logs.example/in");
    }

    #[test]
    fn export_is_turned_off_by_signal_or_as_a_whole() {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");

        let logs_only = read(&[endpoint, ("OTEL_TRACES_EXPORTER", "none")]);
        let off = read(&[endpoint, ("OTEL_SDK_DISABLED", "true")]);

        assert!(logs_only.traces_address().is_none() && logs_only.logs_address().is_some());
        assert!(off.traces_address().is_none() && off.logs_address().is_none());
    }

    #[test]
    fn pairs_are_decoded_and_headers_are_not_shown() {
        let settings = read(&[("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%3Db, x = 1,nothing")]);

        let expected = [("api-key".to_owned(), "a=b".to_owned()), ("x".to_owned(), "1".to_owned())];
        assert_eq!(settings.headers.expose(), &expected);
        assert!(!format!("{settings:?}").contains("a=b"));
    }

    #[test]
    fn what_is_not_built_in_is_refused() {
        for (name, value) in [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_TRACES_SAMPLER", "jaeger_remote"),
            ("OTEL_TRACES_SAMPLER_ARG", "2"),
            ("OTEL_TRACES_EXPORTER", "zipkin"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://collector"),
        ] {
            let error = Settings::from_pairs([(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
