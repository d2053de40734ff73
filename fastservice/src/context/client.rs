//! Who the client is, and what it asked for, before proxies came between.

use std::net::IpAddr;

use super::Context;
use crate::settings::is_host_and_port;

impl Context {
    /// The client's address: as trusted proxies say, else that of the other end of the
    /// connection. `None` in a test without sockets.
    ///
    /// It is no proof of who calls. Which proxies are trusted is the setting
    /// `TRUSTED_PROXIES`; without it no header is read.
    #[must_use]
    pub fn client_address(&self) -> Option<IpAddr> {
        let peer = || self.0.arrival.remote_address.map(|address| address.ip().to_canonical());
        self.forwarded_address().or_else(peer)
    }

    /// The client's address, where trusted proxies say it.
    pub(crate) fn forwarded_address(&self) -> Option<IpAddr> {
        self.0.arrival.forwarded.as_ref()?.client
    }

    /// The scheme that the client used, `http` or `https`: as trusted proxies say, else
    /// that of the connection.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        let forwarded = self.0.arrival.forwarded.as_ref();
        match forwarded.and_then(|forwarded| forwarded.is_https) {
            Some(true) => "https",
            Some(false) | None => "http",
        }
    }

    /// The host that the client asked for, maybe with a port: as trusted proxies say, else
    /// that of the request, where it is a host's name.
    ///
    /// A client can ask for any. A link to this service that is sent to someone else
    /// needs a name from the settings.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        let arrival = &self.0.arrival;
        let forwarded = arrival.forwarded.as_ref().and_then(|forwarded| forwarded.host.as_deref());
        let asked = || match arrival.uri.authority() {
            Some(authority) => Some(authority.as_str()),
            None => arrival.host.as_ref()?.to_str().ok(),
        };
        forwarded.or_else(|| asked().filter(|host| is_host_and_port(host)))
    }

    /// What a trusted proxy took off the path, such as `/shop`; empty when nothing.
    /// It belongs before each path that is sent to the client:
    ///
    /// ```
    /// use fastservice::prelude::*;
    ///
    /// #[public_api(get = "/")]
    /// async fn start(context: Context) -> Html<String> {
    ///     Html(format!("<a href='{}/items/'>items</a>", context.prefix()))
    /// }
    /// ```
    #[must_use]
    pub fn prefix(&self) -> &str {
        let forwarded = self.0.arrival.forwarded.as_ref();
        forwarded.and_then(|forwarded| forwarded.prefix.as_deref()).unwrap_or_default()
    }
}
