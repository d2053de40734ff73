//! Files that were written for Python's `logging` start the service too: what
//! has a meaning here is taken, the rest is left.

use serde_json::{Map, Value};

use super::file::Members;
use crate::settings::units;

/// Members that only Python's configurations have.
const OF_PYTHON: [&str; 12] = [
    "version",
    "handlers",
    "formatters",
    "loggers",
    "root",
    "filters",
    "disable_existing_loggers",
    "filename",
    "maxBytes",
    "backupCount",
    "rotation",
    "retention",
];

pub(super) fn is_python(object: &Map<String, Value>) -> bool {
    // Also the template of a line, where the name of a format is expected.
    let format = object.get("format").and_then(Value::as_str);
    OF_PYTHON.iter().any(|name| object.contains_key(*name))
        || format.is_some_and(|format| format.contains(['%', '{']))
}

/// Level, file, size and number of old files, wherever they stand.
pub(super) fn members(object: &Map<String, Value>, file: &str) -> Members {
    let mut members = Members::default();
    let nested =
        ["handlers", "loggers"].into_iter().filter_map(|name| object.get(name)?.as_object());
    // The root's level comes before those of single handlers, one of which may be for
    // errors only.
    let nested = object.get("root").into_iter().chain(nested.flat_map(Map::values));
    let nested = nested.filter_map(Value::as_object);
    for object in std::iter::once(object).chain(nested) {
        take(&mut members, object);
    }
    members.warnings.push(format!(
        "{file}: this is a configuration of Python's logging; its level, file name, size and \
         number of old files are used, the rest has no effect"
    ));
    members
}

/// The first value of each counts.
fn take(members: &mut Members, object: &Map<String, Value>) {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    if members.levels.is_empty() {
        let level = text("level").and_then(|level| units::level(level).ok());
        members.levels.extend(level.filter(|level| !level.contains([',', '='])));
    }
    if members.path.is_none() {
        members.path = text("filename").filter(|path| !path.is_empty()).map(Into::into);
    }
    if members.max_size.is_none() {
        let bytes = object.get("maxBytes").and_then(Value::as_u64).filter(|bytes| *bytes > 0);
        let rotation = || units::bytes(text("rotation")?).ok().map(|bytes| bytes as u64);
        members.max_size = bytes.or_else(rotation);
    }
    if members.keep.is_none() {
        let count = object.get("backupCount").or_else(|| object.get("retention"));
        members.keep = count.and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok());
    }
}
