//! Which page a request comes from, as its browser says.

use http::{HeaderName, HeaderValue, header::ORIGIN, uri::Authority};

use super::Tenant;
use crate::{
    error::{Error, Result},
    extract::Request,
};

/// Fetch Metadata Request Headers; a page cannot write them.
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

impl Tenant {
    /// Refuses a page of another origin that fetches what a user shall see: CORS may let it
    /// read the answer, and then it could log in by itself.
    pub(super) fn admit_navigation(&self, request: &Request) -> Result<()> {
        let is_navigation = request.headers().get(MODE).is_some_and(|mode| mode == "navigate");
        if is_navigation || !self.is_foreign(request) {
            return Ok(());
        }
        let detail =
            "a page of another origin cannot fetch the page to log in; send the browser there";
        Err(Error::forbidden(detail).with_code("dev_issuer_not_readable"))
    }

    /// Whether a browser sends it for a page of another origin. Programs name none.
    pub(super) fn is_foreign(&self, request: &Request) -> bool {
        let context = request.context();
        let asked = origin(Some(context.scheme()), context.host());
        let named = origin(self.url.scheme_str(), self.url.authority().map(Authority::as_str));
        let is_own = |page: &HeaderValue| {
            let is = |own: &String| page.as_bytes().eq_ignore_ascii_case(own.as_bytes());
            asked.as_ref().is_some_and(is) || named.as_ref().is_some_and(is)
        };
        let headers = request.headers();
        let is_elsewhere = |site: &HeaderValue| site == "cross-site" || site == "same-site";
        !headers.get_all(ORIGIN).iter().all(is_own)
            || headers.get_all(SITE).iter().any(is_elsewhere)
    }
}

fn origin(scheme: Option<&str>, host: Option<&str>) -> Option<String> {
    Some(format!("{}://{}", scheme?, host?))
}
