use clap::Args;

use super::{Failure, loopback};
use crate::{
    app::App,
    builtin::{HEARTBEAT_PATH, READY_PATH},
};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Asks whether requests may come, and not only whether the service is alive.
    #[arg(long)]
    ready: bool,
}

pub(super) fn run(mut app: App, options: &Options) -> Result<(), Failure> {
    let settings = app.take_settings()?;
    let mut server = settings.server;
    // It answers also while `MAX_CONNECTIONS` are open: who is busy is alive.
    if let Some(port) = settings.metrics.port.filter(|_| settings.metrics.enabled && !options.ready)
    {
        server.port = port;
    }
    let path = if options.ready { READY_PATH } else { HEARTBEAT_PATH };
    match loopback::request(&server, "GET", path, "")? {
        (200, _) => Ok(()),
        (status, body) => Err(format!("{path} answered {status}: {body}").into()),
    }
}
