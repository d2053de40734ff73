use super::{Failure, loopback};
use crate::{app::App, builtin::HEARTBEAT_PATH};

pub(super) fn run(mut app: App) -> Result<(), Failure> {
    let settings = app.take_settings()?;
    match loopback::request(&settings.server, "GET", HEARTBEAT_PATH, "")? {
        (200, _) => Ok(()),
        (status, _) => Err(format!("the heartbeat answered {status}").into()),
    }
}
