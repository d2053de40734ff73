use std::{
    error::Error as StdError,
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

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
    access,
    config::Config,
    format::{Line, cut},
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
    /// record: `tracing` remembers the answers.
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
        let mut fields = Line::part(self.0.queue.format());
        span.record(&mut Fields(&mut fields));
        if let Some(span) = spans.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, spans: LayerContext<'_, S>) {
        let Some(span) = spans.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut() {
            values.record(&mut Fields(fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, spans: LayerContext<'_, S>) {
        let metadata = event.metadata();
        let mut line = self.begin(*metadata.level(), metadata.target());
        event.record(&mut Fields(&mut line));
        for span in spans.event_scope(event).into_iter().flatten() {
            if let Some(fields) = span.extensions().get() {
                line.append(fields);
            }
        }
        if let Some(context) = Context::current() {
            line.context(&context);
        }
        self.write(line);
    }
}

/// Adds the fields of an event to its line.
struct Fields<'a>(&'a mut Line);

impl Fields<'_> {
    fn text(&mut self, field: &Field, value: impl fmt::Display) {
        let value = cut(value);
        if field.name() == "message" && !self.0.is_part() {
            self.0.message(&value);
        } else {
            self.0.field(field.name(), &value);
        }
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
        self.0.number(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.number(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.number(field.name(), value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.0.number(field.name(), value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.0.number(field.name(), value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no number for what is not finite.
        if value.is_finite() {
            self.0.number(field.name(), format_args!("{value:?}"));
        } else {
            self.text(field, value);
        }
    }
}
