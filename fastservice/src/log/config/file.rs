use std::path::PathBuf;

use serde_json::{Map, Value};

use super::python;
use crate::{
    log::{error::LogError, format::Format},
    settings::units,
};

/// What a configuration file says.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// Directives, such as `info` and `hyper=warn`.
    pub(super) levels: Vec<String>,
    pub(super) format: Option<Format>,
    pub(super) path: Option<PathBuf>,
    pub(super) max_size: Option<u64>,
    pub(super) keep: Option<usize>,
    pub(super) compress: Option<bool>,
    pub(super) warnings: Vec<String>,
}

impl Members {
    /// Reads a file's text; all mistakes at once.
    pub(super) fn parse(text: &str, file: &str) -> Result<Self, LogError> {
        // An editor's byte order mark is no JSON.
        let text = text.trim_start_matches('\u{feff}');
        let object: Map<String, Value> = serde_json::from_str(text).map_err(|error| {
            LogError::new(vec![format!("{file}: {error}; expected a JSON object")])
        })?;
        if python::is_python(&object) {
            return Ok(python::members(&object, file));
        }
        let mut reading = Reading { file, members: Self::default(), faults: Vec::new() };
        for (name, value) in &object {
            reading.member(name, value);
        }
        let Reading { members, faults, .. } = reading;
        if faults.is_empty() { Ok(members) } else { Err(LogError::new(faults)) }
    }
}

struct Reading<'a> {
    file: &'a str,
    members: Members,
    faults: Vec<String>,
}

impl Reading<'_> {
    fn member(&mut self, name: &str, value: &Value) {
        match name {
            "level" => {
                let levels = self.read(name, value, level);
                self.members.levels.splice(0..0, levels);
            }
            "targets" => self.targets(value),
            "format" => self.members.format = self.read(name, value, format),
            "path" => {
                self.members.path = self.read(name, value, |value| {
                    let path = value.as_str().filter(|path| !path.is_empty());
                    path.map(PathBuf::from).ok_or_else(|| "a path such as `log/app.log`".to_owned())
                });
            }
            "max_size" => self.members.max_size = self.read(name, value, size),
            "keep" => self.members.keep = self.read(name, value, keep),
            "compress" => {
                self.members.compress = self.read(name, value, |value| {
                    value.as_bool().ok_or_else(|| "`true` or `false`".to_owned())
                });
            }
            unknown => self.members.warnings.push(format!(
                "{}: `{unknown}` is not known and has no effect; known are `level`, `targets`, \
                 `format`, `path`, `max_size`, `keep` and `compress`",
                self.file
            )),
        }
    }

    fn targets(&mut self, value: &Value) {
        let Some(targets) = value.as_object() else {
            return self.refuse("targets", value, r#"an object such as `{"hyper": "warn"}`"#);
        };
        for (target, value) in targets {
            let name = format!("targets.{target}");
            let directive = self.read(&name, value, |value| {
                let level = level(value)?;
                let directive = units::level(&format!("{target}={level}"));
                directive.map_err(|_| "a target such as `hyper` or `my_service::orders`".to_owned())
            });
            self.members.levels.extend(directive);
        }
    }

    fn read<T>(
        &mut self,
        name: &str,
        value: &Value,
        read: impl Fn(&Value) -> Result<T, String>,
    ) -> Option<T> {
        read(value).map_err(|expected| self.refuse(name, value, &expected)).ok()
    }

    fn refuse(&mut self, name: &str, value: &Value, expected: &str) {
        self.faults.push(format!("{}: `{name}` is `{value}`; expected {expected}", self.file));
    }
}

/// One level; directives have their own place.
fn level(value: &Value) -> Result<String, String> {
    let expected = || "one of off, error, warn, info, debug, trace".to_owned();
    let text = value.as_str().filter(|text| !text.contains([',', '='])).ok_or_else(expected)?;
    units::level(text).map_err(|_| expected())
}

fn format(value: &Value) -> Result<Format, String> {
    match value.as_str() {
        Some("text") => Ok(Format::Text),
        Some("json") => Ok(Format::Json),
        _ => Err("`text` or `json`".to_owned()),
    }
}

fn size(value: &Value) -> Result<u64, String> {
    let bytes = match value {
        Value::String(text) => units::bytes(text)?,
        other => units::bytes(&other.to_string())?,
    };
    u64::try_from(bytes).map_err(|error| error.to_string())
}

fn keep(value: &Value) -> Result<usize, String> {
    let keep = value.as_u64().filter(|keep| *keep <= 10_000);
    keep.and_then(|keep| usize::try_from(keep).ok())
        .ok_or_else(|| "a number of files from 0 to 10000".to_owned())
}
