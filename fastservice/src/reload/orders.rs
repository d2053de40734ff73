//! What the supervisor and a program tell each other: a byte each, through a socket that
//! is the program's standard input. Its end says that the supervisor has gone, however
//! it ended, so that no program outlives it.

use std::{
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream as StdStream,
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

/// In a program's environment: which of the supervisor's programs it is.
pub(super) const SUPERVISED: &str = "SERVED_BY_DEV";

const READY: u8 = b'!';
const PAUSE: u8 = b'p';
const RESUME: u8 = b'r';

/// What a program is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Take no more connections.
    Pause,
    /// Take connections again.
    Resume,
    /// End.
    Stop,
}

/// The supervisor's end.
#[derive(Debug)]
pub(super) struct Superior(UnixStream);

/// The program's end.
#[derive(Debug)]
pub(super) struct Inferior(UnixStream);

/// Both ends; the second is for the standard input of a program.
pub(super) fn pair() -> io::Result<(Superior, OwnedFd)> {
    let (superior, inferior) = StdStream::pair()?;
    Ok((Superior(asynchronous(superior)?), inferior.into()))
}

impl Superior {
    /// Tells the program. One that has gone is noticed by its exit.
    pub(super) async fn tell(&mut self, order: Order) {
        let byte = match order {
            Order::Pause => PAUSE,
            Order::Resume => RESUME,
            Order::Stop => {
                let _ = self.0.shutdown().await;
                return;
            }
        };
        let _ = self.0.write_all(&[byte]).await;
    }

    /// Waits until the program is ready; `false` when it never will be.
    pub(super) async fn is_ready(&mut self) -> bool {
        matches!(self.0.read_u8().await, Ok(READY))
    }
}

impl Inferior {
    /// The end that is the standard input of this process.
    pub(super) fn of_standard_input() -> io::Result<Self> {
        let input = io::stdin().as_fd().try_clone_to_owned()?;
        Ok(Self(asynchronous(input.into())?))
    }

    pub(super) async fn say_ready(&mut self) {
        let _ = self.0.write_all(&[READY]).await;
    }

    pub(super) async fn next(&mut self) -> Order {
        loop {
            match self.0.read_u8().await {
                Ok(PAUSE) => return Order::Pause,
                Ok(RESUME) => return Order::Resume,
                Ok(_) => {}
                Err(_) => return Order::Stop,
            }
        }
    }
}

fn asynchronous(stream: StdStream) -> io::Result<UnixStream> {
    stream.set_nonblocking(true)?;
    UnixStream::from_std(stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both() -> (Superior, Inferior) {
        let (superior, inferior) = pair().unwrap();
        (superior, Inferior(asynchronous(inferior.into()).unwrap()))
    }

    #[tokio::test]
    async fn orders_arrive_in_their_order() {
        let (mut superior, mut inferior) = both();

        for order in [Order::Pause, Order::Resume, Order::Stop] {
            superior.tell(order).await;
        }

        assert_eq!(inferior.next().await, Order::Pause);
        assert_eq!(inferior.next().await, Order::Resume);
        assert_eq!(inferior.next().await, Order::Stop);
    }

    #[tokio::test]
    async fn a_supervisor_that_has_gone_stops_the_program() {
        let (superior, mut inferior) = both();

        drop(superior);

        assert_eq!(inferior.next().await, Order::Stop);
    }

    #[tokio::test]
    async fn a_program_is_ready_when_it_says_so_and_not_when_it_ends() {
        let (mut superior, mut inferior) = both();

        inferior.say_ready().await;
        drop(inferior);

        assert!(superior.is_ready().await);
        assert!(!superior.is_ready().await);
        superior.tell(Order::Pause).await;
    }
}
