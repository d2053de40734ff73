//! The port of the metrics.

use std::net::SocketAddr;

use super::Failure;
use crate::{
    app::Service,
    server::{self, Listener, Runtime},
    settings::{RuntimeKind, ServerSettings, Settings},
};

/// A port of its own for the metrics, bound.
pub(super) struct OwnPort {
    listener: Listener,
    settings: ServerSettings,
}

/// Binds the port, if the metrics have one of their own.
pub(super) fn bind(settings: &Settings) -> Result<Option<OwnPort>, Failure> {
    let Some(port) = settings.metrics.port.filter(|_| settings.metrics.enabled) else {
        return Ok(None);
    };
    let mut settings = settings.server.clone();
    settings.port = port;
    // One listener for it is enough, whatever the other port has.
    settings.runtime = RuntimeKind::WorkStealing;
    let listener = Listener::bind(&settings).map_err(|error| {
        let address = SocketAddr::new(settings.host, port);
        format!("cannot listen on {address}: {error}; set HOST or METRICS_PORT")
    })?;
    Ok(Some(OwnPort { listener, settings }))
}

impl OwnPort {
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
