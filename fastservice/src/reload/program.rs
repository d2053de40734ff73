use std::{
    io,
    os::fd::OwnedFd,
    path::Path,
    process::{Command as StdCommand, ExitStatus, Stdio},
};

use command_fds::{CommandFdExt, FdMapping};
use tokio::process::{Child, Command};

use super::orders::{self, Order, SUPERVISED, Superior};
use crate::server::Listener;

/// Where `LISTEN_FDS` begins.
const FIRST_PASSED: i32 = 3;

/// A service that was built, while it runs. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Program {
    child: Child,
    orders: Superior,
}

/// How a program ended before it was ready.
#[derive(Debug)]
pub(super) enum NotReady {
    /// It could not be run.
    Unfit(io::Error),
    /// It ended.
    Ended(ExitStatus),
}

impl Program {
    /// Starts it and waits until it serves.
    pub(super) async fn start(
        executable: &Path,
        sockets: &[Listener],
        which: &str,
    ) -> Result<Self, NotReady> {
        let mut program = Self::spawn(executable, sockets, which).map_err(NotReady::Unfit)?;
        let ended = tokio::select! {
            true = program.orders.is_ready() => return Ok(program),
            ended = program.child.wait() => ended,
        };
        Err(ended.map_or_else(NotReady::Unfit, NotReady::Ended))
    }

    fn spawn(executable: &Path, sockets: &[Listener], which: &str) -> io::Result<Self> {
        let (orders, its_end) = orders::pair()?;
        let mut command = StdCommand::new(executable);
        command.arg("serve").stdin(Stdio::from(its_end)).env(SUPERVISED, which);
        command.env("LISTEN_FDS", sockets.len().to_string()).env_remove("LISTEN_PID");
        let mappings = (FIRST_PASSED..).zip(sockets).map(|(child_fd, socket)| {
            Ok(FdMapping { parent_fd: OwnedFd::from(socket.share()?), child_fd })
        });
        let mappings = mappings.collect::<io::Result<_>>()?;
        command.fd_mappings(mappings).map_err(io::Error::other)?;
        let child = Command::from(command).kill_on_drop(true).spawn()?;
        Ok(Self { child, orders })
    }

    pub(super) async fn pause(&mut self) {
        self.orders.tell(Order::Pause).await;
    }

    pub(super) async fn resume(&mut self) {
        self.orders.tell(Order::Resume).await;
    }

    /// Waits until it ends by itself.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Ends it: what it has begun it finishes.
    pub(super) async fn stop(mut self) {
        self.orders.tell(Order::Stop).await;
        let _ = self.child.wait().await;
    }
}
