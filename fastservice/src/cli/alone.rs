//! Serving in a process that nobody replaces: see `reload`.

use std::io;

use crate::{
    server::{self, Answer, Listener, Runtime, Signals, Stop},
    settings::ServerSettings,
};

pub(super) fn is_reloaded() -> bool {
    false
}

pub(super) fn serve<S: Answer>(
    runtime: Runtime,
    _: &ServerSettings,
    listener: Listener,
    service: S,
    signals: Signals,
) -> io::Result<Stop> {
    let (trigger, _) = server::trigger();
    runtime.serve(listener, service, trigger, signals)
}
