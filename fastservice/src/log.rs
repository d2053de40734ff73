//! Log records: `tracing` events, written to standard output.

use tracing_subscriber::EnvFilter;

/// Writes the process's log records from here on. A subscriber that the
/// service has set already stays.
pub(crate) fn start(level: &str) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter);
    let _ = subscriber.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stdout())).try_init();
}
