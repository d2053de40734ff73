//! Which page a request comes from, as its browser says.

use http::{HeaderName, HeaderValue, header::ORIGIN};

use crate::{
    error::{Error, Result},
    extract::Request,
};

/// Fetch Metadata Request Headers; a page cannot write them.
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses a page of another origin that fetches what a user shall see: CORS may let it read
/// the answer, and then it could log in by itself.
pub(super) fn admit_navigation(request: &Request) -> Result<()> {
    let is_navigation = request.headers().get(MODE).is_some_and(|mode| mode == "navigate");
    if is_navigation || !is_foreign(request) {
        return Ok(());
    }
    let detail = "a page of another origin cannot fetch the page to log in; send the browser there";
    Err(Error::forbidden(detail).with_code("dev_issuer_not_readable"))
}

/// Whether a browser sends it for a page of another origin. Programs name none.
pub(super) fn is_foreign(request: &Request) -> bool {
    let context = request.context();
    let own = context.host().map(|host| format!("{}://{host}", context.scheme()));
    let is_own = |origin: &HeaderValue| {
        own.as_ref().is_some_and(|own| origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()))
    };
    let headers = request.headers();
    !headers.get_all(ORIGIN).iter().all(is_own)
        || headers.get_all(SITE).iter().any(|site| site == "cross-site" || site == "same-site")
}
