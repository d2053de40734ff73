//! The document on the wire.

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};

use super::{Document, security};
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
    hash: u64,
}

impl Served {
    pub(crate) fn new(document: &Document) -> Self {
        let document = Bytes::from(document.compact());
        Self { hash: hash(OFFSET, &document), document }
    }

    /// Of what is served, so that all replicas of one release have the same.
    fn etag(&self, prefix: &str) -> Result<HeaderValue> {
        let hash = hash(self.hash, prefix.as_bytes());
        Ok(HeaderValue::try_from(format!("\"{hash:016x}\""))?)
    }

    /// The document as a client sees it whose proxy takes `prefix` off the paths.
    fn below(&self, prefix: &str) -> Bytes {
        if prefix.is_empty() {
            return self.document.clone();
        }
        let document = String::from_utf8_lossy(&self.document);
        let rest = document.strip_prefix('{').unwrap_or_default();
        let servers = serde_json::json!([{"url": prefix}]);
        let mut document = format!("{{\"servers\":{servers},{rest}");
        // These are no paths of the document, and from a server's root.
        for path in security::own_paths() {
            document = document.replace(&format!("\"{path}\""), &format!("\"{prefix}{path}\""));
        }
        document.into()
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
    let etag = served.etag(request.context().prefix())?;
    let known = request.headers().get(header::IF_NONE_MATCH);
    let headers = [
        (header::CONTENT_TYPE, JSON),
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    if known.is_some_and(|known| known == etag) {
        return (StatusCode::NOT_MODIFIED, headers, ()).into_response();
    }
    (headers, served.below(request.context().prefix())).into_response()
}

/// FNV-1a begins with this; nobody gains by a collision.
pub(super) const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

pub(super) fn hash(so_far: u64, bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    bytes.iter().fold(so_far, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}
