use std::{borrow::Cow, net::IpAddr};

use http::Uri;
use tracing::Level;

use super::{
    format::{CleanFields, redact},
    records::Records,
};
use crate::{
    claims::UserId,
    context::{Context, Ending, Observer},
};

/// The target of the records of requests.
pub(crate) const TARGET: &str = "fastservice::access";
pub(crate) const MESSAGE: &str = "request ended";

/// Longer paths and user agents are cut.
const LONGEST: usize = 1024;

type Export = Box<dyn Fn(&Ending<'_>) + Send + Sync>;

/// Writes a record for each request at its end, with the target
/// `fastservice::access` and the level `info`. Routes such as the heartbeat stay
/// out of it. [`Log::access`](super::Log::access) makes it.
pub struct AccessLog {
    /// `None` when the service has a subscriber of its own.
    records: Option<Records>,
    /// Where else the record goes.
    export: Option<Export>,
    /// Requests whose random part is at most this have a record.
    threshold: u64,
}

impl AccessLog {
    pub(super) fn new(records: Option<Records>, sample: f64) -> Self {
        Self { records, export: None, threshold: threshold(sample) }
    }

    /// Gives each request that has a line to `export` too. What a subscriber gets reaches
    /// the exporter that is a part of it.
    #[cfg(feature = "otlp")]
    pub(crate) fn exported(self, export: impl Fn(&Ending<'_>) + Send + Sync + 'static) -> Self {
        Self { export: Some(Box::new(export)), ..self }
    }

    /// One decision a request, the same in every service that knows its id.
    fn is_chosen(&self, ending: &Ending<'_>) -> bool {
        let (_, random) = ending.context.request_id().as_uuid().as_u64_pair();
        // Without the two bits of the variant, which are the same in all ids.
        random << 2 <= self.threshold
            || ending.status.is_some_and(|status| status.is_server_error())
    }
}

impl Observer for AccessLog {
    fn ended(&self, ending: &Ending<'_>) {
        if ending.context.is_quiet() || !self.is_chosen(ending) {
            return;
        }
        match &self.records {
            Some(records) if records.keeps_access() => {
                write(records, ending);
                if let Some(export) = &self.export {
                    export(ending);
                }
            }
            Some(_) => {}
            None => hand_over(ending),
        }
    }
}

/// The record as a line. A subscriber would need a multiple of the time.
fn write(records: &Records, ending: &Ending<'_>) {
    let mut line = records.begin(Level::INFO, TARGET);
    line.clean_message(MESSAGE);
    describe(ending, &mut line);
    line.context(ending.context);
    records.write(line);
}

/// What a record of a request's end has beside the request's context.
pub(crate) fn describe(ending: &Ending<'_>, fields: &mut impl CleanFields) {
    let Ending { context, status, bytes, elapsed, is_complete, .. } = ending;
    match status {
        Some(status) => fields.count("status", status.as_u16().into()),
        None => fields.flag("client_left", true),
    }
    if status.is_some() && !is_complete {
        fields.flag("complete", false);
    }
    fields.count("bytes", *bytes);
    fields.millis("elapsed_ms", u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX));
    fields.clean("path", cut(&path(context.uri())));
    if let Some(address) = context.remote_address() {
        fields.address("remote_address", address);
    }
    if let Some(client) = client_behind_proxies(context) {
        fields.clean("client_address", &client.to_string());
    }
    if let Some(agent) = context.user_agent() {
        fields.clean("user_agent", cut(agent));
    }
}

/// The record for the service's own subscriber.
fn hand_over(ending: &Ending<'_>) {
    let Ending { context, status, bytes, elapsed, is_complete, .. } = ending;
    tracing::info!(
        target: TARGET,
        status = status.map(|status| status.as_u16()),
        client_left = status.is_none(),
        complete = is_complete,
        bytes,
        elapsed_ms = elapsed.as_secs_f64() * 1000.0,
        path = cut(&path(context.uri())),
        remote_address = context.remote_address().map(tracing::field::display),
        client_address = client_behind_proxies(context).map(tracing::field::display),
        user_agent = context.user_agent().map(cut),
        request_id = %context.request_id(),
        user_id = context.user_id().map(UserId::as_str),
        method = context.method().as_str(),
        route = context.route(),
        trace_id = context.known_trace().map(|trace| tracing::field::display(trace.trace_id())),
        span_id = context.known_trace().map(|trace| tracing::field::display(trace.span_id())),
        "request ended"
    );
}

/// The client, where it is not the other end of the connection.
fn client_behind_proxies(context: &Context) -> Option<IpAddr> {
    let peer = context.remote_address().map(|address| address.ip().to_canonical());
    context.client_address().filter(|client| Some(*client) != peer)
}

/// Path and query, without the values of sensitive names and without tokens.
fn path(uri: &Uri) -> Cow<'_, str> {
    let path = redact::path(uri.path());
    match uri.query() {
        Some(query) => Cow::Owned(format!("{path}?{}", redact::query(query))),
        None => path,
    }
}

fn cut(text: &str) -> &str {
    let end = (0..=LONGEST.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a share needs no exact number of requests, and casts of floats saturate"
)]
fn threshold(sample: f64) -> u64 {
    (sample * u64::MAX as f64) as u64
}

impl std::fmt::Debug for AccessLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessLog").field("threshold", &self.threshold).finish_non_exhaustive()
    }
}
