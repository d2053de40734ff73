//! Development: every change of the code is built and served by itself.
//!
//! The supervisor holds the socket and never accepts from it. A change pauses the
//! program that serves, so that new connections wait in the kernel; then cargo builds.
//! The new program takes the socket (`LISTEN_FDS`) and, once it has started, the one
//! before finishes what it has begun. When a build or a start fails, the one before
//! goes on. Both ends of what they tell each other are in [`orders`].

mod cargo;
mod orders;
mod program;
mod serving;
mod sources;
mod supervisor;

pub(crate) use self::{
    serving::{is_reloaded, serve},
    supervisor::{Project, supervise},
};
