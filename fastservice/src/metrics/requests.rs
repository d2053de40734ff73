use std::{
    array,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
};

use http::Method;

use super::{
    histogram::{Histogram, SECONDS},
    page::{Kind, Page},
};
use crate::context::{Context, Ending, Observer};

const DURATION: &str = "http_server_request_duration_seconds";
const ACTIVE: &str = "http_server_active_requests";
/// The labels of a method, the frequent ones first. Clients may send any other, so
/// that those are one.
const METHODS: [&str; 10] =
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "_OTHER"];
/// The status of a request whose client left before its answer, as nginx logs it.
const CLIENT_LEFT: u16 = 499;

/// Counts and times requests by route, method and status. Nothing that a client
/// sends becomes a label.
#[derive(Debug)]
pub(super) struct Requests {
    routes: Box<[Route]>,
    /// Requests that no route took: unknown paths, other methods, what a layer answers.
    elsewhere: Route,
    active: [AtomicI64; METHODS.len()],
    bounds: Arc<[f64]>,
}

/// The requests of one path template, by method, made when the first one ends.
#[derive(Debug)]
struct Route {
    template: Arc<str>,
    methods: [OnceLock<Box<Series>>; METHODS.len()],
}

/// The requests that were answered with one status, and those with the next:
/// a list that only grows, so that it is read without a lock.
#[derive(Debug)]
struct Series {
    status: u16,
    durations: Histogram,
    next: OnceLock<Box<Series>>,
}

impl Requests {
    /// `templates` are the paths of the endpoints, in their order.
    pub(super) fn new(templates: impl Iterator<Item = Arc<str>>) -> Self {
        Self {
            routes: templates.map(Route::new).collect(),
            elsewhere: Route::new("".into()),
            active: Default::default(),
            bounds: Arc::new(SECONDS),
        }
    }

    pub(super) fn write(&self, page: &mut Page) {
        page.family(
            DURATION,
            Kind::Histogram,
            "How long requests took, from their head to the end of the answer.",
        );
        for route in self.routes.iter().chain([&self.elsewhere]) {
            route.write(page);
        }
        page.family(ACTIVE, Kind::Gauge, "Requests that are being answered.");
        for (method, active) in METHODS.iter().zip(&self.active) {
            let labels = [("http_request_method", *method)];
            page.sample(ACTIVE, &labels, active.load(Ordering::Relaxed));
        }
    }

    fn change_active(&self, method: &Method, by: i64) {
        if let Some(active) = self.active.get(index(method)) {
            active.fetch_add(by, Ordering::Relaxed);
        }
    }
}

impl Observer for Requests {
    fn began(&self, context: &Context) {
        self.change_active(context.method(), 1);
    }

    fn ended(&self, ending: &Ending<'_>) {
        let context = ending.context;
        self.change_active(context.method(), -1);
        let route = context.endpoint().and_then(|number| self.routes.get(number));
        let methods = &route.unwrap_or(&self.elsewhere).methods;
        let status = ending.status.map_or(CLIENT_LEFT, |status| status.as_u16());
        if let Some(first) = methods.get(index(context.method())) {
            let series = Series::find(first, status, &self.bounds);
            series.durations.add(ending.elapsed.as_secs_f64());
        }
    }
}

impl Route {
    fn new(template: Arc<str>) -> Self {
        Self { template, methods: array::from_fn(|_| OnceLock::new()) }
    }

    fn write(&self, page: &mut Page) {
        for (method, first) in METHODS.iter().zip(&self.methods) {
            let mut next = first.get();
            while let Some(series) = next {
                let labels = [
                    ("http_request_method", *method),
                    ("http_route", &*self.template),
                    ("http_response_status_code", &series.status.to_string()),
                ];
                page.histogram(DURATION, &labels, &series.durations);
                next = series.next.get();
            }
        }
    }
}

impl Series {
    fn new(status: u16, bounds: &Arc<[f64]>) -> Self {
        let durations = Histogram::new(bounds.clone());
        Self { status, durations, next: OnceLock::new() }
    }

    /// The series of a status; it is appended when it is the first with it.
    fn find<'s>(first: &'s OnceLock<Box<Self>>, status: u16, bounds: &Arc<[f64]>) -> &'s Self {
        let new = || Box::new(Self::new(status, bounds));
        let mut series = first.get_or_init(new);
        while series.status != status {
            series = series.next.get_or_init(new);
        }
        series
    }
}

fn index(method: &Method) -> usize {
    let of_other = METHODS.len() - 1;
    METHODS.iter().position(|name| *name == method.as_str()).unwrap_or(of_other)
}
