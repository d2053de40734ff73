//! The document on the wire.

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};

use super::Document;
use crate::{
    error::Result,
    extract::{Request, State},
    openapi::{Content, Operation},
    registry::{Route, Source},
    response::{IntoResponse, Response},
};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The bytes of the document, made once.
#[derive(Debug)]
pub(crate) struct Served {
    document: Bytes,
}

impl Served {
    pub(crate) fn new(document: &Document) -> Self {
        Self { document: document.compact().into() }
    }

    /// The document as a client sees it whose proxy takes `prefix` off the paths.
    fn below(&self, prefix: &str) -> Bytes {
        if prefix.is_empty() {
            return self.document.clone();
        }
        let servers = serde_json::json!([{"url": prefix}]);
        let rest = self.document.strip_prefix(b"{").unwrap_or_default();
        [format!("{{\"servers\":{servers},").as_bytes(), rest].concat().into()
    }
}

/// `GET /openapi.json`.
pub(crate) static OPENAPI: Route = Route::new(
    Method::GET,
    "/openapi.json",
    describe,
    |request| Box::pin(answer(request)),
    Source {
        function: "openapi",
        module: module_path!(),
        package: env!("CARGO_PKG_NAME"),
        file: file!(),
        line: line!(),
    },
)
.summary("This document.")
.tags(&["documentation"])
.hidden();

fn describe(operation: &mut Operation) {
    operation.answers.push(Content::of("application/json"));
}

async fn answer(mut request: Request) -> Result<Response> {
    let served: State<Served> = request.extract().await?;
    let document = served.below(request.context().prefix());
    let etag = etag(&document)?;
    let known = request.headers().get(header::IF_NONE_MATCH);
    let headers = [
        (header::CONTENT_TYPE, JSON),
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    if known.is_some_and(|known| known == etag) {
        return (StatusCode::NOT_MODIFIED, headers, ()).into_response();
    }
    (headers, document).into_response()
}

/// Of the bytes themselves, so that all replicas of one release have the same.
fn etag(document: &[u8]) -> Result<HeaderValue> {
    // FNV-1a: nobody gains by a collision.
    let hash = document.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    Ok(HeaderValue::try_from(format!("\"{hash:016x}\""))?)
}
