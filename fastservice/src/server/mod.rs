//! 1. Sockets in, bytes out. Knows no routes.

mod answer;
mod connection;
mod head_timer;
mod linger;
mod listener;
mod runtime;
mod shutdown;

pub use self::{
    answer::Answer,
    connection::Peer,
    listener::{Listener, serve},
    runtime::{Runtime, Stop},
    shutdown::{Shutdown, ShutdownTrigger, signal, trigger},
};
