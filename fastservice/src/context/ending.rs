use std::{sync::Arc, time::Duration};

use http::StatusCode;

use super::Context;

/// What is known of a request at its end.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ending<'a> {
    /// The request.
    pub context: &'a Context,
    /// The answer's status; `None` when the client left before there was one.
    pub status: Option<StatusCode>,
    /// The bytes of the answer's body that were handed to the connection.
    pub bytes: u64,
    /// Whether the answer was handed over whole.
    pub is_complete: bool,
    /// From the request's arrival until its end.
    pub elapsed: Duration,
}

/// Is told of every request, for logs and metrics: once when it arrives, and once
/// at its end. That is when an answer in memory is handed to the connection,
/// when a stream has ended or is given up, or when the client leaves before.
///
/// It must not block: it runs on the threads that answer requests.
pub trait Observer: Send + Sync + 'static {
    /// A request has arrived; its route is not known yet.
    fn began(&self, context: &Context) {
        let _ = context;
    }

    /// A request has ended.
    fn ended(&self, ending: &Ending<'_>);
}

impl<T: Observer + ?Sized> Observer for Arc<T> {
    fn began(&self, context: &Context) {
        (**self).began(context);
    }

    fn ended(&self, ending: &Ending<'_>) {
        (**self).ended(ending);
    }
}
