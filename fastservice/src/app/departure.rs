//! The end of a request, however it ends.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll},
};

use bytes::Bytes;
use http::{StatusCode, header};
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::core::Core;
use crate::{
    background,
    body::Body,
    context::{Context, Ending},
    error::BoxError,
    response::Response,
};

/// Tells the observers of a request's end when it is dropped, and lets its background
/// tasks run.
pub(super) struct Departure {
    core: Arc<Core>,
    context: Context,
    status: Option<StatusCode>,
    bytes: u64,
    is_complete: bool,
}

impl Departure {
    pub(super) fn begin(core: Arc<Core>, context: &Context) -> Self {
        for observer in &core.observers {
            observer.began(context);
        }
        Self { core, context: context.clone(), status: None, bytes: 0, is_complete: false }
    }

    /// The request ends with this answer: now when it is in memory, else with its stream.
    pub(super) fn with(mut self, response: Response) -> Response {
        self.status = Some(response.status());
        if let Some(length) = response.body().length_in_memory() {
            self.bytes = length;
            self.is_complete = true;
            return response;
        }
        let declared = response.headers().get(header::CONTENT_LENGTH);
        let declared = declared.and_then(|length| length.to_str().ok()?.parse().ok());
        response.map(|body| {
            // A body that has nothing to send is not asked for it.
            self.is_complete = body.is_end_stream();
            let length = declared.or_else(|| body.size_hint().exact());
            Body::wrap(Departing { body, length, departure: self })
        })
    }

    fn tell(&self) {
        if self.core.observers.is_empty() {
            return;
        }
        let ending = Ending {
            context: &self.context,
            status: self.status,
            bytes: self.bytes,
            is_complete: self.is_complete,
            elapsed: self.context.elapsed(),
        };
        for observer in &self.core.observers {
            observer.ended(&ending);
        }
    }
}

impl Drop for Departure {
    fn drop(&mut self) {
        self.tell();
        background::depart(&self.context, &self.core.tasks);
    }
}

/// A stream, counted as it is sent.
struct Departing {
    body: Body,
    /// After this many bytes it is not asked whether there are more.
    length: Option<u64>,
    departure: Departure,
}

impl HttpBody for Departing {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Self { body, length, departure } = &mut *self;
        let polled = departure.context.poll_while(|| Pin::new(&mut *body).poll_frame(cx));
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                departure.bytes += frame.data_ref().map_or(0, Bytes::len) as u64;
                departure.is_complete = body.is_end_stream() || *length == Some(departure.bytes);
            }
            Poll::Ready(None) => departure.is_complete = true,
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
