//! Bodies: what a request brings, what a response sends.

use std::{
    any::Any,
    fmt,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::{BodyExt, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::Incoming;

use crate::error::BoxError;

/// The body of a request: from a connection, or in memory in tests.
#[derive(Debug, Default)]
pub struct RequestBody(Source);

enum Source {
    Connection(Incoming),
    // Boxed, so that the request of a connection stays small.
    Other(Box<Shared>),
}

/// A body that threads may share references to, as extractors across an await
/// do. The mutex is never locked: polling has exclusive access.
struct Shared {
    body: Mutex<Body>,
    size: SizeHint,
    is_empty: bool,
}

impl Default for Source {
    fn default() -> Self {
        Self::from(Body::empty())
    }
}

impl From<Body> for Source {
    fn from(body: Body) -> Self {
        let (size, is_empty) = (body.size_hint(), body.is_end_stream());
        Self::Other(Box::new(Shared { body: Mutex::new(body), size, is_empty }))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(_) => f.write_str("Connection"),
            Self::Other(_) => f.write_str("Other"),
        }
    }
}

impl From<Incoming> for RequestBody {
    fn from(incoming: Incoming) -> Self {
        Self(Source::Connection(incoming))
    }
}

impl From<Body> for RequestBody {
    fn from(body: Body) -> Self {
        Self(body.into())
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Source::Connection(incoming) => {
                Pin::new(incoming).poll_frame(cx).map_err(BoxError::from)
            }
            Source::Other(shared) => {
                let body = shared.body.get_mut().unwrap_or_else(PoisonError::into_inner);
                Pin::new(body).poll_frame(cx)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Source::Connection(incoming) => incoming.is_end_stream(),
            Source::Other(shared) => shared.is_empty,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Source::Connection(incoming) => incoming.size_hint(),
            Source::Other(shared) => shared.size,
        }
    }
}

/// The body of a response: nothing, bytes, or a stream.
#[derive(Default)]
pub struct Body(Content);

#[derive(Default)]
enum Content {
    #[default]
    Empty,
    Bytes(Bytes),
    Stream(UnsyncBoxBody<Bytes, BoxError>),
}

impl Body {
    /// A body of no bytes.
    #[must_use]
    pub fn empty() -> Self {
        Self(Content::Empty)
    }

    /// A body that is sent as the stream yields it. An error ends the
    /// connection, so that the client does not take a part for the whole.
    pub fn stream<S, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        Self::wrap(StreamBody::new(stream.map(|item| item.map(Frame::data))))
    }

    /// Its length, unless it is a stream.
    pub(crate) fn length_in_memory(&self) -> Option<u64> {
        match &self.0 {
            Content::Empty => Some(0),
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Stream(_) => None,
        }
    }

    /// Takes any other body, such as one that a layer made.
    pub fn wrap<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let mut body = Some(body);
        // One that is ours already stays what it is, in memory or not.
        if let Some(ours) = (&mut body as &mut dyn Any).downcast_mut::<Option<Self>>() {
            return ours.take().unwrap_or_default();
        }
        let stream = body.map(|body| body.map_err(Into::into).boxed_unsync());
        stream.map_or_else(Self::empty, |stream| Self(Content::Stream(stream)))
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(if bytes.is_empty() { Content::Empty } else { Content::Bytes(bytes) })
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Content::Empty => f.write_str("Empty"),
            Content::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Content::Stream(_) => f.write_str("Stream"),
        }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Content::Stream(stream) = &mut self.0 {
            return Pin::new(stream).poll_frame(cx);
        }
        match std::mem::take(&mut self.0) {
            Content::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            _ => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Content::Empty => true,
            Content::Bytes(_) => false,
            Content::Stream(stream) => stream.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Content::Empty => SizeHint::with_exact(0),
            Content::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Stream(stream) => stream.size_hint(),
        }
    }
}
