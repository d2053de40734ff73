//! Who may call the issuer's endpoints: this machine, unless told otherwise.

use std::net::IpAddr;

use http::{HeaderName, HeaderValue, header::HOST, uri::Authority};

use super::{Reach, Tenant, host};
use crate::{
    error::{Error, Result},
    extract::Request,
};

impl Tenant {
    /// Refuses who is not on this machine, and a page that reaches it under a name of its
    /// own (DNS rebinding).
    pub(super) fn admit(&self, request: &Request) -> Result<()> {
        if self.reach == Reach::Everybody || (comes_from_here(request) && means_here(request)) {
            return Ok(());
        }
        let detail = "the development issuer answers only this machine, at a loopback address or \
                      `localhost`, and through a proxy only where TRUSTED_PROXIES names it; \
                      DEV_ISSUER_PUBLIC=true lets everybody call it";
        Err(Error::forbidden(detail).with_code("dev_issuer_not_public"))
    }
}

/// The other end of the connection is here, and does not speak for someone who is not.
fn comes_from_here(request: &Request) -> bool {
    let context = request.context();
    let is_here = |address: IpAddr| address.to_canonical().is_loopback();
    context.remote_address().is_some_and(|address| is_here(address.ip()))
        && match context.forwarded_address() {
            Some(client) => is_here(client),
            None => !request.headers().keys().any(is_of_proxy),
        }
}

/// What proxies add: believed or not, it means that someone else calls.
fn is_of_proxy(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.starts_with("x-forwarded-") || matches!(name, "forwarded" | "x-real-ip" | "via")
}

/// Every name that the request itself says, and not one that a proxy adds.
fn means_here(request: &Request) -> bool {
    let in_target = request.uri().authority().map(|authority| authority.as_str().as_bytes());
    let in_headers = request.headers().get_all(HOST).iter().map(HeaderValue::as_bytes);
    let mut names = in_target.into_iter().chain(in_headers).peekable();
    names.peek().is_some()
        && names
            .all(|name| Authority::try_from(name).is_ok_and(|name| host::is_loopback(name.host())))
}
