use http::HeaderValue;
use proptest::prelude::*;

use super::*;
use crate::settings::Settings;

const PROXY: &str = "10.0.0.1";

fn proxies(pairs: &[(&str, &str)]) -> Proxies {
    let trusted = [("TRUSTED_PROXIES", "10.0.0.0/8")];
    let pairs = trusted.iter().chain(pairs).copied();
    Proxies::new(&Settings::from_pairs(pairs).unwrap().proxy).unwrap()
}

fn rfc_7239() -> Proxies {
    proxies(&[("FORWARDED_HEADERS", "forwarded x-forwarded-prefix")])
}

fn arrival(proxies: &Proxies, peer: &str, lines: &[(&'static str, &str)]) -> Arrival {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    let peer: IpAddr = peer.parse().unwrap();
    let mut arrival = Arrival { remote_address: Some((peer, 1234).into()), ..Arrival::default() };
    proxies.complete(&mut arrival, &headers);
    arrival
}

fn forwarded(proxies: &Proxies, lines: &[(&'static str, &str)]) -> Forwarded {
    *arrival(proxies, PROXY, lines).forwarded.unwrap()
}

fn client(proxies: &Proxies, lines: &[(&'static str, &str)]) -> String {
    let client = forwarded(proxies, lines).client;
    client.map_or_else(|| PROXY.to_owned(), |client| client.to_string())
}

#[test]
fn without_a_trusted_proxy_nothing_is_read() {
    let settings = Settings::from_pairs([("REQUEST_ID", "trusted")]).unwrap();

    assert!(Proxies::new(&settings.proxy).is_none());
}

#[test]
fn an_untrusted_peer_is_not_believed() {
    let proxies = proxies(&[("REQUEST_ID", "trusted")]);
    let lines = [
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-prefix", "/shop"),
        ("x-request-id", "01a21245b2d078d296255e47b3514376"),
    ];

    let untrusted = arrival(&proxies, "11.0.0.1", &lines);
    let trusted = arrival(&proxies, "::ffff:10.0.0.1", &lines);

    assert!(untrusted.forwarded.is_none() && untrusted.request_id.is_none());
    assert!(trusted.forwarded.is_some() && trusted.request_id.is_some());
}

#[test]
fn the_client_is_the_last_address_that_is_no_proxy() {
    for (lines, expected) in [
        (&[][..], PROXY),
        (&["192.0.2.1"], "192.0.2.1"),
        (&["192.0.2.1, 10.0.0.7"], "192.0.2.1"),
        (&["203.0.113.9, 192.0.2.1, 10.0.0.7, 10.0.0.8"], "192.0.2.1"),
        (&["203.0.113.9", "192.0.2.1", "10.0.0.7"], "192.0.2.1"),
        (&["192.0.2.1:1234, [::ffff:10.0.0.7]:80"], "192.0.2.1"),
        (&["10.0.0.9, 10.0.0.7"], "10.0.0.9"),
        (&["2001:db8::1"], "2001:db8::1"),
        (&["192.0.2.1, garbage, 10.0.0.7"], "10.0.0.7"),
        (&["192.0.2.1, unknown"], PROXY),
        (&["192.0.2.1, \u{e9}"], PROXY),
        (&[""], PROXY),
        (&[",, ,"], PROXY),
    ] {
        let lines: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
        assert_eq!(client(&proxies(&[]), &lines), expected, "{lines:?}");
    }
}

#[test]
fn the_nearest_proxy_says_scheme_host_and_prefix() {
    let forwarded = forwarded(
        &proxies(&[]),
        &[
            ("x-forwarded-proto", "http, https"),
            ("x-forwarded-host", "evil.example, shop.example:8443"),
            ("x-forwarded-prefix", "/evil"),
            ("x-forwarded-prefix", "/shop/"),
        ],
    );

    assert_eq!(forwarded.is_https, Some(true));
    assert_eq!(forwarded.host.as_deref(), Some("shop.example:8443"));
    assert_eq!(forwarded.prefix.as_deref(), Some("/shop"));
}

#[test]
fn what_is_malformed_counts_as_absent() {
    let huge = format!("/{}", "a".repeat(10_000));

    let forwarded = forwarded(
        &proxies(&[]),
        &[
            ("x-forwarded-proto", "https, javascript"),
            ("x-forwarded-host", "shop.example, me@evil.example"),
            ("x-forwarded-prefix", "/shop"),
            ("x-forwarded-prefix", &huge),
        ],
    );

    assert_eq!(forwarded, Forwarded { client: None, is_https: None, host: None, prefix: None });
}

#[test]
fn only_the_headers_of_the_setting_are_read() {
    let proxies = proxies(&[("FORWARDED_HEADERS", "x-forwarded-for")]);

    let forwarded = forwarded(
        &proxies,
        &[
            ("x-forwarded-for", "192.0.2.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-prefix", "/evil"),
            ("forwarded", "for=192.0.2.2"),
        ],
    );

    let client = "192.0.2.1".parse().ok();
    assert_eq!(forwarded, Forwarded { client, is_https: None, host: None, prefix: None });
}

#[test]
fn rfc_7239_gives_what_the_proxy_says_that_the_client_called() {
    let lines = [
        ("forwarded", "for=203.0.113.9;host=evil.example"),
        ("forwarded", "for=192.0.2.1;proto=https;host=shop.example, for=10.0.0.7;proto=http"),
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-prefix", "/shop"),
    ];

    let forwarded = forwarded(&rfc_7239(), &lines);

    assert_eq!(
        forwarded,
        Forwarded {
            client: "192.0.2.1".parse().ok(),
            is_https: Some(true),
            host: Some("shop.example".into()),
            prefix: Some("/shop".into()),
        }
    );
}

#[test]
fn rfc_7239_ends_where_it_hides_the_client_or_is_malformed() {
    for (line, expected) in [
        ("for=203.0.113.9, for=unknown", PROXY),
        ("for=203.0.113.9, for=_hidden, for=10.0.0.7", "10.0.0.7"),
        ("for=203.0.113.9, proto=https", PROXY),
        ("for=203.0.113.9, for=10.0.0.8;for=192.0.2.1, for=10.0.0.7", "10.0.0.7"),
        ("for=\", for=192.0.2.1, for=10.0.0.7", "192.0.2.1"),
        ("for=192.0.2.1", "192.0.2.1"),
    ] {
        assert_eq!(client(&rfc_7239(), &[("forwarded", line)]), expected, "{line}");
    }
}

#[test]
fn one_safe_request_id_is_taken_and_nothing_else() {
    let id = "01a21245-b2d0-78d2-9625-5e47b3514376";
    let own = proxies(&[]);
    let trusting = proxies(&[("REQUEST_ID", "trusted")]);
    let taken = |proxies: &Proxies, lines: &[(&'static str, &str)]| {
        arrival(proxies, PROXY, lines).request_id.map(|id| id.to_string())
    };

    assert_eq!(taken(&trusting, &[("x-request-id", id)]).as_deref(), Some(id));
    assert_eq!(taken(&trusting, &[("x-request-id", id), ("x-request-id", id)]), None);
    assert_eq!(taken(&trusting, &[("x-request-id", "a\u{e9}")]), None);
    assert_eq!(taken(&trusting, &[]), None);
    assert_eq!(taken(&own, &[("x-request-id", id)]), None);
}

proptest! {
    /// Whatever a client writes, a proxy appends who it is.
    #[test]
    fn a_client_cannot_hide_behind_what_it_writes(
        own in "[ -~\t]{0,40}|[,;=\"\\\\ 0-9.for:]{0,40}",
        is_own_line: bool,
    ) {
        for (proxies, name, appended) in [
            (proxies(&[]), "x-forwarded-for", "192.0.2.1, 10.0.0.7"),
            (rfc_7239(), "forwarded", "for=192.0.2.1, for=10.0.0.7"),
        ] {
            let joined = format!("{own}, {appended}");
            let lines: &[_] =
                if is_own_line { &[(name, &*own), (name, appended)] } else { &[(name, &*joined)] };

            prop_assert_eq!(client(&proxies, lines), "192.0.2.1");
        }
    }
}
