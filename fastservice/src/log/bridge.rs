//! Records of the crate `log`, which many libraries write: they come as records of
//! `tracing` whose target and place are fields.

use tracing::{Event, Metadata};
use tracing_log::{LogTracer, NormalizeEvent};

/// Takes them from here on, unless the service has a logger of its own.
pub(super) fn start() {
    let _ = LogTracer::init();
}

/// What a record of that crate says of itself; `None` for one of `tracing`.
pub(crate) fn metadata<'a>(event: &'a Event<'a>) -> Option<Metadata<'a>> {
    event.normalized_metadata()
}

/// Whether a field is none of the record's own.
pub(crate) fn is_of_bridge(field: &str) -> bool {
    let name = field.strip_prefix("log.");
    name.is_some_and(|name| matches!(name, "target" | "module_path" | "file" | "line"))
}
