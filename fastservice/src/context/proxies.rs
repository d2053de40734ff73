use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName};

use super::{
    Arrival, RequestId, X_REQUEST_ID,
    forwarded::{self, Element},
};
use crate::settings::{ForwardedHeader, Network, ProxySettings, RequestIdSource};

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

/// The proxies that are believed, and what they are asked.
#[derive(Debug)]
pub(crate) struct Proxies {
    trusted: Vec<Network>,
    headers: Vec<ForwardedHeader>,
    gives_request_ids: bool,
}

/// What trusted proxies say about a request.
#[derive(Debug, PartialEq)]
pub(super) struct Forwarded {
    /// `None` where they do not say whom they speak for.
    pub(super) client: Option<IpAddr>,
    pub(super) is_https: Option<bool>,
    pub(super) host: Option<Box<str>>,
    pub(super) prefix: Option<Box<str>>,
}

impl Proxies {
    /// `None` when no proxy is trusted.
    pub(crate) fn new(settings: &ProxySettings) -> Option<Self> {
        (!settings.trusted_proxies.is_empty()).then(|| Self {
            trusted: settings.trusted_proxies.clone(),
            headers: settings.forwarded_headers.clone(),
            gives_request_ids: settings.request_id == RequestIdSource::Trusted,
        })
    }

    /// Adds what the headers say about a request, if it comes from a trusted proxy.
    pub(crate) fn complete(&self, arrival: &mut Arrival, headers: &HeaderMap) {
        let Some(peer) = arrival.remote_address.as_ref().map(SocketAddr::ip) else { return };
        if !self.trusts(peer) {
            return;
        }
        arrival.forwarded = Some(Box::new(self.forwarded(headers)));
        if self.gives_request_ids {
            arrival.request_id = request_id(headers);
        }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(address))
    }

    fn forwarded(&self, headers: &HeaderMap) -> Forwarded {
        let mut forwarded = Forwarded { client: None, is_https: None, host: None, prefix: None };
        for header in &self.headers {
            match header {
                ForwardedHeader::For => self.read_addresses(&mut forwarded, headers),
                ForwardedHeader::Rfc7239 => self.read_elements(&mut forwarded, headers),
                ForwardedHeader::Proto => {
                    let scheme = forwarded::last(headers, &PROTO);
                    forwarded.is_https = scheme.and_then(forwarded::is_https);
                }
                ForwardedHeader::Host => {
                    let host = forwarded::last(headers, &HOST);
                    forwarded.host =
                        host.filter(|host| crate::settings::is_host_and_port(host)).map(Box::from);
                }
                ForwardedHeader::Prefix => {
                    let prefix = forwarded::last(headers, &PREFIX);
                    forwarded.prefix = prefix.and_then(forwarded::prefix).map(Box::from);
                }
            }
        }
        forwarded
    }

    /// Each proxy adds the address that called it. The first one from the right that is
    /// no trusted proxy is the client; what is left of it is the client's own text.
    fn read_addresses(&self, forwarded: &mut Forwarded, headers: &HeaderMap) {
        for element in forwarded::from_the_right(headers, &FOR) {
            let address = std::str::from_utf8(element).ok().and_then(forwarded::address);
            let Some(address) = address else { return };
            forwarded.client = Some(address);
            if !self.trusts(address) {
                return;
            }
        }
    }

    /// As [`read_addresses`](Self::read_addresses). The proxy that the client called
    /// knows best what it asked for.
    fn read_elements(&self, forwarded: &mut Forwarded, headers: &HeaderMap) {
        for element in forwarded::from_the_right(headers, &http::header::FORWARDED) {
            let Some(element) = Element::parse(element) else { return };
            forwarded.is_https = element.is_https.or(forwarded.is_https);
            forwarded.host = element.host.map(Box::from).or(forwarded.host.take());
            let Some(address) = element.client else { return };
            forwarded.client = Some(address);
            if !self.trusts(address) {
                return;
            }
        }
    }
}

/// The one id that the headers give, if it is in a safe form.
fn request_id(headers: &HeaderMap) -> Option<RequestId> {
    let mut given = headers.get_all(X_REQUEST_ID).iter();
    let (Some(id), None) = (given.next(), given.next()) else { return None };
    RequestId::parse(id.as_bytes())
}

#[cfg(test)]
mod tests;
