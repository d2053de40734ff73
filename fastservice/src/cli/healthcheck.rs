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
    let path = if options.ready { READY_PATH } else { HEARTBEAT_PATH };
    match loopback::request(&settings.server, "GET", path, "")? {
        (200, _) => Ok(()),
        (status, body) => Err(format!("{path} answered {status}: {body}").into()),
    }
}
