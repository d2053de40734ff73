//! Metrics for Prometheus: requests by route, method and status, the process, and
//! what the service counts itself.
//!
//! ```
//! use fastservice::{metrics, prelude::*};
//!
//! #[public_api(post = "/orders")]
//! async fn order(is_gift: bool) {
//!     metrics::counter!("orders_total", "gift" => is_gift.to_string()).increment(1);
//! }
//! ```
//!
//! The macros are those of the crate `metrics`, so that what other
//! crates count with it is served too. They are of the process, not of one service,
//! and at most 10,000 series of them are kept: a label has few values, and is never
//! an id. Each use looks its series up, under a lock that is shared; where that
//! matters, keep the [`Counter`] that the macro returns.
//!
//! Where they are served: [`MetricsSettings`](crate::settings::MetricsSettings).

mod histogram;
mod own;
mod page;
mod process;
mod requests;
mod route;

use std::{
    fmt,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

pub use metrics::{
    Counter, Gauge, Histogram, counter, describe_counter, describe_gauge, describe_histogram,
    gauge, histogram,
};

pub use self::own::set_buckets;
use self::requests::Requests;
pub(crate) use self::{
    page::{Kind, Number, Page},
    route::METRICS,
};
use crate::context::{Context, Ending, Observer};

/// Writes samples when it is asked, such as the state of a pool.
pub(crate) type Source = Box<dyn Fn(&mut Page) + Send + Sync>;

/// What one service has counted.
pub(crate) struct Metrics {
    service: String,
    started: f64,
    requests: Requests,
    sources: Vec<Source>,
}

impl Metrics {
    /// `templates` are the paths of the endpoints, in their order.
    pub(crate) fn new(
        service: &str,
        templates: impl Iterator<Item = Arc<str>>,
        sources: Vec<Source>,
    ) -> Self {
        // What is counted from here on must not be lost until somebody asks.
        own::own();
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let (service, started) = (service.to_owned(), started.as_secs_f64());
        Self { service, started, requests: Requests::new(templates), sources }
    }

    /// The page that Prometheus reads.
    pub(crate) fn render(&self) -> String {
        let mut page = Page::default();
        self.requests.write(&mut page);
        for write in &self.sources {
            write(&mut page);
        }
        let build = "fastservice_build_info";
        page.family(build, Kind::Gauge, "Always 1; its labels say what runs.");
        let version = ("fastservice_version", env!("CARGO_PKG_VERSION"));
        page.sample(build, &[("service", &self.service), version], 1);
        let start = "process_start_time_seconds";
        page.family(start, Kind::Gauge, "When the service started, in seconds since 1970.");
        page.sample(start, &[], Number(self.started));
        process::write(&mut page);
        own::own().write(&mut page);
        page.into_text()
    }
}

impl Observer for Metrics {
    fn began(&self, context: &Context) {
        self.requests.began(context);
    }

    fn ended(&self, ending: &Ending<'_>) {
        self.requests.ended(ending);
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("service", &self.service).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_asked_at_each_scrape() {
        let asked = std::sync::atomic::AtomicU64::new(0);
        let source: Source = Box::new(move |page| {
            let asked = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            page.family("pool_size", Kind::Gauge, "Connections.");
            page.sample("pool_size", &[("state", "idle")], asked);
        });
        let metrics = Metrics::new("shop", std::iter::empty(), vec![source]);

        let pages = [metrics.render(), metrics.render()];

        assert!(pages[0].contains("pool_size{state=\"idle\"} 0\n"), "{}", pages[0]);
        assert!(pages[1].contains("pool_size{state=\"idle\"} 1\n"), "{}", pages[1]);
    }
}
