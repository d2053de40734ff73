//! 1. Sockets in, bytes out. Knows no routes.

mod answer;
mod connection;
mod head_timer;
mod linger;
mod listener;
mod passed;
mod runtime;
mod shutdown;
#[cfg(all(feature = "reload", unix))]
mod turns;

#[cfg(all(feature = "reload", unix))]
pub(crate) use self::turns::{Phase, serve_in_turns};
pub use self::{
    answer::Answer,
    connection::Peer,
    listener::{Listener, serve},
    passed::PassedSockets,
    runtime::{Runtime, Stop},
    shutdown::{Shutdown, ShutdownTrigger, Signals, trigger},
};
