//! Log records: `tracing` events, written to standard output.

use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, layer::SubscriberExt};

/// Writes the process's log records from here on, and gives them to `more`. A
/// subscriber that the service has set already stays.
pub(crate) fn start(level: &str, more: impl Layer<Registry> + Send + Sync) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
    let lines = fmt::layer().with_ansi(is_terminal);
    let subscriber = Registry::default().with(more).with(lines).with(filter);
    let _ = tracing::subscriber::set_global_default(subscriber);
}
