//! `cargo generate`, without git and its own look.

use std::process::ExitCode;

use cargo_generate::Cli;
use clap::Parser;

fn main() -> ExitCode {
    let Cli::Generate(arguments) = Cli::parse();
    match cargo_generate::generate(arguments) {
        Ok(_) => ExitCode::SUCCESS,
        // It has said why.
        Err(_) => ExitCode::FAILURE,
    }
}
