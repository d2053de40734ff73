//! From lines to bytes outside of the process: a bounded queue and one thread.
//! Who logs never waits; what does not fit is counted.

mod archive;
mod file;
mod sink;

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{self, Receiver, SyncSender, TrySendError},
    },
    thread,
    time::{Duration, Instant},
};

use tracing::Level;

use self::sink::Sink;
use super::{
    config::Destination,
    format::{AtomicFormat, CleanFields, Format, Line},
};

/// More records than these wait for nothing.
const MOST_WAITING: usize = 8192;
const MOST_BYTES_WAITING: usize = 16 * 1024 * 1024;
/// How much is written at once.
const BATCH: usize = 64 * 1024;
/// After a write the next one waits, so that it takes more records, and those
/// who log need not wake the thread each time.
const REST: Duration = Duration::from_millis(10);

/// Takes lines, and gives them to the thread that writes.
#[derive(Clone)]
pub(super) struct Queue {
    sender: SyncSender<Message>,
    shared: Arc<Shared>,
}

struct Shared {
    format: AtomicFormat,
    bytes_waiting: AtomicUsize,
    lost: AtomicU64,
    /// Where to write from the next batch on.
    wanted: Mutex<Option<Destination>>,
}

enum Message {
    Record(Vec<u8>),
    /// There is something to do that is no message.
    Wake,
    Flush(SyncSender<()>),
}

impl Queue {
    /// Starts the thread.
    pub(super) fn start(destination: Destination, format: Format) -> io::Result<Self> {
        let (queue, writer) = Self::new(destination, format);
        thread::Builder::new().name("log".to_owned()).spawn(move || writer.run())?;
        Ok(queue)
    }

    fn new(destination: Destination, format: Format) -> (Self, Writer) {
        let (sender, receiver) = mpsc::sync_channel(MOST_WAITING);
        let shared = Arc::new(Shared {
            format: AtomicFormat::new(format),
            bytes_waiting: AtomicUsize::new(0),
            lost: AtomicU64::new(0),
            wanted: Mutex::new(None),
        });
        let writer = Writer {
            receiver,
            shared: shared.clone(),
            sink: Sink::new(destination),
            batch: Vec::with_capacity(BATCH),
        };
        (Self { sender, shared }, writer)
    }

    pub(super) fn format(&self) -> Format {
        self.shared.format.get()
    }

    /// Takes a line, or counts it as lost.
    pub(super) fn push(&self, line: Vec<u8>) {
        let (length, shared) = (line.len(), &self.shared);
        let waiting = shared.bytes_waiting.fetch_add(length, Ordering::Relaxed);
        let is_taken = waiting + length <= MOST_BYTES_WAITING
            && self.sender.try_send(Message::Record(line)).is_ok();
        if !is_taken {
            shared.bytes_waiting.fetch_sub(length, Ordering::Relaxed);
            shared.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Changes where and how lines are written, from the next batch on. Lines that wait
    /// may still have the format before.
    pub(super) fn configure(&self, destination: Destination, format: Format) {
        self.shared.format.set(format);
        *self.shared.wanted() = Some(destination);
        // A full queue has enough in it to wake the thread.
        let _ = self.sender.try_send(Message::Wake);
    }

    /// Waits until all lines taken so far are written, or given up.
    pub(super) fn flush(&self, patience: Duration) {
        let until = Instant::now() + patience;
        let (done, is_done) = mpsc::sync_channel(1);
        if self.send(Message::Flush(done), until) {
            let _ = is_done.recv_timeout(until.saturating_duration_since(Instant::now()));
        }
    }

    /// Sends what is no record also to a full queue. Not for the request path.
    fn send(&self, mut message: Message, until: Instant) -> bool {
        loop {
            match self.sender.try_send(message) {
                Ok(()) => return true,
                Err(TrySendError::Full(back)) if Instant::now() < until => message = back,
                Err(_) => return false,
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Shared {
    fn wanted(&self) -> MutexGuard<'_, Option<Destination>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the thread works with.
struct Writer {
    receiver: Receiver<Message>,
    shared: Arc<Shared>,
    sink: Sink,
    batch: Vec<u8>,
}

impl Writer {
    fn run(mut self) {
        while let Ok(message) = self.receiver.recv() {
            self.take(message);
            while let Ok(message) = self.receiver.try_recv() {
                self.take(message);
            }
            self.write();
            thread::sleep(REST);
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Record(line) => {
                self.shared.bytes_waiting.fetch_sub(line.len(), Ordering::Relaxed);
                self.batch.extend_from_slice(&line);
                if self.batch.len() >= BATCH {
                    self.write();
                }
            }
            Message::Wake => {}
            Message::Flush(done) => {
                self.sink.retry_now();
                self.write();
                let _ = done.send(());
            }
        }
    }

    fn write(&mut self) {
        let wanted = self.shared.wanted().take();
        if let Some(destination) = wanted {
            self.sink.change(destination);
        }
        let lost = &self.shared.lost;
        if self.batch.is_empty() && lost.load(Ordering::Relaxed) == 0 {
            return;
        }
        match self.sink.write(&self.batch) {
            0 => self.report_lost(),
            more => {
                lost.fetch_add(more, Ordering::Relaxed);
            }
        }
        self.batch.clear();
        // One long record should not be remembered by its memory.
        self.batch.shrink_to(2 * BATCH);
    }

    /// What was lost is known from the log itself, as soon as it can be written.
    fn report_lost(&mut self) {
        let records = self.shared.lost.swap(0, Ordering::Relaxed);
        if records == 0 {
            return;
        }
        let mut line = Line::begin(self.shared.format.get(), Level::WARN, "fastservice::log");
        line.clean_message("log records were lost");
        line.count("records", records);
        if self.sink.write(&line.end()) > 0 {
            self.shared.lost.fetch_add(records, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests;
