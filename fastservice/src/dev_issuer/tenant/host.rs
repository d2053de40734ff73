//! What the host in a URL or in `Host` stands for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether it means this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || address(host).is_some_and(|host| host.is_loopback())
}

/// Whether it means the same for everybody: no page can have such a name first and then give
/// it to another address (DNS rebinding), because it is an address or has no domain.
pub(super) fn is_fixed(host: &str) -> bool {
    address(host).is_some() || (!host.is_empty() && !host.contains(['.', '[']))
}

/// An address; one of IPv6 is in brackets.
fn address(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
    .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_a_name_and_a_network_of_addresses() {
        for host in ["localhost", "LocalHost", "127.0.0.1", "127.0.0.2", "127.255.0.9", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        assert!(is_loopback("[::ffff:127.0.0.2]"));
        for host in [
            "",
            "[::2]",
            "::1",
            "[::1",
            "127.1",
            "0.0.0.0",
            "128.0.0.1",
            "127.0.0.1.evil.test",
            "localhost.",
            "[127.0.0.1]",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_name_with_a_domain_may_mean_anything_tomorrow() {
        for host in ["localhost", "api", "my-pc", "192.168.0.2", "[::1]", "[2001:db8::1]"] {
            assert!(is_fixed(host), "{host}");
        }
        for host in ["", "api.", "dev.test", "127.0.0.1.evil.test", "1.2.3", "[::1", "[evil]"] {
            assert!(!is_fixed(host), "{host}");
        }
    }
}
