use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic, thread,
};

use super::{FLUSH_PATIENCE, records::Records};

/// From here on panics are records, with the request that they are about,
/// instead of text on standard error between the lines of the log.
pub(super) fn record(records: Records) {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !tracing::enabled!(target: "fastservice::panic", tracing::Level::ERROR) {
            return print(panic);
        }
        let text = panic.payload().downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.payload().downcast_ref::<String>().map(String::as_str));
        let backtrace = Backtrace::capture();
        let has_backtrace = backtrace.status() == BacktraceStatus::Captured;
        tracing::error!(
            target: "fastservice::panic",
            panic = text.unwrap_or("no text"),
            location = panic.location().map(tracing::field::display),
            thread = thread::current().name(),
            backtrace = has_backtrace.then(|| tracing::field::display(backtrace)),
            "panicked"
        );
        // Nothing comes after it.
        if cfg!(panic = "abort") {
            records.flush(FLUSH_PATIENCE);
        }
    }));
}
