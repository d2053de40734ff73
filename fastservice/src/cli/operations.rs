//! The port of the metrics.

use std::net::SocketAddr;

use super::{Failure, serving};
use crate::{
    app::Service,
    server::{self, Listener, PassedSockets, Runtime},
    settings::{RuntimeKind, ServerSettings, Settings},
};

/// A port of its own for the metrics, bound.
pub(super) struct OwnPort {
    listener: Listener,
    settings: ServerSettings,
}

/// The port, if the metrics have one of their own: the next socket that was passed, else bound.
pub(super) fn bind(
    settings: &Settings,
    passed: &mut PassedSockets,
) -> Result<Option<OwnPort>, Failure> {
    let Some(port) = settings.metrics.port.filter(|_| settings.metrics.enabled) else {
        return Ok(None);
    };
    let mut settings = settings.server.clone();
    settings.port = port;
    // One listener for it is enough, whatever the other port has.
    settings.runtime = RuntimeKind::WorkStealing;
    let failed = |error| format!("LISTEN_FDS: the second socket cannot be used: {error}");
    let listener = match passed.next_listener().map_err(failed)? {
        Some(listener) => listener,
        // It would be in the way of the next version.
        None if serving::is_reloaded() => {
            tracing::warn!("METRICS_PORT counts from the next start of `dev` on");
            return Ok(None);
        }
        None => Listener::bind(&settings).map_err(|error| {
            let address = SocketAddr::new(settings.host, port);
            format!("cannot listen on {address}: {error}; set HOST or METRICS_PORT")
        })?,
    };
    Ok(Some(OwnPort { listener, settings }))
}

impl OwnPort {
    #[cfg(all(feature = "reload", unix))]
    pub(super) fn into_listener(self) -> Listener {
        self.listener
    }

    /// Serves beside the main port. It answers until the runtime ends, so that the
    /// last requests are seen too.
    pub(super) fn serve(self, runtime: &Runtime, service: &Service) -> Result<(), Failure> {
        let Self { listener, settings } = self;
        let address = listener.address()?;
        let service = service.operations();
        runtime.block_on(async {
            tokio::spawn(async move {
                let (_running, never) = server::trigger();
                if let Err(error) = server::serve(listener, &settings, service, never).await {
                    tracing::error!(%error, "the port of the metrics cannot be used");
                }
            });
        });
        tracing::info!(%address, "metrics are served");
        Ok(())
    }
}
