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
    let mut now = until_not(&mut phase, Phase::Paused).await;
    while now == Phase::Open {
        let (stop, shutdown) = trigger();
        let (listener, turn) = (listener.share()?, Turn(service.clone()));
        let settings = settings.clone();
        turns.spawn(async move { serve(listener, &settings, turn, shutdown).await });
        now = until_not(&mut phase, Phase::Open).await;
        stop.stop();
        if now == Phase::Paused {
            now = until_not(&mut phase, Phase::Paused).await;
        }
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

#[cfg(test)]
mod tests {
    use std::{
        net::SocketAddr,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::Relaxed},
        },
        time::Duration,
    };

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
        task::JoinHandle,
    };

    use super::*;
    use crate::settings::Settings;

    const PATIENCE: Duration = Duration::from_secs(10);

    /// Counts how often it is told that it stops.
    #[derive(Clone, Default)]
    struct Counting(Arc<AtomicUsize>);

    impl Answer for Counting {
        fn answer(
            &self,
            _: http::Request<RequestBody>,
            _: Peer,
        ) -> impl Future<Output = http::Response<Body>> + Send + 'static + use<> {
            std::future::ready(http::Response::default())
        }

        fn stopping(&self) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    struct Server {
        address: SocketAddr,
        phase: watch::Sender<Phase>,
        service: Counting,
        task: JoinHandle<io::Result<()>>,
    }

    fn start() -> Server {
        let settings = Settings::from_pairs([("HOST", "127.0.0.1"), ("PORT", "0")]).unwrap();
        let listener = Listener::bind(&settings.server).unwrap();
        let address = listener.address().unwrap();
        let (phase, watched) = watch::channel(Phase::Open);
        let service = Counting::default();
        let served = service.clone();
        let task = tokio::spawn(async move {
            serve_in_turns(listener, &settings.server, served, watched).await
        });
        Server { address, phase, service, task }
    }

    /// Sends a request on a new connection.
    async fn ask(address: SocketAddr) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        stream
    }

    async fn is_answered(stream: &mut TcpStream) {
        let mut start = [0; 15];
        time::timeout(PATIENCE, stream.read_exact(&mut start)).await.unwrap().unwrap();
        assert_eq!(&start, b"HTTP/1.1 200 OK");
    }

    async fn is_closed(stream: &mut TcpStream) {
        let mut rest = Vec::new();
        time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn requests_of_a_pause_are_answered_after_it() {
        let server = start();
        let mut kept = ask(server.address).await;
        is_answered(&mut kept).await;

        server.phase.send_replace(Phase::Paused);
        // Its end shows that the pause has begun.
        is_closed(&mut kept).await;
        let mut waiting = ask(server.address).await;
        let early = time::timeout(Duration::from_millis(100), waiting.readable()).await;
        server.phase.send_replace(Phase::Open);

        assert!(early.is_err(), "it was answered in the pause");
        is_answered(&mut waiting).await;
        assert_eq!(server.service.0.load(Relaxed), 0, "a pause is no stop");
    }

    #[tokio::test]
    async fn it_ends_from_a_pause_too() {
        let server = start();
        let mut kept = ask(server.address).await;
        is_answered(&mut kept).await;

        server.phase.send_replace(Phase::Paused);
        is_closed(&mut kept).await;
        server.phase.send_replace(Phase::Ended);

        time::timeout(PATIENCE, server.task).await.unwrap().unwrap().unwrap();
        assert_eq!(server.service.0.load(Relaxed), 1);
    }

    #[tokio::test]
    async fn it_ends_when_nobody_can_tell_it_to() {
        let server = start();

        drop(server.phase);

        time::timeout(PATIENCE, server.task).await.unwrap().unwrap().unwrap();
    }
}
