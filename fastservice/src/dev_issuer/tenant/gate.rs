//! Who may call the issuer's endpoints: this machine, unless told otherwise. Never a page that
//! reaches it under a name of its own (DNS rebinding).

use std::net::IpAddr;

use http::{
    HeaderName, HeaderValue,
    header::{HOST, ORIGIN},
    uri::Authority,
};

use super::{Reach, Tenant, host};
use crate::{
    error::{Error, Result},
    extract::Request,
};

impl Tenant {
    /// Refuses who is not on this machine, if only those may call.
    pub(super) fn admit(&self, request: &Request) -> Result<()> {
        match self.reach {
            Reach::Loopback => admit_from_here(request),
            Reach::Everybody if names_are(request, |host| self.may_be_at(host)) => Ok(()),
            Reach::Everybody => {
                let detail = "the development issuer answers at an IP address, at a name without \
                              dots, or at that of DEV_ISSUER_URL";
                Err(Error::forbidden(detail).with_code("dev_issuer_unknown_host"))
            }
        }
    }

    /// Whether no page has this name, or who set it says that none has.
    fn may_be_at(&self, host: &str) -> bool {
        host::is_fixed(host) || self.url.host().is_some_and(|own| own.eq_ignore_ascii_case(host))
    }
}

/// Refuses who is not on this machine, which a command always is.
pub(super) fn admit_command(request: &Request) -> Result<()> {
    // A browser names the origin of each POST.
    if request.headers().contains_key(ORIGIN) {
        return Err(Error::forbidden("this is for the command line, not for browsers"));
    }
    if is_of_here(request) {
        return Ok(());
    }
    let detail = "the development issuer takes commands only from the machine that it runs on, at \
                  a loopback address";
    Err(Error::forbidden(detail).with_code("dev_issuer_not_public"))
}

fn admit_from_here(request: &Request) -> Result<()> {
    if is_of_here(request) {
        return Ok(());
    }
    let detail = "the development issuer answers only this machine, at a loopback address or \
                  `localhost`, and through a proxy only where TRUSTED_PROXIES names it; \
                  DEV_ISSUER_PUBLIC=true lets everybody call it";
    Err(Error::forbidden(detail).with_code("dev_issuer_not_public"))
}

fn is_of_here(request: &Request) -> bool {
    comes_from_here(request) && names_are(request, host::is_loopback)
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

/// Looks at every host that the request itself names, and at none that a proxy adds.
fn names_are(request: &Request, is_right: impl Fn(&str) -> bool) -> bool {
    let in_target = request.uri().authority().map(|authority| authority.as_str().as_bytes());
    let in_headers = request.headers().get_all(HOST).iter().map(HeaderValue::as_bytes);
    let mut names = in_target.into_iter().chain(in_headers).peekable();
    names.peek().is_some()
        && names.all(|name| Authority::try_from(name).is_ok_and(|name| is_right(name.host())))
}
