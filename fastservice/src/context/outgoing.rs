use http::HeaderMap;

use super::{
    Context, TraceContext, X_REQUEST_ID,
    trace::{TRACEPARENT, TRACESTATE},
};

impl Context {
    /// Where this request stands in a trace across services.
    #[must_use]
    pub fn trace(&self) -> &TraceContext {
        let open = || Box::new(self.0.arrival.trace.open(self.0.request_id));
        self.0.trace.get_or_init(open)
    }

    /// The trace, where there is one: the request came with it, it is exported, or a call
    /// has carried it out. A record of the log alone is no reason to begin one.
    #[cfg(feature = "log")]
    pub(crate) fn known_trace(&self) -> Option<&TraceContext> {
        let of_caller = || self.0.arrival.trace.are_there().then(|| self.trace());
        self.0.trace.get().map(|trace| &**trace).or_else(of_caller)
    }

    /// Adds the headers that carry this context to another service: `X-Request-ID`,
    /// `traceparent` and `tracestate`. What is there already stays.
    ///
    /// The argument `Client` (feature `client`) does it by itself; this is for a client
    /// of your own.
    ///
    /// ```
    /// use fastservice::prelude::*;
    ///
    /// let context = Context::new();
    /// let mut headers = HeaderMap::new();
    /// context.carry_into(&mut headers);
    ///
    /// assert_eq!(headers["x-request-id"], context.request_id().to_string());
    /// ```
    pub fn carry_into(&self, headers: &mut HeaderMap) {
        headers.entry(X_REQUEST_ID).or_insert_with(|| self.request_id().to_header_value());
        // The state belongs to its parent.
        if headers.contains_key(TRACEPARENT) {
            return;
        }
        let trace = self.trace();
        headers.insert(TRACEPARENT, trace.to_traceparent());
        if let Some(state) = trace.tracestate() {
            headers.entry(TRACESTATE).or_insert_with(|| state.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn headers_that_are_there_stay() {
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID, HeaderValue::from_static("mine"));
        headers.insert(TRACEPARENT, HeaderValue::from_static("mine"));
        let before = headers.clone();

        Context::new().carry_into(&mut headers);

        assert_eq!(headers, before);
    }

    #[test]
    fn a_request_has_one_trace() {
        let context = Context::new();

        assert_eq!(context.trace(), context.clone().trace());
        assert_ne!(context.trace(), Context::new().trace());
    }
}
