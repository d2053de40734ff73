//! The command line of every service.

#[cfg(not(all(feature = "reload", unix)))]
mod alone;
mod check_config;
#[cfg(all(feature = "reload", unix))]
mod dev;
#[cfg(all(feature = "reload", not(unix)))]
#[path = "no_dev.rs"]
mod dev;
mod healthcheck;
mod loopback;
mod migrate;
mod openapi;
mod operations;
#[cfg(feature = "dev-issuer")]
mod rotate_keys;
mod routes;
mod serve;
#[cfg(not(feature = "otlp"))]
mod telemetry;
#[cfg(feature = "dev-issuer")]
mod token;

use std::{fmt, io::Write, process::ExitCode};

use clap::{Parser, Subcommand};

#[cfg(not(all(feature = "reload", unix)))]
use self::alone as serving;
#[cfg(all(feature = "reload", unix))]
use crate::reload as serving;
use crate::{app::App, error::chain, server::PassedSockets};

/// A service made with FastService. Without a command it serves.
#[derive(Debug, Parser)]
#[command(version = None, after_help = "Settings are read from the environment, env_config and secrets; `check-config` shows them.")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answers requests until SIGTERM or Ctrl-C.
    Serve,
    /// Lists the endpoints: method, path, access, function and where it is written.
    Routes(routes::Options),
    /// Prints the OpenAPI document.
    Openapi,
    /// Checks the settings and prints the effective ones, secrets masked.
    CheckConfig,
    /// Runs the migrations that are pending, and prints their names.
    Migrate(migrate::Options),
    /// Asks the running service's heartbeat; the exit status says whether it answered.
    Healthcheck(healthcheck::Options),
    /// Serves, and builds and serves every change of the code by itself. Development
    /// builds only.
    #[cfg(feature = "reload")]
    Dev(dev::Options),
    /// Prints a token that the running service accepts. Development builds only.
    #[cfg(feature = "dev-issuer")]
    Token(token::Options),
    /// Gives the running service's issuer a new key. Tokens of the key before stay valid
    /// until the next time. Development builds only.
    #[cfg(feature = "dev-issuer")]
    RotateKeys,
}

/// Why a command failed: what is printed before the exit status 1.
type Failure = Box<dyn std::error::Error + Send + Sync>;

impl App {
    /// The command line of the service: `serve`, which is the default, `routes`, `openapi`,
    /// `check-config`, `migrate`, `healthcheck` and, in development builds, `dev`, `token`
    /// and `rotate-keys`.
    #[must_use]
    pub fn run(self) -> ExitCode {
        run(self)
    }
}

fn run(app: App) -> ExitCode {
    let passed = PassedSockets::of_environment();
    let result = match Arguments::parse().command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(app, passed),
        Command::Routes(options) => routes::run(app, &options).map(succeeded),
        Command::Openapi => openapi::run(app).map(succeeded),
        Command::CheckConfig => check_config::run(app).map(succeeded),
        Command::Migrate(options) => migrate::run(app, &options).map(succeeded),
        Command::Healthcheck(options) => healthcheck::run(app, &options).map(succeeded),
        #[cfg(feature = "reload")]
        Command::Dev(options) => dev::run(app, options, passed).map(succeeded),
        #[cfg(feature = "dev-issuer")]
        Command::Token(options) => token::run(app, &options).map(succeeded),
        #[cfg(feature = "dev-issuer")]
        Command::RotateKeys => rotate_keys::run(app).map(succeeded),
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            for line in chain(&*failure).lines() {
                let kind = if line.starts_with("hint: ") { "" } else { "error: " };
                eprintln!("{kind}{line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn succeeded((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

/// Prints to standard output. A reader that has gone away, such as `head`, is no failure.
fn print(text: impl fmt::Display) {
    let _ = write!(std::io::stdout().lock(), "{text}");
}
