use std::{ffi::OsString, path::PathBuf};

use super::{
    Failure,
    operations::{self, OwnPort},
    serve,
};
use crate::{
    app::App,
    reload::{Project, supervise},
    server::{PassedSockets, Runtime},
    settings::{Setting, Settings},
};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// For `cargo build`, such as `--features x`.
    #[arg(allow_hyphen_values = true, trailing_var_arg = true)]
    cargo_options: Vec<OsString>,
}

pub(super) fn run(
    mut app: App,
    options: Options,
    mut passed: PassedSockets,
) -> Result<(), Failure> {
    let settings = app.take_settings()?;
    let mut sockets = vec![serve::listen(&settings, &mut passed)?];
    sockets.extend(operations::bind(&settings, &mut passed)?.map(OwnPort::into_listener));
    let project =
        Project { sockets, options: options.cargo_options, settings: vec![file_of(&settings)] };
    Runtime::new(&settings.server)?.block_on(supervise(project))
}

/// The file of settings: the one that was read, or the one that would be.
fn file_of(settings: &Settings) -> PathBuf {
    let read = settings.shown().iter().find(|setting| setting.name() == "ENV_CONFIG");
    let path = read.map(Setting::value).filter(|path| !path.is_empty());
    path.unwrap_or("env_config").into()
}
