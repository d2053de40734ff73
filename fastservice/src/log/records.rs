use std::{
    error::Error as StdError,
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use smallvec::SmallVec;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::Interest,
};
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    layer::Context as LayerContext,
    registry::LookupSpan,
};

use super::{
    access, bridge,
    config::Config,
    format::{Format, Line, cut},
    output::Queue,
};
use crate::{context::Context, error::chain};

/// Makes lines of the process's records: a layer of `tracing`, shared with
/// what writes lines of its own.
#[derive(Clone)]
pub(super) struct Records(Arc<Shared>);

struct Shared {
    queue: Queue,
    /// Asked when a call site is met first and after a change, not for each
    /// record: `tracing` remembers the answers. Not those for records of the crate `log`.
    targets: RwLock<Targets>,
    keeps_access: AtomicBool,
}

impl Records {
    pub(super) fn new(queue: Queue, config: &Config) -> Self {
        Self(Arc::new(Shared {
            queue,
            targets: RwLock::new(config.targets.clone()),
            keeps_access: AtomicBool::new(keeps_access(&config.targets)),
        }))
    }

    /// Changes what is kept and how it is written, from the next record on.
    pub(super) fn configure(&self, config: &Config) {
        let targets = config.targets.clone();
        self.0.keeps_access.store(keeps_access(&targets), Ordering::Relaxed);
        self.0.queue.configure(config.destination.clone(), config.format);
        *self.0.targets.write().unwrap_or_else(PoisonError::into_inner) = targets;
        tracing::callsite::rebuild_interest_cache();
    }

    pub(super) fn begin(&self, level: Level, target: &str) -> Line {
        Line::begin(self.0.queue.format(), level, target)
    }

    pub(super) fn write(&self, line: Line) {
        self.0.queue.push(line.end());
    }

    pub(super) fn flush(&self, patience: Duration) {
        self.0.queue.flush(patience);
    }

    /// Whether requests have a record at their end.
    pub(super) fn keeps_access(&self) -> bool {
        self.0.keeps_access.load(Ordering::Relaxed)
    }

    pub(super) fn keeps_target(&self, target: &str, level: Level) -> bool {
        let targets = self.0.targets.read().unwrap_or_else(PoisonError::into_inner);
        targets.would_enable(target, &level)
    }

    fn keeps(&self, metadata: &Metadata<'_>) -> bool {
        self.keeps_target(metadata.target(), *metadata.level())
    }
}

fn keeps_access(targets: &Targets) -> bool {
    targets.would_enable(access::TARGET, &Level::INFO)
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Records {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.keeps(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: LayerContext<'_, S>) -> bool {
        self.keeps(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let targets = self.0.targets.read().unwrap_or_else(PoisonError::into_inner);
        let levels = targets.iter().map(|(_, level)| level);
        levels.chain(targets.default_level()).max().or(Some(LevelFilter::OFF))
    }

    fn on_new_span(&self, span: &Attributes<'_>, id: &Id, spans: LayerContext<'_, S>) {
        let mut parts = Parts { format: self.0.queue.format(), parts: Vec::new() };
        span.record(&mut Fields::Span(&mut parts));
        if let Some(span) = spans.span(id) {
            span.extensions_mut().insert(parts);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, spans: LayerContext<'_, S>) {
        let Some(span) = spans.span(id) else { return };
        if let Some(parts) = span.extensions_mut().get_mut() {
            values.record(&mut Fields::Span(parts));
        }
    }

    fn on_event(&self, event: &Event<'_>, spans: LayerContext<'_, S>) {
        let bridged = bridge::metadata(event);
        let metadata = bridged.as_ref().unwrap_or_else(|| event.metadata());
        let mut line = self.begin(*metadata.level(), metadata.target());
        let mut written = Names::new();
        event.record(&mut Fields::Record(&mut line, &mut written));
        // From the inside out: of fields of one name the innermost is written.
        for span in spans.event_scope(event).into_iter().flatten() {
            let extensions = span.extensions();
            let Some(Parts { parts, .. }) = extensions.get() else { continue };
            for (name, part) in parts {
                if !written.contains(name) {
                    written.push(name);
                    line.append(part);
                }
            }
        }
        if let Some(context) = Context::current() {
            line.context(&context);
        }
        self.write(line);
    }
}

/// The fields of a span, each once.
struct Parts {
    format: Format,
    parts: Vec<(&'static str, Line)>,
}

impl Parts {
    /// Keeps a field, in place of what it was before.
    fn keep(&mut self, name: &'static str, write: impl FnOnce(&mut Line)) {
        let mut part = Line::part(self.format);
        write(&mut part);
        self.parts.retain(|(known, _)| *known != name);
        self.parts.push((name, part));
    }
}

/// The names of fields that a record has.
type Names = SmallVec<[&'static str; 16]>;

/// Writes fields down: those of an event into its line.
enum Fields<'a> {
    Record(&'a mut Line, &'a mut Names),
    Span(&'a mut Parts),
}

impl Fields<'_> {
    fn add(&mut self, field: &Field, write: impl FnOnce(&mut Line)) {
        match self {
            // What is declared without a value does not come here, and hides nothing.
            Self::Record(line, written) => {
                if bridge::is_of_bridge(field.name()) {
                    return;
                }
                if field.name() != "message" {
                    written.push(field.name());
                }
                write(line);
            }
            Self::Span(parts) => parts.keep(field.name(), write),
        }
    }

    fn text(&mut self, field: &Field, value: impl fmt::Display) {
        let value = cut(value);
        self.add(field, |line| {
            if field.name() == "message" && !line.is_part() {
                line.message(&value);
            } else {
                line.field(field.name(), &value);
            }
        });
    }

    fn number(&mut self, field: &Field, value: impl fmt::Display) {
        self.add(field, |line| line.number(field.name(), value));
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn StdError + 'static)) {
        self.text(field, chain(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.number(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.number(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.number(field, value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.number(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.number(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no number for what is not finite.
        if value.is_finite() {
            self.number(field, format_args!("{value:?}"));
        } else {
            self.text(field, value);
        }
    }
}
