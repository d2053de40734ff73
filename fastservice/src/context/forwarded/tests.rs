use proptest::prelude::*;

use super::*;

#[test]
fn an_address_may_have_a_port_and_brackets() {
    for (text, expected) in [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:8080", "192.0.2.1"),
        ("192.0.2.1:_port", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:8080", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[::ffff:192.0.2.1]:1", "192.0.2.1"),
        ("::1", "::1"),
    ] {
        assert_eq!(address(text), Some(expected.parse().unwrap()), "{text}");
    }
}

#[test]
fn what_is_no_address_is_none() {
    for text in [
        "",
        "unknown",
        "_hidden",
        "localhost",
        "192.0.2",
        "192.0.2.1.5",
        "192.0.2.01",
        "192.0.2.1:",
        "192.0.2.1:65536",
        "192.0.2.1:x",
        "192.0.2.1:+1",
        "[192.0.2.1]",
        "[::1",
        "::1]",
        "[::1]x",
        "[::1]:",
        "[fe80::1%eth0]",
        "fe80::1%eth0",
        "192.0.2.1 ",
        "1",
        "0x7f.1",
    ] {
        assert_eq!(address(text), None, "{text}");
    }
}

#[test]
fn a_prefix_looks_like_a_path() {
    for (text, expected) in [
        ("/shop", "/shop"),
        ("/shop/", "/shop"),
        ("/shop/v1.2/a_b-c~d", "/shop/v1.2/a_b-c~d"),
        ("/...", "/..."),
    ] {
        assert_eq!(prefix(text), Some(expected), "{text}");
    }
}

#[test]
fn a_prefix_never_leads_elsewhere() {
    for text in [
        "",
        "/",
        "//",
        "shop",
        "@evil.example",
        "//evil.example",
        "/\\evil.example",
        "/a//b",
        "https://evil.example",
        "/.",
        "/..",
        "/a/../b",
        "/a/..",
        "/%2e%2e",
        "/a?b",
        "/a#b",
        "/a b",
        "/a@b",
        "/a:b",
        "/a;b",
        "/a\tb",
        "/a\r\nb",
        "/é",
        "/a\\b",
        ".evil.example",
        ":80/x",
        "/a//",
        &format!("/{}", "a".repeat(LONGEST_PREFIX)),
    ] {
        assert_eq!(prefix(text), None, "{text}");
    }
}

#[test]
fn an_element_is_read_as_rfc_7239_writes_it() {
    let parse = |text: &str| Element::parse(text.as_bytes());
    let element = |client: &str, is_https, host: Option<&str>| {
        Some(Element { client: client.parse().ok(), is_https, host: host.map(str::to_owned) })
    };

    assert_eq!(parse("for=192.0.2.60"), element("192.0.2.60", None, None));
    assert_eq!(
        parse("For=\"[2001:db8:cafe::17]:4711\";proto=https"),
        element("2001:db8:cafe::17", Some(true), None)
    );
    assert_eq!(
        parse("for=192.0.2.60;proto=HTTP;by=203.0.113.43;host=example.com:8080"),
        element("192.0.2.60", Some(false), Some("example.com:8080"))
    );
    assert_eq!(
        parse("host=\"a\\b.example\" ; proto=https"),
        element("", Some(true), Some("ab.example"))
    );
    for hidden in ["for=unknown", "for=_gazonk", "for=\"_x:80\"", "for=", "secret=x"] {
        assert_eq!(parse(hidden), element("", None, None), "{hidden}");
    }
    assert_eq!(parse("host=\"a b\";proto=ftp"), element("", None, None));
}

#[test]
fn a_malformed_element_is_none() {
    for text in [
        "",
        "for",
        "for;proto=http",
        "for=192.0.2.1;",
        "for=\"192.0.2.1",
        "for=\"a\"b",
        "for=a b",
        "for=192.0.2.1;for=192.0.2.2",
        "for=\"a\\",
        "for=a\"b\"",
        ";for=a",
    ] {
        assert_eq!(Element::parse(text.as_bytes()), None, "{text}");
    }
    assert_eq!(Element::parse(b"for=\xff"), None);
}

fn elements(lines: &[&str]) -> Vec<String> {
    let name = HeaderName::from_static("x-test");
    let values =
        lines.iter().map(|line| (name.clone(), HeaderValue::from_bytes(line.as_bytes()).unwrap()));
    let mut headers = HeaderMap::new();
    for (name, value) in values {
        headers.append(name, value);
    }
    from_the_right(&headers, &name)
        .map(|element| String::from_utf8(element.to_vec()).unwrap())
        .collect()
}

#[test]
fn lists_are_read_from_the_right_over_all_lines() {
    assert_eq!(elements(&["a, b", "c ,,d,", ""]), ["d", "c", "b", "a"]);
    assert_eq!(elements(&["a=\"x,y\", b=\"\\\"\""]), ["b=\"\\\"\"", "a=\"x,y\""]);
    assert_eq!(elements(&[]), [""; 0]);
}

#[test]
fn an_open_quote_does_not_swallow_what_a_proxy_adds() {
    assert_eq!(elements(&["for=\", for=192.0.2.1"]).first().unwrap(), "for=192.0.2.1");
    assert_eq!(elements(&["for=\\\", for=\"[::1]\""]).first().unwrap(), "for=\"[::1]\"");
}

proptest! {
    #[test]
    fn any_text_is_read(text in "[ -~\t]{0,60}|[,;=\"\\\\ a:.\\[\\]_0-9]{0,40}") {
        let _ = (address(&text), is_https(&text), Element::parse(text.as_bytes()));
        if let Some(prefix) = prefix(&text) {
            prop_assert!(prefix.starts_with('/') && !prefix.contains("//"));
            let uri: http::Uri = prefix.parse().unwrap();
            prop_assert_eq!((uri.path(), uri.authority()), (prefix, None));
        }
        if let Ok(value) = HeaderValue::from_str(&text) {
            let name = HeaderName::from_static("x-test");
            let headers = HeaderMap::from_iter([(name.clone(), value)]);
            let bytes: usize = from_the_right(&headers, &name).map(<[u8]>::len).sum();
            prop_assert!(bytes <= text.len());
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = Element::parse(&bytes);
        if let Ok(value) = HeaderValue::from_bytes(&bytes) {
            let name = HeaderName::from_static("x-test");
            let headers = HeaderMap::from_iter([(name.clone(), value)]);
            let _ = (from_the_right(&headers, &name).count(), last(&headers, &name));
        }
    }

    #[test]
    fn what_a_proxy_appends_is_read_whatever_stands_before(before in "[ -~\t]{0,40}") {
        let appended = "for=\"[2001:db8::1]:80\";proto=https";

        prop_assert_eq!(&elements(&[&format!("{before}, {appended}")])[0], appended);
    }

    #[test]
    fn an_address_is_read_as_it_is_written(ip: IpAddr, port: u16) {
        let address = std::net::SocketAddr::new(ip, port);

        prop_assert_eq!(super::address(&address.to_string()), Some(address.ip().to_canonical()));
        prop_assert_eq!(
            super::address(&address.ip().to_string()),
            Some(address.ip().to_canonical())
        );
    }
}
