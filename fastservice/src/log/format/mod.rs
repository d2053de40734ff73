//! One record as one line, of text or of JSON.

mod escape;
mod fields;
pub(crate) mod redact;
mod time;

use std::{
    fmt::{self, Write as _},
    io::Write as _,
    sync::atomic::{AtomicU8, Ordering},
    time::SystemTime,
};

use tracing::Level;

pub(crate) use self::fields::CleanFields;
use self::redact::MASK;
use crate::context::{Context, RequestId};

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For people before a terminal.
    Coloured,
    /// For programs: one JSON object a line.
    Json,
}

/// A format that can be changed while others read it.
pub(super) struct AtomicFormat(AtomicU8);

impl AtomicFormat {
    pub(super) fn new(format: Format) -> Self {
        Self(AtomicU8::new(format as u8))
    }

    pub(super) fn get(&self) -> Format {
        let now = self.0.load(Ordering::Relaxed);
        let all = [Format::Text, Format::Coloured, Format::Json];
        all.into_iter().find(|format| *format as u8 == now).unwrap_or(Format::Json)
    }

    pub(super) fn set(&self, format: Format) {
        self.0.store(format as u8, Ordering::Relaxed);
    }
}

/// Longer values are cut, so that a record stays bearable whatever is in it.
const LONGEST_VALUE: usize = 16 * 1024;
/// Members that every JSON record has, which a field cannot claim to be.
const RESERVED: [&str; 10] = [
    "timestamp",
    "level",
    "target",
    "message",
    "request_id",
    "user_id",
    "method",
    "route",
    "trace_id",
    "span_id",
];

/// Whether a field of the user's cannot have this name, and gets a `_` at its end.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// A record while it is written.
pub(super) struct Line {
    out: Vec<u8>,
    format: Format,
    is_part: bool,
}

impl Line {
    /// Fields without a record, for all records in a span.
    pub(super) fn part(format: Format) -> Self {
        Self { out: Vec::new(), format, is_part: true }
    }

    pub(super) fn is_part(&self) -> bool {
        self.is_part
    }

    /// Adds the fields of a part, unless the format has changed in between.
    pub(super) fn append(&mut self, part: &Self) {
        if part.format == self.format {
            self.out.extend_from_slice(&part.out);
        }
    }

    pub(super) fn begin(format: Format, level: Level, target: &str) -> Self {
        Self::begin_at(SystemTime::now(), format, level, target)
    }

    fn begin_at(now: SystemTime, format: Format, level: Level, target: &str) -> Self {
        let mut out = Vec::with_capacity(512);
        match format {
            Format::Json => {
                out.extend_from_slice(br#"{"timestamp":""#);
                time::push(&mut out, now);
                out.extend_from_slice(br#"","level":""#);
                out.extend_from_slice(level.as_str().as_bytes());
                out.extend_from_slice(br#"","target":""#);
                escape::push(&mut out, target);
                out.push(b'"');
            }
            Format::Text => {
                time::push(&mut out, now);
                out.extend_from_slice(padded(level).as_bytes());
                escape::push(&mut out, target);
                out.push(b':');
            }
            Format::Coloured => {
                out.extend_from_slice(b"\x1b[2m");
                time::push(&mut out, now);
                out.extend_from_slice(colour(level).as_bytes());
                out.extend_from_slice(padded(level).as_bytes());
                out.extend_from_slice(b"\x1b[0m\x1b[2m");
                escape::push(&mut out, target);
                out.extend_from_slice(b":\x1b[0m");
            }
        }
        Self { out, format, is_part: false }
    }

    /// The message of a user's record.
    pub(super) fn message(&mut self, text: &str) {
        self.clean_message(&redact::text(text));
    }

    /// A message of the framework's.
    pub(super) fn clean_message(&mut self, text: &str) {
        match self.format {
            Format::Json => self.out.extend_from_slice(br#","message":""#),
            Format::Text | Format::Coloured => self.out.push(b' '),
        }
        escape::push(&mut self.out, text);
        if self.format == Format::Json {
            self.out.push(b'"');
        }
    }

    /// A field of the user's, masked if its name or what is in it asks for that.
    pub(super) fn field(&mut self, name: &str, value: &str) {
        if redact::is_sensitive(name) {
            self.user_name(name);
            self.value(MASK);
            return;
        }
        self.user_name(name);
        self.value(&redact::text(value));
    }

    /// A number or boolean of the user's, masked if its name asks for that.
    pub(super) fn number(&mut self, name: &str, value: impl fmt::Display) {
        self.user_name(name);
        if redact::is_sensitive(name) {
            self.value(MASK);
        } else {
            // Into memory: it cannot fail.
            let _ = write!(self.out, "{value}");
        }
    }

    /// Which request it is about.
    pub(super) fn context(&mut self, context: &Context) {
        let mut id = [0; RequestId::LONGEST];
        self.word("request_id", context.request_id().encode(&mut id));
        if let Some(user_id) = context.user_id() {
            self.clean("user_id", user_id.as_str());
        }
        self.clean("method", context.method().as_str());
        if let Some(route) = context.route() {
            self.clean("route", route);
        }
        if let Some(trace) = context.known_trace() {
            self.hexadecimal("trace_id", &trace.trace_id().to_bytes());
            self.hexadecimal("span_id", &trace.span_id().to_bytes());
        }
    }

    pub(super) fn end(mut self) -> Vec<u8> {
        if self.format == Format::Json {
            self.out.push(b'}');
        }
        self.out.push(b'\n');
        self.out
    }

    /// Text that needs no escape and in text records no quotes.
    fn word(&mut self, name: &str, word: &str) {
        self.name(name);
        self.quote();
        self.out.extend_from_slice(word.as_bytes());
        self.quote();
    }

    fn hexadecimal(&mut self, name: &str, bytes: &[u8]) {
        self.name(name);
        self.quote();
        fields::hexadecimal(&mut self.out, bytes);
        self.quote();
    }

    /// In JSON what is no number is in quotes.
    fn quote(&mut self) {
        if self.format == Format::Json {
            self.out.push(b'"');
        }
    }

    fn user_name(&mut self, name: &str) {
        self.separate();
        escape::push(&mut self.out, name);
        if is_reserved(name) {
            self.out.push(b'_');
        }
        self.assign();
    }

    fn name(&mut self, name: &str) {
        self.separate();
        self.out.extend_from_slice(name.as_bytes());
        self.assign();
    }

    fn separate(&mut self) {
        match self.format {
            Format::Json => self.out.extend_from_slice(br#",""#),
            Format::Text => self.out.push(b' '),
            Format::Coloured => self.out.extend_from_slice(b" \x1b[2m"),
        }
    }

    fn assign(&mut self) {
        match self.format {
            Format::Json => self.out.extend_from_slice(br#"":"#),
            Format::Text => self.out.push(b'='),
            Format::Coloured => self.out.extend_from_slice(b"=\x1b[0m"),
        }
    }

    fn value(&mut self, text: &str) {
        if self.format != Format::Json && escape::is_plain(text) {
            self.out.extend_from_slice(text.as_bytes());
            return;
        }
        self.out.push(b'"');
        escape::push(&mut self.out, text);
        self.out.push(b'"');
    }
}

fn padded(level: Level) -> &'static str {
    match level {
        Level::ERROR => " ERROR ",
        Level::WARN => "  WARN ",
        Level::INFO => "  INFO ",
        Level::DEBUG => " DEBUG ",
        Level::TRACE => " TRACE ",
    }
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[0m\x1b[31m",
        Level::WARN => "\x1b[0m\x1b[33m",
        Level::INFO => "\x1b[0m\x1b[32m",
        Level::DEBUG => "\x1b[0m\x1b[34m",
        Level::TRACE => "\x1b[0m\x1b[35m",
    }
}

/// The text of a value, up to the longest.
pub(crate) fn cut(value: impl fmt::Display) -> String {
    let mut text = Cut(String::new());
    if write!(text, "{value}").is_err() {
        text.0.push('…');
    }
    text.0
}

/// Takes text until there is enough of it; what makes more is stopped.
struct Cut(String);

impl fmt::Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = LONGEST_VALUE.saturating_sub(self.0.len());
        if text.len() <= room {
            self.0.push_str(text);
            return Ok(());
        }
        let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        self.0.push_str(text.get(..end).unwrap_or_default());
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests;
