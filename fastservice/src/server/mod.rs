//! 1. Sockets in, bytes out. Knows no routes.

mod connection;
mod head_timer;
mod linger;
mod listener;
mod runtime;
mod shutdown;

pub use self::{
    connection::Peer,
    listener::{Listener, serve},
    runtime::Runtime,
    shutdown::{Shutdown, ShutdownTrigger, signal, trigger},
};
