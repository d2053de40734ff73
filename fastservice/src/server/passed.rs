use std::{fmt, io};

use listenfd::ListenFd;

use super::listener::Listener;

/// Sockets that whoever started the process has opened: `LISTEN_FDS` of them, from file
/// descriptor 3 on, as systemd and systemfd pass them.
///
/// They count only when `LISTEN_PID` is this process, or is not set.
pub struct PassedSockets {
    sockets: ListenFd,
    taken: usize,
}

impl PassedSockets {
    /// Takes them out of the environment, so that no child takes them for its own. Call
    /// it first of all: other threads may not read the environment meanwhile.
    #[must_use]
    pub fn of_environment() -> Self {
        Self { sockets: ListenFd::from_env(), taken: 0 }
    }

    /// The next one, if there is one more.
    ///
    /// # Errors
    /// When it is no TCP socket.
    pub fn next_listener(&mut self) -> io::Result<Option<Listener>> {
        let socket = self.sockets.take_tcp_listener(self.taken)?;
        self.taken += 1;
        socket.map(Listener::passed).transpose()
    }
}

impl fmt::Debug for PassedSockets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassedSockets")
            .field("passed", &self.sockets.len())
            .field("taken", &self.taken)
            .finish()
    }
}
