//! Who may call the issuer at all.

use std::net::SocketAddr;

use fastservice::{prelude::*, settings::Settings, testing::TestClient};

use super::{Issuer, Pairs};

const PATHS: [(&str, &str); 5] = [
    ("GET", "/dev-issuer/.well-known/openid-configuration"),
    ("GET", "/dev-issuer/.well-known/jwks.json"),
    ("GET", "/dev-issuer/authorize"),
    ("POST", "/dev-issuer/oauth/token"),
    ("POST", "/dev-issuer/rotate"),
];

async fn statuses(issuer: &Issuer, headers: &Pairs<'_>) -> Vec<u16> {
    let mut statuses = Vec::new();
    for (method, path) in PATHS {
        statuses.push(issuer.send(method, path, headers, "").await.status);
    }
    statuses
}

#[tokio::test]
async fn a_name_that_is_not_this_machines_is_refused() {
    let issuer = Issuer::start().await;

    for host in ["localhost", "LOCALHOST:1", "127.0.0.1:8000", "127.0.0.2:8000", "[::1]:8000"] {
        assert_eq!(statuses(&issuer, &[("host", host)]).await, [200, 200, 400, 400, 200], "{host}");
    }
    for host in ["rebound.evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "192.168.0.2"] {
        assert_eq!(statuses(&issuer, &[("host", host)]).await, [403; 5], "{host}");
    }
    for (target, host) in [("evil.test", "localhost"), ("localhost", "evil.test")] {
        let target = format!("http://{target}{}", PATHS[0].1);
        let status = issuer.get(&target, &[("host", host)]).await.status;
        assert!(status == 403 || status == 400, "{target} {host} {status}");
    }
    let refused = issuer.get(PATHS[0].1, &[("host", "evil.test")]).await;
    assert_eq!(refused.text("error"), "dev_issuer_not_public");
    assert!(refused.text("detail").contains("DEV_ISSUER_PUBLIC"));
}

#[tokio::test]
async fn a_client_behind_a_proxy_on_this_machine_is_not_on_it() {
    let issuer = Issuer::start_with(&[("TRUSTED_PROXIES", "loopback")]).await;

    let near = [("x-forwarded-for", "127.0.0.1")];
    let far = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-host", "localhost")];

    assert_eq!(issuer.get(PATHS[0].1, &near).await.status, 200);
    assert_eq!(issuer.get(PATHS[0].1, &far).await.status, 403);
}

#[tokio::test]
async fn who_comes_through_a_proxy_that_nobody_trusts_is_refused() {
    let of_proxies = [
        ("forwarded", "for=127.0.0.1"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("x-forwarded-host", "localhost"),
        ("x-forwarded-proto", "http"),
        ("x-real-ip", "127.0.0.1"),
        ("via", "1.1 proxy"),
    ];

    let issuer = Issuer::start().await;
    for header in of_proxies {
        assert_eq!(statuses(&issuer, &[header]).await, [403; 5], "{header:?}");
    }
    // One that is trusted and does not say for whom it speaks.
    let settings = [("TRUSTED_PROXIES", "loopback"), ("FORWARDED_HEADERS", "x-forwarded-for")];
    let issuer = Issuer::start_with(&settings).await;
    for header in [of_proxies[0], of_proxies[4], of_proxies[5], ("x-forwarded-for", "unknown")] {
        assert_eq!(statuses(&issuer, &[header]).await, [403; 5], "{header:?}");
    }
}

#[tokio::test]
async fn told_to_it_answers_everybody() {
    let issuer = Issuer::start_with(&[("DEV_ISSUER_PUBLIC", "true")]).await;

    for host in ["api:8000", "192.0.2.1:8000", "[2001:db8::1]"] {
        assert_eq!(statuses(&issuer, &[("host", host)]).await, [200, 200, 400, 400, 403], "{host}");
    }
    let proxied = [("host", "api"), ("x-forwarded-for", "192.0.2.1")];
    assert_eq!(statuses(&issuer, &proxied).await, [200, 200, 400, 400, 403]);
    assert_eq!(statuses(&issuer, &[("host", "localhost")]).await, [200, 200, 400, 400, 200]);
}

#[tokio::test]
async fn a_name_that_a_page_may_have_is_refused_also_when_it_answers_everybody() {
    let issuer = Issuer::start_with(&[("DEV_ISSUER_PUBLIC", "true")]).await;

    for host in ["rebound.evil.test", "api.", "localhost.evil.test", "192.0.2.1.evil.test", ""] {
        let statuses = statuses(&issuer, &[("host", host)]).await;
        assert!(statuses.iter().all(|status| [400, 403].contains(status)), "{host}: {statuses:?}");
    }
    let refused = issuer.get(PATHS[0].1, &[("host", "rebound.evil.test")]).await;
    assert_eq!(refused.error(), (403, "dev_issuer_unknown_host".into()));
}

async fn status_from(settings: &[(&str, &str)], address: Option<&str>) -> u16 {
    status_of(PATHS[0], settings, address).await
}

async fn status_of(
    (method, path): (&str, &str),
    settings: &[(&str, &str)],
    address: Option<&str>,
) -> u16 {
    let settings = Settings::from_pairs(settings.iter().copied()).unwrap();
    let app = App::new().only_routes_in("http::dev_issuer").settings(settings);
    let service = app.start().await.unwrap();
    let request = http::Request::builder().method(method).uri(path).header("host", "localhost");
    let request = request.body(fastservice::body::RequestBody::default()).unwrap();
    let address = address.map(|address| SocketAddr::new(address.parse().unwrap(), 4711));
    service.answer(request, address).await.status().as_u16()
}

#[tokio::test]
async fn another_machine_is_refused_and_so_is_one_that_nobody_knows() {
    for address in ["203.0.113.7", "10.0.0.1", "::ffff:10.0.0.1", "fe80::1"] {
        assert_eq!(status_from(&[], Some(address)).await, 403, "{address}");
    }
    assert_eq!(status_from(&[], None).await, 403);
    for address in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(status_from(&[], Some(address)).await, 200, "{address}");
    }
    assert_eq!(status_from(&[("DEV_ISSUER_PUBLIC", "true")], Some("10.0.0.1")).await, 200);
}

#[tokio::test]
async fn commands_come_from_this_machine_whoever_else_may_call() {
    let public = [("DEV_ISSUER_PUBLIC", "true")];
    let rotate = ("POST", "/dev-issuer/rotate");

    assert_eq!(status_of(rotate, &public, Some("10.0.0.1")).await, 403);
    assert_eq!(status_of(("POST", "/dev-issuer/token"), &public, Some("10.0.0.1")).await, 403);
    assert_eq!(status_of(rotate, &public, None).await, 403);
    assert_eq!(status_of(rotate, &public, Some("127.0.0.1")).await, 200);
}

#[tokio::test]
async fn a_service_with_another_issuer_has_none_of_its_own() {
    let client = TestClient::new(App::new().only_routes_in("http::dev_issuer")).await;

    for (_, path) in PATHS {
        assert_eq!(client.get(path).await.status(), 404, "{path}");
    }
}

#[cfg(feature = "cors")]
#[tokio::test]
async fn a_page_of_another_origin_may_ask_for_tokens_where_the_settings_say_so() {
    let issuer = Issuer::start_with(&[("ORIGINS", "https://app.test")]).await;
    let of = async |origin: &str| {
        let headers = [("origin", origin), ("access-control-request-method", "POST")];
        let answer = issuer.send("OPTIONS", "/dev-issuer/oauth/token", &headers, "").await;
        answer.header("access-control-allow-origin").to_owned()
    };

    assert_eq!(of("https://app.test").await, "https://app.test");
    assert_eq!(of("https://evil.test").await, "");
}
