use std::borrow::Cow;

use bytes::Bytes;
use http::HeaderValue;

use super::{IntoResponse, Response, of_type};
use crate::{
    body::Body,
    error::Result,
    openapi::{Content, Operation},
};

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// A page of HTML.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Html<T>(pub T);

impl<T: Into<Body>> IntoResponse for Html<T> {
    fn into_response(self) -> Result<Response> {
        Ok(of_type(HTML, self.0))
    }

    fn describe(operation: &mut Operation) {
        operation.answers.push(Content::of("text/html"));
    }
}

impl IntoResponse for String {
    fn into_response(self) -> Result<Response> {
        Ok(of_type(TEXT, self))
    }

    fn describe(operation: &mut Operation) {
        operation.answers.push(Content::of("text/plain"));
    }
}

impl IntoResponse for &'static str {
    fn into_response(self) -> Result<Response> {
        Ok(of_type(TEXT, self))
    }

    fn describe(operation: &mut Operation) {
        operation.answers.push(Content::of("text/plain"));
    }
}

impl IntoResponse for Cow<'static, str> {
    fn into_response(self) -> Result<Response> {
        match self {
            Cow::Borrowed(text) => text.into_response(),
            Cow::Owned(text) => text.into_response(),
        }
    }

    fn describe(operation: &mut Operation) {
        String::describe(operation);
    }
}

impl IntoResponse for Bytes {
    fn into_response(self) -> Result<Response> {
        Ok(of_type(BYTES, self))
    }

    fn describe(operation: &mut Operation) {
        operation.answers.push(Content::of("application/octet-stream"));
    }
}

impl IntoResponse for Vec<u8> {
    fn into_response(self) -> Result<Response> {
        Bytes::from(self).into_response()
    }

    fn describe(operation: &mut Operation) {
        Bytes::describe(operation);
    }
}
