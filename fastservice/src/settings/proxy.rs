use super::{
    network::Network,
    reader::{Reader, one_of},
};

/// Networks that have a name.
const NAMED: [(&str, &[&str]); 2] = [
    ("loopback", &["127.0.0.0/8", "::1"]),
    ("private", &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]),
];

/// Who is believed about the clients that it speaks for.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProxySettings {
    /// `TRUSTED_PROXIES` (none): the proxies before the service, as IP addresses and networks
    /// (`10.0.0.0/8`), `loopback` and `private`, separated by blanks. Everybody who can
    /// connect from one of them can say where a request comes from.
    pub trusted_proxies: Vec<Network>,
    /// `FORWARDED_HEADERS` (`x-forwarded-for x-forwarded-proto x-forwarded-host x-forwarded-prefix`):
    /// the headers that are read from trusted proxies: name only those that yours set,
    /// because the others are the client's own. `forwarded` is that of RFC 7239, in
    /// place of the first three.
    pub forwarded_headers: Vec<ForwardedHeader>,
    /// `REQUEST_ID` (`own`): `own`, or `trusted` to take that of a trusted proxy where it is
    /// a UUID in small letters, with hyphens or without.
    pub request_id: RequestIdSource,
}

/// A header in which a proxy says whom it speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`: the client's address.
    For,
    /// `X-Forwarded-Proto`: `http` or `https`.
    Proto,
    /// `X-Forwarded-Host`: the host that the client asked for.
    Host,
    /// `X-Forwarded-Prefix`: what the proxy took off the path.
    Prefix,
    /// `Forwarded` (RFC 7239): address, scheme and host.
    Rfc7239,
}

/// Where request ids come from: the setting `REQUEST_ID`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestIdSource {
    /// Each request gets a new one.
    Own,
    /// From the header `X-Request-ID` of a trusted proxy, else a new one.
    Trusted,
}

impl ProxySettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let headers = "x-forwarded-for x-forwarded-proto x-forwarded-host x-forwarded-prefix";
        Self {
            trusted_proxies: reader.checked("TRUSTED_PROXIES", "", networks),
            forwarded_headers: reader.checked("FORWARDED_HEADERS", headers, forwarded_headers),
            request_id: reader.checked("REQUEST_ID", "own", |text| {
                one_of(
                    text,
                    &[("own", RequestIdSource::Own), ("trusted", RequestIdSource::Trusted)],
                )
            }),
        }
    }
}

fn networks(text: &str) -> Result<Vec<Network>, String> {
    let mut networks = Vec::new();
    for word in super::units::list(text) {
        let named = NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        let texts = named.map_or(std::slice::from_ref(&word), |(_, networks)| *networks);
        for text in texts {
            networks.push(text.parse::<Network>().map_err(|expected| {
                format!("`loopback`, `private`, or {expected}, separated by blanks, not `{text}`")
            })?);
        }
    }
    Ok(networks)
}

fn forwarded_headers(text: &str) -> Result<Vec<ForwardedHeader>, String> {
    use ForwardedHeader::{For, Host, Prefix, Proto, Rfc7239};
    let names = [
        ("x-forwarded-for", For),
        ("x-forwarded-proto", Proto),
        ("x-forwarded-host", Host),
        ("x-forwarded-prefix", Prefix),
        ("forwarded", Rfc7239),
    ];
    let headers: Result<Vec<_>, _> =
        super::units::list(text).map(|name| one_of(name, &names)).collect();
    let headers = headers?;
    // A proxy that appends to one of them lets the client write the other.
    let has_both = headers.contains(&Rfc7239)
        && headers.iter().any(|header| matches!(header, For | Proto | Host));
    if has_both {
        return Err("`forwarded` (and `x-forwarded-prefix`) or the names with `x-`, \
                    whichever your proxy sets"
            .to_owned());
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_addresses_networks_and_names() {
        let trusted = networks("10.0.0.0/8, 192.0.2.1\tLOOPBACK").unwrap();

        let trusts = |address: &str| {
            trusted.iter().any(|network| network.contains(address.parse().unwrap()))
        };
        assert!(
            ["10.1.1.1", "192.0.2.1", "127.0.0.1", "::1"].iter().all(|address| trusts(address))
        );
        assert!(!trusts("192.0.2.2") && !trusts("192.168.0.1"));
        assert_eq!(networks("private").unwrap().len(), 4);
        assert_eq!(networks(""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_proxy_is_named() {
        let mistake = networks("10.0.0.0/8 traefik").unwrap_err();

        assert!(mistake.contains("`traefik`"), "{mistake}");
    }

    #[test]
    fn the_two_kinds_of_headers_are_not_mixed() {
        assert_eq!(
            forwarded_headers("Forwarded x-forwarded-prefix"),
            Ok(vec![ForwardedHeader::Rfc7239, ForwardedHeader::Prefix])
        );
        assert!(forwarded_headers("forwarded x-forwarded-for").is_err());
        assert!(forwarded_headers("x-real-ip").unwrap_err().contains("`x-forwarded-for`"));
    }
}
