//! Files that were written for Python's `logging` start the service too: what
//! has a meaning here is taken, the rest is left.

use serde_json::{Map, Value};
use tracing_subscriber::filter::LevelFilter;

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
    let levels = level(object).into_iter().map(|level| level.to_string()).collect();
    let mut members = Members { levels, ..Members::default() };
    let nested = [part(object, "handlers"), part(object, "loggers")].into_iter().flatten();
    for object in std::iter::once(object).chain(nested) {
        take(&mut members, object);
    }
    members.warnings.push(format!(
        "{file}: this is a configuration of Python's logging; its level, file name, size and \
         number of old files are used, the rest has no effect"
    ));
    members
}

/// The level of all that is written anywhere, as here one level counts for all.
fn level(object: &Map<String, Value>) -> Option<LevelFilter> {
    let root = object.get("root").and_then(Value::as_object);
    if let Some(level) = own_level(object).or_else(|| own_level(root?)) {
        return Some(level);
    }
    let is_dictionary =
        ["handlers", "loggers", "root"].iter().any(|name| object.contains_key(*name));
    if !is_dictionary {
        return None;
    }
    // Where the root has no level, Python's is WARNING; single loggers may say more.
    let loggers = part(object, "loggers").filter_map(own_level);
    let logged = loggers.chain([LevelFilter::WARN]).max()?;
    // A handler without a level takes everything.
    let taken = part(object, "handlers").map(|handler| own_level(handler).unwrap_or(logged)).max();
    Some(taken.map_or(logged, |taken| taken.min(logged)))
}

fn own_level(object: &Map<String, Value>) -> Option<LevelFilter> {
    let level = object.get("level").and_then(Value::as_str);
    level.and_then(|level| units::level(level).ok()?.parse().ok())
}

/// The objects in a member, such as all handlers.
fn part<'a>(
    object: &'a Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'a Map<String, Value>> {
    let part = object.get(name).and_then(Value::as_object);
    part.into_iter().flat_map(Map::values).filter_map(Value::as_object)
}

/// The first value of each counts.
fn take(members: &mut Members, object: &Map<String, Value>) {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
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
