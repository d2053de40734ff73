use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// The buckets that OpenTelemetry advises for durations, in seconds.
pub(super) const SECONDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// Counts values by size. Recording is two atomic additions: no lock, no allocation,
/// and no memory that grows until somebody asks.
#[derive(Debug)]
pub(super) struct Histogram {
    bounds: Arc<[f64]>,
    /// One for each bound, and one for what is larger than all.
    counts: Box<[AtomicU64]>,
    /// The bits of an `f64`.
    sum: AtomicU64,
}

impl Histogram {
    /// `bounds` are the largest values of the buckets, in order.
    pub(super) fn new(bounds: Arc<[f64]>) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, counts, sum: AtomicU64::new(0.0_f64.to_bits()) }
    }

    pub(super) fn add(&self, value: f64) {
        let bucket = self.bounds.iter().position(|bound| value <= *bound);
        if let Some(count) = self.counts.get(bucket.unwrap_or(self.bounds.len())) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let added = |bits| Some((f64::from_bits(bits) + value).to_bits());
        let _ = self.sum.fetch_update(Ordering::Relaxed, Ordering::Relaxed, added);
    }

    /// The bounds, each with the number of values up to it; the last is infinite
    /// and has the number of all.
    pub(super) fn cumulative(&self) -> impl Iterator<Item = (f64, u64)> {
        let bounds = self.bounds.iter().copied().chain([f64::INFINITY]);
        let counts = self.counts.iter().scan(0, |sum, count| {
            *sum += count.load(Ordering::Relaxed);
            Some(*sum)
        });
        bounds.zip(counts)
    }

    pub(super) fn sum(&self) -> f64 {
        f64::from_bits(self.sum.load(Ordering::Relaxed))
    }
}

impl metrics::HistogramFn for Histogram {
    fn record(&self, value: f64) {
        self.add(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_counts_in_its_bucket_and_all_larger_ones() {
        let histogram = Histogram::new(Arc::new([1.0, 2.0]));

        for value in [0.5, 1.0, 1.5, 9.0] {
            histogram.add(value);
        }

        let cumulative: Vec<_> = histogram.cumulative().collect();
        assert_eq!(cumulative, [(1.0, 2), (2.0, 3), (f64::INFINITY, 4)]);
        assert!((histogram.sum() - 12.0).abs() < f64::EPSILON);
    }

    #[test]
    fn what_is_no_number_counts_as_larger_than_all() {
        let histogram = Histogram::new(Arc::new([1.0]));

        histogram.add(f64::NAN);

        assert_eq!(histogram.cumulative().last(), Some((f64::INFINITY, 1)));
    }
}
