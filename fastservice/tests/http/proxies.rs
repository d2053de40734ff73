//! What is believed of a request that came through a proxy.

use std::net::SocketAddr;

use fastservice::{
    prelude::*,
    settings::Settings,
    testing::{TestClient, TestRequest},
};

use crate::wire::start_app;

const PROXY: ([u8; 4], u16) = ([10, 0, 0, 1], 1234);

#[public_api(get = "/who")]
async fn who(context: Context) -> String {
    let client = context.client_address().map(|address| address.to_string()).unwrap_or_default();
    let host = context.host().unwrap_or("none");
    format!("{client} {}://{host}{}", context.scheme(), context.prefix())
}

#[public_api(get = "/slash/")]
async fn slash() {}

fn app() -> App {
    App::new().only_routes_in(module_path!())
}

async fn client(pairs: &[(&str, &str)]) -> TestClient {
    let trusted = [("TRUSTED_PROXIES", "10.0.0.0/8")];
    TestClient::with_settings(app(), trusted.iter().chain(pairs).copied()).await
}

fn forwarded(request: TestRequest) -> TestRequest {
    request
        .header("x-forwarded-for", "203.0.113.9, 192.0.2.1")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", "shop.example")
        .header("x-forwarded-prefix", "/shop")
}

#[tokio::test]
async fn a_trusted_proxy_says_who_the_client_is_and_what_it_asked_for() {
    let client = client(&[]).await;

    let answer = forwarded(client.get("/who")).remote_address(PROXY).await;

    assert_eq!(answer.text(), "192.0.2.1 https://shop.example/shop");
}

#[tokio::test]
async fn nobody_else_is_believed() {
    let stranger: SocketAddr = "[::ffff:192.0.2.7]:80".parse().unwrap();
    let client = client(&[]).await;
    let trusting_nobody = TestClient::new(app()).await;

    let from_stranger = forwarded(client.get("/who")).remote_address(stranger).await;
    let from_nowhere = forwarded(client.get("/who")).await;
    let unset = forwarded(trusting_nobody.get("/who")).remote_address(PROXY).await;

    assert_eq!(from_stranger.text(), "192.0.2.7 http://test");
    assert_eq!(from_nowhere.text(), " http://test");
    assert_eq!(unset.text(), "10.0.0.1 http://test");
}

#[tokio::test]
async fn rfc_7239_is_read_where_the_setting_says_so() {
    let client = client(&[("FORWARDED_HEADERS", "forwarded")]).await;
    let line = "for=\"[2001:db8::1]:80\";proto=https;host=shop.example";

    let answer = forwarded(client.get("/who")).header("forwarded", line).remote_address(PROXY);

    assert_eq!(answer.await.text(), "2001:db8::1 https://shop.example");
}

#[tokio::test]
async fn the_host_is_that_of_the_request_where_it_is_one() {
    let client = client(&[]).await;

    let plain = client.get("/who").without_header("host").header("host", "a.example:8080").await;
    let wrong = client.get("/who").without_header("host").header("host", "me@a.example").await;
    let whole = client.get("http://b.example/who").await;

    assert_eq!(plain.text(), " http://a.example:8080");
    assert_eq!(wrong.text(), " http://none");
    assert_eq!(whole.text(), " http://b.example");
}

async fn redirected(client: &TestClient, prefix: &[u8]) -> String {
    let request = client.get("/slash?q=1").header("x-forwarded-prefix", prefix);
    let answer = request.remote_address(PROXY).await;
    assert_eq!(answer.status(), 307);
    answer.header("location").unwrap().to_owned()
}

#[tokio::test]
async fn a_redirect_keeps_the_prefix_that_a_proxy_took_off() {
    let client = client(&[]).await;

    assert_eq!(redirected(&client, b"/shop").await, "/shop/slash/?q=1");
    assert_eq!(redirected(&client, b"/shop/v1/").await, "/shop/v1/slash/?q=1");
}

#[tokio::test]
async fn a_prefix_that_is_no_path_changes_no_redirect() {
    let client = client(&[]).await;
    let long = [b"/", vec![b'a'; 5000].as_slice()].concat();

    for prefix in [
        b"@evil.example".as_slice(),
        b"//evil.example",
        b"/\\evil.example",
        b"https://evil.example",
        b".evil.example",
        b":8080/",
        b"/../..",
        b"/a?b=",
        b"/a#",
        b"/\xff\xfe",
        b"/\xc3\xa9",
        b"",
        &long,
    ] {
        assert_eq!(redirected(&client, prefix).await, "/slash/?q=1", "{prefix:?}");
    }
}

#[tokio::test]
async fn a_trusted_proxy_gives_the_request_id_when_the_setting_says_so() {
    let id = "01a21245b2d078d296255e47b3514376";
    let believing = client(&[("REQUEST_ID", "trusted")]).await;
    let own = client(&[]).await;

    let taken = believing.get("/nowhere").header("x-request-id", id).remote_address(PROXY).await;
    assert_eq!(taken.header("x-request-id"), Some(id));
    assert!(taken.text().contains(&format!(r#""request_id":"{id}""#)), "{}", taken.text());

    for (request, reason) in [
        (own.get("/who").header("x-request-id", id).remote_address(PROXY), "own ids"),
        (believing.get("/who").header("x-request-id", id), "no proxy"),
        (believing.get("/who").header("x-request-id", "x y").remote_address(PROXY), "no id"),
    ] {
        let answer = request.await;
        let new = answer.header("x-request-id").unwrap();
        assert_eq!(uuid::Uuid::parse_str(new).unwrap().get_version_num(), 7, "{reason}");
        assert_ne!(new, id, "{reason}");
    }
}

#[tokio::test]
async fn the_peer_of_a_socket_is_trusted_or_not() {
    let request = "GET /who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
                   x-forwarded-for: 192.0.2.1\r\n\r\n";

    let trusted = start_app(app(), &[("TRUSTED_PROXIES", "loopback")]).await;
    let untrusted = start_app(app(), &[("TRUSTED_PROXIES", "private")]).await;

    assert!(trusted.exchange(request).await.ends_with("192.0.2.1 http://x"));
    assert!(untrusted.exchange(request).await.ends_with("127.0.0.1 http://x"));
}

#[test]
fn mistakes_in_the_settings_are_named() {
    let wrong = [
        ("TRUSTED_PROXIES", "10.0.0.0/8 traefik"),
        ("FORWARDED_HEADERS", "forwarded x-forwarded-for"),
        ("REQUEST_ID", "client"),
    ];

    let error = Settings::from_pairs(wrong).unwrap_err().to_string();

    for text in ["`traefik`", "FORWARDED_HEADERS", "`own` or `trusted`"] {
        assert!(error.contains(text), "{error}");
    }
}
