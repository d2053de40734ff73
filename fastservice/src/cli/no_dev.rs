use std::ffi::OsString;

use super::Failure;
use crate::{app::App, server::PassedSockets};

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[arg(hide = true, allow_hyphen_values = true, trailing_var_arg = true)]
    _cargo_options: Vec<OsString>,
}

pub(super) fn run(_: App, _: Options, _: PassedSockets) -> Result<(), Failure> {
    Err("`dev` keeps a socket over processes, which needs Unix; run `serve` here".into())
}
