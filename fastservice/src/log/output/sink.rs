use std::{
    fs::File,
    io::{self, Write},
    thread,
    time::{Duration, Instant},
};

use super::{archive::Archive, file::RollingFile};
use crate::log::config::Destination;

/// How long to wait after a failure before writing is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// Where lines go. A failure costs lines, and is told once on standard error.
pub(super) struct Sink {
    destination: Destination,
    archive: Archive,
    output: Option<Output>,
    /// Set from a failure on, until a write succeeds.
    retry_at: Option<Instant>,
    /// A failure left a piece of a line.
    is_torn: bool,
}

enum Output {
    Stream(Box<dyn Write + Send>),
    File(RollingFile),
}

/// A write that stopped in the middle.
pub(super) struct Failure {
    pub(super) written: usize,
    pub(super) error: io::Error,
}

impl Sink {
    pub(super) fn new(destination: Destination) -> Self {
        let archive = Archive::default();
        Self { destination, archive, output: None, retry_at: None, is_torn: false }
    }

    /// Writes whole lines; returns how many of them are lost.
    pub(super) fn write(&mut self, lines: &[u8]) -> u64 {
        if self.retry_at.is_some_and(|retry_at| Instant::now() < retry_at) {
            return count(lines);
        }
        let Err(Failure { written, error }) = self.try_write(lines) else {
            self.retry_at = None;
            return 0;
        };
        if self.retry_at.is_none() {
            notice(&format!("cannot write the log to {}: {error}", self.destination));
        }
        self.retry_at = Some(Instant::now() + RETRY);
        self.output = None;
        let (done, left) = lines.split_at_checked(written).unwrap_or((lines, &[]));
        self.is_torn |= !done.is_empty() && !done.ends_with(b"\n");
        count(left)
    }

    /// Tries again at the next write, however short ago the last failure was.
    pub(super) fn retry_now(&mut self) {
        self.retry_at = self.retry_at.map(|_| Instant::now());
    }

    pub(super) fn change(&mut self, destination: Destination) {
        if destination != self.destination {
            *self = Self { archive: std::mem::take(&mut self.archive), ..Self::new(destination) };
        }
    }

    fn try_write(&mut self, lines: &[u8]) -> Result<(), Failure> {
        let nothing = |error| Failure { written: 0, error };
        let output = match &mut self.output {
            Some(output) => output,
            none => none.insert(open(&self.destination, &self.archive).map_err(nothing)?),
        };
        if self.is_torn {
            output.write(b"\n").map_err(|failure| nothing(failure.error))?;
            self.is_torn = false;
        }
        output.write(lines)
    }
}

fn open(destination: &Destination, archive: &Archive) -> io::Result<Output> {
    match destination {
        Destination::Stdout => Ok(Output::Stream(stdout())),
        Destination::File(file) => {
            Ok(Output::File(RollingFile::open(file.clone(), archive.clone())?))
        }
    }
}

impl Output {
    fn write(&mut self, lines: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Stream(stream) => write_all(stream, lines),
            Self::File(file) => file.write(lines),
        }
    }
}

/// Standard output without Rust's buffer, which would keep what could not be written.
#[cfg(unix)]
fn stdout() -> Box<dyn Write + Send> {
    use std::os::fd::AsFd;

    match io::stdout().as_fd().try_clone_to_owned() {
        Ok(descriptor) => Box::new(File::from(descriptor)),
        Err(_) => Box::new(io::stdout()),
    }
}

#[cfg(not(unix))]
fn stdout() -> Box<dyn Write + Send> {
    Box::new(io::stdout())
}

/// As [`Write::write_all`], but says how far it came.
pub(super) fn write_all(output: &mut impl Write, bytes: &[u8]) -> Result<(), Failure> {
    const PATIENCE: Duration = Duration::from_secs(5);
    let mut written = 0;
    let mut moved_at = Instant::now();
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        match output.write(rest) {
            Ok(0) => return Err(Failure { written, error: io::ErrorKind::WriteZero.into() }),
            Ok(more) => {
                written += more;
                moved_at = Instant::now();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A terminal or pipe that another process has set to be non-blocking.
            Err(error)
                if error.kind() == io::ErrorKind::WouldBlock && moved_at.elapsed() < PATIENCE =>
            {
                thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(Failure { written, error }),
        }
    }
    Ok(())
}

/// Tells the operator about the log itself, where else it can be told.
pub(super) fn notice(text: &str) {
    // `eprintln!` panics when standard error is closed too.
    let _ = writeln!(io::stderr(), "log: {text}; the service goes on");
}

fn count(lines: &[u8]) -> u64 {
    lines.split_inclusive(|byte| *byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes some bytes, then fails.
    struct Narrow(usize);

    impl Write for Narrow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            if taken == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_that_did_not_fit_are_lost_and_the_torn_one_is_ended() {
        let mut sink = Sink::new(Destination::Stdout);
        sink.output = Some(Output::Stream(Box::new(Narrow(6))));

        assert_eq!(sink.write(b"one\ntwo\nthree\n"), 2);

        assert!(sink.is_torn && sink.output.is_none());
        // Until it is time to try again, lines are lost without a try.
        assert_eq!(sink.write(b"four\n"), 1);
    }

    #[test]
    fn after_a_failure_writing_is_tried_again() {
        let mut sink = Sink::new(Destination::Stdout);
        sink.output = Some(Output::Stream(Box::new(Narrow(0))));
        assert_eq!(sink.write(b"one\n"), 1);

        sink.output = Some(Output::Stream(Box::new(Narrow(100))));
        sink.retry_now();

        assert_eq!(sink.write(b"two\n"), 0);
        assert!(sink.retry_at.is_none());
    }
}
