use std::{
    io::{self, IsTerminal},
    net::SocketAddr,
    process::ExitCode,
};

#[cfg(not(feature = "otlp"))]
use super::telemetry::Telemetry;
use super::{Failure, operations, print, serving};
#[cfg(feature = "otlp")]
use crate::otlp::Telemetry;
use crate::{
    app::{self, App},
    log,
    server::{Listener, PassedSockets, Runtime, Signals, Stop},
    settings::{IS_DEVELOPMENT, Settings},
};

/// What a shell reports of a program that Ctrl-C ended.
const STOPPED_AT_ONCE: u8 = 130;

pub(super) fn run(mut app: App, mut passed: PassedSockets) -> Result<ExitCode, Failure> {
    let settings = app.take_settings()?;
    let telemetry = Telemetry::open(&settings)?;
    let log = log::start_with(&settings, telemetry.layer())?;
    let listener = listen(&settings, &mut passed)?;
    let address = listener.address()?;
    let own_port = operations::bind(&settings, &mut passed)?;
    let runtime = Runtime::new(&settings.server)?;
    let issues_tokens = app.issues_tokens(&settings);
    let app = app.observer(telemetry.access(&log)).observer(telemetry.observer());
    let app = app.settings(settings.clone());
    let (started, signals) = runtime.block_on(async {
        log.reload_on_hangup();
        // From here on: nobody else ends a process that is the first one of its container.
        let mut signals = Signals::catch();
        let started = tokio::select! {
            started = app::start(app, Some(address)) => Some(started),
            () = signals.next() => None,
        };
        (started, signals)
    });
    let Some(service) = started.transpose()? else {
        telemetry.finish();
        tracing::info!("stopped before it served");
        runtime.abandon();
        return Ok(ExitCode::SUCCESS);
    };
    if let Some(own_port) = own_port {
        own_port.serve(&runtime, &service)?;
    }
    announce(&settings, address, issues_tokens);
    match serving::serve(runtime, &settings.server, listener, service, signals)? {
        Stop::Graceful => {
            telemetry.finish();
            tracing::info!("stopped");
            Ok(ExitCode::SUCCESS)
        }
        Stop::AtOnce => {
            telemetry.abandon();
            Ok(ExitCode::from(STOPPED_AT_ONCE))
        }
    }
}

/// The socket that was passed, else one that is bound as the settings say.
pub(super) fn listen(settings: &Settings, passed: &mut PassedSockets) -> Result<Listener, Failure> {
    let failed = |error| format!("LISTEN_FDS: the first socket cannot be used: {error}");
    if let Some(listener) = passed.next_listener().map_err(failed)? {
        return Ok(listener);
    }
    let listener = Listener::bind(&settings.server).map_err(|error| {
        let (host, port) = (settings.server.host, settings.server.port);
        format!("cannot listen on {}: {error}; set HOST or PORT", SocketAddr::new(host, port))
    })?;
    Ok(listener)
}

/// Says once where the service is: in a few lines to a person, as a record to a log.
fn announce(settings: &Settings, address: SocketAddr, issues_tokens: bool) {
    let name = &settings.service_name;
    if !io::stdout().is_terminal() || serving::is_reloaded() {
        tracing::info!(%address, service = name, development = IS_DEVELOPMENT, "listening");
        return;
    }
    let program = std::env::args().next().unwrap_or_else(|| name.clone());
    print(format_args!("\n  {name} listens on http://{address}\n"));
    print(format_args!("  endpoints  {program} routes\n"));
    if issues_tokens {
        print(format_args!("  a token    {program} token --sub 'auth0|123' --scope message\n"));
        print("  It issues its own tokens: this is a development build, not for production.\n");
    }
    print("  Ctrl-C stops it.\n\n");
}
