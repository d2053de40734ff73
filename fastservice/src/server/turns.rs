use std::{future::Future, io};

use tokio::{sync::watch, task::JoinSet, time};

use super::{
    answer::Answer,
    connection::Peer,
    listener::{Listener, serve},
    shutdown::trigger,
};
use crate::{
    body::{Body, RequestBody},
    settings::ServerSettings,
};

/// Whether a server that is told to pause takes connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It does.
    Open,
    /// Connections wait in the kernel, or go to others who share the socket.
    Paused,
    /// It ends.
    Ended,
}

/// Serves while the phase is [`Open`](Phase::Open). A pause is a stop of which the service
/// is not told: what was begun is finished, and kept connections are closed.
///
/// # Errors
/// When the socket cannot be used.
pub(crate) async fn serve_in_turns<S: Answer>(
    listener: Listener,
    settings: &ServerSettings,
    service: S,
    mut phase: watch::Receiver<Phase>,
) -> io::Result<()> {
    // Those that paused finish beside the present one.
    let mut turns = JoinSet::new();
    while until_not(&mut phase, Phase::Paused).await == Phase::Open {
        let (stop, shutdown) = trigger();
        let (listener, turn) = (listener.share()?, Turn(service.clone()));
        let settings = settings.clone();
        turns.spawn(async move { serve(listener, &settings, turn, shutdown).await });
        until_not(&mut phase, Phase::Open).await;
        stop.stop();
    }
    service.stopping();
    while let Some(turn) = turns.join_next().await {
        turn.map_err(io::Error::other).flatten()?;
    }
    if time::timeout(settings.shutdown_timeout, service.finish()).await.is_err() {
        tracing::warn!("the shutdown timeout has passed; background tasks are cut");
    }
    Ok(())
}

/// Waits for another phase. Who sets it is gone only at the end.
async fn until_not(phase: &mut watch::Receiver<Phase>, this: Phase) -> Phase {
    phase.wait_for(|phase| *phase != this).await.map_or(Phase::Ended, |phase| *phase)
}

/// The service as one turn sees it, whose end is not that of the service.
#[derive(Clone)]
struct Turn<S>(S);

impl<S: Answer> Answer for Turn<S> {
    fn answer(
        &self,
        request: http::Request<RequestBody>,
        peer: Peer,
    ) -> impl Future<Output = http::Response<Body>> + Send + 'static + use<S> {
        self.0.answer(request, peer)
    }
}
