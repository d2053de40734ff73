//! Calls to other services: what they carry, and how they fail.

use std::collections::BTreeMap;

use fastservice::{
    client::Client as ServiceClient, prelude::*, settings::Settings, testing::TestClient,
};

use crate::wire::{Server, start_app};

type Headers = BTreeMap<String, String>;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// The service that is called.
mod upstream {
    use super::{BTreeMap, Headers};
    use fastservice::prelude::*;

    #[public_api(get = "/headers")]
    async fn headers(headers: HeaderMap) -> Json<Headers> {
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        let pairs = headers.iter().map(|(name, value)| (name.to_string(), text(value)));
        Json(pairs.collect::<BTreeMap<_, _>>())
    }

    #[public_api(post = "/echo")]
    async fn echo(uri: Uri, headers: HeaderMap, body: Bytes) -> String {
        let kind = headers.get("content-type").map_or("none", |kind| kind.to_str().unwrap());
        let length = headers.get("content-length").map_or("none", |kind| kind.to_str().unwrap());
        format!("{uri} {kind} {length} {}", String::from_utf8(body.to_vec()).unwrap())
    }

    #[public_api(get = "/never")]
    async fn never() {
        std::future::pending::<()>().await;
    }

    #[public_api(get = "/stalls")]
    async fn stalls() -> Body {
        Body::stream(futures_util::stream::pending::<std::io::Result<Bytes>>())
    }

    #[public_api(get = "/breaks")]
    async fn breaks() -> Body {
        let parts = [Ok(Bytes::from_static(b"part")), Err(std::io::Error::other("on purpose"))];
        Body::stream(futures_util::stream::iter(parts))
    }

    #[public_api(get = "/missing")]
    async fn missing() -> Result<()> {
        Err(Error::not_found("nothing"))
    }

    #[public_api(get = "/around")]
    async fn around() -> (StatusCode, ([(HeaderName, HeaderValue); 1], ())) {
        moved("/around?token=hunter4".into()).await
    }

    #[public_api(get = "/moved")]
    async fn moved(to: String) -> (StatusCode, ([(HeaderName, HeaderValue); 1], ())) {
        let location = HeaderValue::try_from(to).unwrap();
        (StatusCode::TEMPORARY_REDIRECT, ([(header::LOCATION, location)], ()))
    }
}

/// The service that calls.
mod caller {
    use super::Headers;
    use fastservice::prelude::*;

    #[public_api(get = "/call")]
    async fn call(url: String, client: Client) -> Result<Json<Headers>> {
        Ok(Json(client.get(&url).send().await?.error_for_status()?.json().await?))
    }

    #[public_api(get = "/spawned")]
    async fn spawned(url: String, client: Client) -> Result<Json<Headers>> {
        let call = Context::spawn(async move { client.get(&url).send().await?.json().await });
        Ok(Json(call.await??))
    }

    #[public_api(get = "/own")]
    async fn own(url: String, client: Client) -> Result<Json<Headers>> {
        let call = client.get(&url).header("x-request-id", "mine").header("traceparent", "own");
        Ok(Json(call.send().await?.json().await?))
    }

    #[public_api(get = "/passed-on")]
    async fn passed_on(url: String, client: Client) -> Result<Body> {
        Ok(client.get(&url).send().await?.into_body())
    }
}

async fn upstream() -> Server {
    start_app(App::new().only_routes_in(concat!(module_path!(), "::upstream")), &[]).await
}

async fn caller(settings: &[(&str, &str)]) -> TestClient {
    let app = App::new().name("orders").only_routes_in(concat!(module_path!(), "::caller"));
    TestClient::with_settings(app, settings.iter().copied()).await
}

fn client(settings: &[(&str, &str)]) -> ServiceClient {
    let settings = Settings::from_pairs(settings.iter().copied()).unwrap();
    ServiceClient::new(&settings.client, "test")
}

fn url(server: &Server, path: &str) -> String {
    format!("http://{}{path}", server.address)
}

#[tokio::test]
async fn a_call_carries_the_request_id_and_begins_a_trace_with_it() {
    let (upstream, caller) = (upstream().await, caller(&[]).await);

    for path in ["/call", "/spawned"] {
        let answer = caller.get(&format!("{path}?url={}", url(&upstream, "/headers"))).await;

        let (id, sent) = (answer.header("x-request-id").unwrap(), answer.json::<Headers>());
        assert_eq!(sent["x-request-id"], id);
        let trace = format!("00-{}-", id.replace('-', ""));
        assert!(sent["traceparent"].starts_with(&trace), "{sent:?}");
        assert!(sent["traceparent"].ends_with("-01"), "{sent:?}");
        assert!(sent["user-agent"].starts_with("orders fastservice/"), "{sent:?}");
        assert!(!sent.contains_key("tracestate"));
    }
}

#[tokio::test]
async fn a_trace_that_came_is_continued() {
    let (upstream, caller) = (upstream().await, caller(&[]).await);

    for flags in ["00", "01"] {
        let answer = caller
            .get(&format!("/call?url={}", url(&upstream, "/headers")))
            .header("traceparent", format!("00-{TRACE}-{PARENT}-{flags}"))
            .header("tracestate", "a=1,b=2")
            .await;

        let sent = answer.json::<Headers>();
        let fields: Vec<_> = sent["traceparent"].split('-').collect();
        assert_eq!((fields[0], fields[1], fields[3]), ("00", TRACE, flags));
        assert_ne!(fields[2], PARENT);
        assert_eq!(sent["tracestate"], "a=1,b=2");
        assert_eq!(sent["x-request-id"], answer.header("x-request-id").unwrap());
    }
}

#[tokio::test]
async fn headers_that_the_caller_sets_stay() {
    let (upstream, caller) = (upstream().await, caller(&[]).await);

    let answer = caller.get(&format!("/own?url={}", url(&upstream, "/headers"))).await;

    let sent = answer.json::<Headers>();
    assert_eq!((&*sent["x-request-id"], &*sent["traceparent"]), ("mine", "own"));
}

#[tokio::test]
async fn a_call_outside_of_a_request_carries_no_context() {
    let upstream = upstream().await;

    let answer = client(&[]).get(&url(&upstream, "/headers")).send().await.unwrap();

    let sent = answer.json::<Headers>().await.unwrap();
    assert!(!sent.contains_key("x-request-id") && !sent.contains_key("traceparent"));
}

#[tokio::test]
async fn a_call_sends_a_query_and_a_body_of_any_kind() {
    let (upstream, client) = (upstream().await, client(&[]));
    let post = || client.post(&url(&upstream, "/echo?a=1"));
    let pairs = [("b", "2 3"), ("b", "&")];
    let parts = ["one", "two"].map(|part| Ok::<_, std::io::Error>(Bytes::from(part)));
    let stream = Body::stream(futures_util::stream::iter(parts));

    for (call, expected) in [
        (post(), "/echo?a=1 none 0 "),
        (post().query(&[("", ""); 0]), "/echo?a=1 none 0 "),
        (post().query(&pairs).body("text"), "/echo?a=1&b=2+3&b=%26 none 4 text"),
        (post().json(&[1, 2]), "/echo?a=1 application/json 5 [1,2]"),
        (post().form(&pairs), "/echo?a=1 application/x-www-form-urlencoded 11 b=2+3&b=%26"),
        (post().body(stream), "/echo?a=1 none none onetwo"),
    ] {
        let answer = call.send().await.unwrap();

        assert_eq!(answer.text().await.unwrap(), expected);
    }
}

#[tokio::test]
async fn an_upstream_that_is_slow_is_a_gateway_timeout() {
    let (upstream, caller) = (upstream().await, caller(&[("CLIENT_TIMEOUT", "50ms")]).await);

    for path in ["/never", "/stalls"] {
        let answer = caller.get(&format!("/call?url={}", url(&upstream, path))).await;

        assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
        assert_eq!(answer.error_code(), "upstream_timeout");
    }
    let limit = std::time::Duration::from_millis(50);
    let call = client(&[]).get(&url(&upstream, "/never")).timeout(limit);
    assert_eq!(call.send().await.unwrap_err().code(), "upstream_timeout");
}

#[tokio::test]
async fn an_upstream_that_fails_is_a_bad_gateway() {
    let (upstream, caller) = (upstream().await, caller(&[("CLIENT_BODY_LIMIT", "10B")]).await);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();

    for url in [
        format!("http://{nobody}/"),
        // It does not speak TLS.
        url(&upstream, "/headers").replace("http:", "https:"),
        url(&upstream, "/missing"),
        url(&upstream, "/breaks"),
        // Over the limit.
        url(&upstream, "/headers"),
        url(&upstream, "/around"),
    ] {
        let answer = caller.get(&format!("/call?url={url}")).await;

        assert_eq!(answer.status(), StatusCode::BAD_GATEWAY, "{url}");
        assert_eq!(answer.error_code(), "upstream_failed", "{url}");
    }
}

#[tokio::test]
async fn an_error_says_whom_it_called_and_neither_the_path_nor_the_query() {
    let upstream = upstream().await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let closed = format!("http://{nobody}/hunter1?token=hunter2");

    let refused = client(&[]).get(&closed).send().await.unwrap_err();
    let answer = client(&[]).get(&url(&upstream, "/headers")).header("x", "hunter3").send().await;
    let unfit = answer.unwrap().json::<Vec<u8>>().await.unwrap_err();
    let redirected = client(&[]).get(&url(&upstream, "/around")).send().await.unwrap_err();
    let wrong = client(&[]).get("http://[hunter5").send().await.unwrap_err();
    let bearer = client(&[]).get(&closed).bearer("hunter6\n").send().await.unwrap_err();

    assert!(format!("{refused:?}").contains(&nobody.to_string()), "{refused:?}");
    assert_eq!((wrong.code(), bearer.code()), ("internal_error", "internal_error"));
    for error in [refused, unfit, redirected, wrong, bearer] {
        assert!(!format!("{error:?} {error}").contains("hunter"), "{error:?}");
    }
}

#[tokio::test]
async fn redirects_are_followed_within_the_origin_only() {
    let (here, there, client) = (upstream().await, upstream().await, client(&[]));
    let away = url(&there, "/headers");

    let inside = client.get(&url(&here, "/moved?to=/headers")).send().await.unwrap();
    let outside = client.get(&url(&here, "/moved")).query(&[("to", &away)]).send().await.unwrap();

    assert_eq!(inside.status(), StatusCode::OK);
    assert_eq!(outside.status(), StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(outside.headers()["location"], away);
    assert!(outside.error_for_status().is_err());
}

#[tokio::test]
async fn an_answer_is_passed_on_as_it_arrives() {
    let (upstream, caller) = (upstream().await, caller(&[("CLIENT_BODY_LIMIT", "10B")]).await);

    let answer = caller.get(&format!("/passed-on?url={}", url(&upstream, "/headers"))).await;

    assert!(answer.json::<Headers>().contains_key("traceparent"));
}
