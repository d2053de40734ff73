//! What a service counts itself, with the macros of the crate `metrics`.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock, PoisonError, RwLock, atomic::AtomicU64, atomic::Ordering},
};

use metrics::{Counter, Gauge, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use super::{
    histogram::{Histogram, SECONDS},
    page::{Kind, Number, Page},
};

/// More series than this are not counted: a label with a value for each user would
/// fill the memory, and Prometheus.
const MOST_SERIES: usize = 10_000;

// The macros know one recorder a process, so that this cannot belong to a service.
static OWN: LazyLock<Arc<Own>> = LazyLock::new(|| {
    let own = Arc::new(Own::default());
    if metrics::set_global_recorder(own.clone()).is_err() {
        tracing::warn!(
            "this process has a recorder of metrics already; its metrics are not served"
        );
    }
    own
});

/// All series of the process that are not the framework's, also those that come later.
pub(super) fn own() -> &'static Own {
    &OWN
}

/// Sets the buckets of a histogram of your own, in place of those for durations in
/// seconds from 5 ms to 10 s. They are the largest values of the buckets; those that
/// are no numbers are left out. Call it before the first value is recorded.
///
/// ```
/// fastservice::metrics::set_buckets("order_value_euros", &[1.0, 10.0, 100.0, 1000.0]);
/// fastservice::metrics::histogram!("order_value_euros").record(59.5);
/// ```
pub fn set_buckets(name: &str, buckets: &[f64]) {
    let mut bounds: Vec<f64> = buckets.iter().copied().filter(|bound| bound.is_finite()).collect();
    bounds.sort_by(f64::total_cmp);
    bounds.dedup();
    own().change(name, Kind::Histogram, |family| family.bounds = bounds.into());
}

#[derive(Default)]
pub(super) struct Own(RwLock<Families>);

#[derive(Default)]
struct Families {
    by_name: BTreeMap<String, Family>,
    series: usize,
}

struct Family {
    kind: Kind,
    help: SharedString,
    bounds: Arc<[f64]>,
    series: HashMap<Key, Value>,
}

#[derive(Clone)]
enum Value {
    Counter(Arc<AtomicU64>),
    /// The bits of an `f64`.
    Gauge(Arc<AtomicU64>),
    Histogram(Arc<Histogram>),
}

impl Own {
    pub(super) fn write(&self, page: &mut Page) {
        let families = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for (name, family) in &families.by_name {
            let name = valid_name(name);
            if !family.series.is_empty() && page.family(&name, family.kind, &family.help) {
                family.write(&name, page);
            }
        }
    }

    /// The value of a key; `None` when it cannot be counted.
    fn value(&self, kind: Kind, key: &Key) -> Option<Value> {
        let families = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let known = families.by_name.get(key.name());
        if let Some(value) = known.and_then(|family| family.series.get(key)) {
            return value.is(kind).then(|| value.clone());
        }
        drop(families);
        self.add(kind, key)
    }

    fn add(&self, kind: Kind, key: &Key) -> Option<Value> {
        let mut families = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let Families { by_name, series } = &mut *families;
        let family = by_name.entry(key.name().to_owned()).or_insert_with(|| Family::new(kind));
        if family.kind != kind {
            tracing::warn!(name = key.name(), "this metric is of another kind; it is not counted");
            return None;
        }
        if let Some(value) = family.series.get(key) {
            return Some(value.clone());
        }
        if *series >= MOST_SERIES {
            if *series == MOST_SERIES {
                *series += 1;
                tracing::warn!(
                    name = key.name(),
                    limit = MOST_SERIES,
                    "too many metrics; which of its labels has a value for each request? New ones are not counted"
                );
            }
            return None;
        }
        *series += 1;
        let value = Value::new(kind, &family.bounds);
        family.series.insert(key.clone(), value.clone());
        Some(value)
    }

    fn change(&self, name: &str, kind: Kind, change: impl FnOnce(&mut Family)) {
        let mut families = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let family = families.by_name.entry(name.to_owned());
        change(family.or_insert_with(|| Family::new(kind)));
    }
}

impl Family {
    fn new(kind: Kind) -> Self {
        let (help, series) = (SharedString::const_str(""), HashMap::new());
        Self { kind, help, bounds: Arc::new(SECONDS), series }
    }

    fn write(&self, name: &str, page: &mut Page) {
        for (key, value) in &self.series {
            let names: Vec<_> = key.labels().map(|label| valid_name(label.key())).collect();
            let values = key.labels().map(metrics::Label::value);
            let labels: Vec<_> = names.iter().map(String::as_str).zip(values).collect();
            match value {
                Value::Counter(count) => page.sample(name, &labels, count.load(Ordering::Acquire)),
                Value::Gauge(bits) => {
                    let number = f64::from_bits(bits.load(Ordering::Acquire));
                    page.sample(name, &labels, Number(number));
                }
                Value::Histogram(histogram) => page.histogram(name, &labels, histogram),
            }
        }
    }
}

impl Value {
    fn new(kind: Kind, bounds: &Arc<[f64]>) -> Self {
        match kind {
            Kind::Counter => Self::Counter(Arc::default()),
            Kind::Gauge => Self::Gauge(Arc::default()),
            Kind::Histogram => Self::Histogram(Arc::new(Histogram::new(bounds.clone()))),
        }
    }

    fn is(&self, kind: Kind) -> bool {
        matches!(
            (self, kind),
            (Self::Counter(_), Kind::Counter)
                | (Self::Gauge(_), Kind::Gauge)
                | (Self::Histogram(_), Kind::Histogram)
        )
    }
}

impl Recorder for Own {
    fn describe_counter(&self, name: KeyName, _: Option<Unit>, help: SharedString) {
        self.change(name.as_str(), Kind::Counter, |family| family.help = help);
    }

    fn describe_gauge(&self, name: KeyName, _: Option<Unit>, help: SharedString) {
        self.change(name.as_str(), Kind::Gauge, |family| family.help = help);
    }

    fn describe_histogram(&self, name: KeyName, _: Option<Unit>, help: SharedString) {
        self.change(name.as_str(), Kind::Histogram, |family| family.help = help);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match self.value(Kind::Counter, key) {
            Some(Value::Counter(value)) => Counter::from_arc(value),
            _ => Counter::noop(),
        }
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        match self.value(Kind::Gauge, key) {
            Some(Value::Gauge(value)) => Gauge::from_arc(value),
            _ => Gauge::noop(),
        }
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> metrics::Histogram {
        match self.value(Kind::Histogram, key) {
            Some(Value::Histogram(value)) => metrics::Histogram::from_arc(value),
            _ => metrics::Histogram::noop(),
        }
    }
}

/// A name as Prometheus takes it; what it does not take becomes `_`.
fn valid_name(name: &str) -> String {
    let valid = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let starts_with_digit = name.starts_with(|c: char| c.is_ascii_digit());
    starts_with_digit.then_some('_').into_iter().chain(name.chars().map(valid)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: Metadata<'_> = Metadata::new("", metrics::Level::INFO, None);

    fn page(own: &Own) -> String {
        let mut page = Page::default();
        own.write(&mut page);
        page.into_text()
    }

    #[test]
    fn counters_gauges_and_histograms_are_kept_by_name_and_labels() {
        let own = Own::default();
        let key = Key::from_parts("orders.total", &[("kind-of", "new \"one\"")]);
        own.describe_counter("orders.total".into(), None, "Orders.".into());

        own.register_counter(&key, &METADATA).increment(2);
        own.register_counter(&key, &METADATA).increment(1);
        own.register_gauge(&Key::from_name("size"), &METADATA).set(1.5);

        let expected = "# HELP orders_total Orders.\n# TYPE orders_total counter\n\
                        orders_total{kind_of=\"new \\\"one\\\"\"} 3\n\
                        # TYPE size gauge\nsize 1.5\n";
        assert_eq!(page(&own), expected);
    }

    #[test]
    fn the_first_kind_of_a_name_stays() {
        let own = Own::default();

        own.register_counter(&Key::from_name("a"), &METADATA).increment(1);
        own.register_gauge(&Key::from_name("a"), &METADATA).set(7.0);

        assert_eq!(page(&own), "# TYPE a counter\na 1\n");
    }

    #[test]
    fn a_histogram_has_the_buckets_that_were_set() {
        let own = Own::default();
        own.change("sizes", Kind::Histogram, |family| family.bounds = Arc::new([10.0]));

        own.register_histogram(&Key::from_name("sizes"), &METADATA).record(3.0);

        assert!(page(&own).contains("sizes_bucket{le=\"10\"} 1\n"), "{}", page(&own));
    }

    #[test]
    fn series_are_limited() {
        let own = Own::default();

        for number in 0..MOST_SERIES + 10 {
            let key = Key::from_parts("users", &[("id", number.to_string())]);
            own.register_counter(&key, &METADATA).increment(1);
        }

        assert_eq!(page(&own).lines().count(), 1 + MOST_SERIES);
    }
}
