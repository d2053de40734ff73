//! Log records.

use super::*;

#[tokio::test]
async fn records_carry_the_trace() {
    let exported = export(&[], async |client| {
        let _ = client.get("/spans/7").await;
        tracing::info!("outside");
    })
    .await;

    let (inside, outside) = (exported.record("looked up"), exported.record("outside"));
    assert_eq!(inside.trace_id, exported.span("GET /spans/{id}").trace_id);
    assert_eq!(inside.span_id, exported.span("look up").span_id);
    assert!(outside.trace_id.is_empty());
}

#[tokio::test]
async fn records_carry_the_trace_also_where_only_logs_are_exported() {
    let exported = export(&[("OTEL_TRACES_EXPORTER", "none")], async |client| {
        let parent = format!("00-{TRACE_ID}-{PARENT_ID}-01");
        let _ = client.get("/spans/7").header("traceparent", parent).await;
    })
    .await;

    assert!(exported.spans.is_empty());
    assert_eq!(hex(&exported.record("looked up").trace_id), TRACE_ID);
}

#[tokio::test]
async fn records_carry_the_request() {
    let mut request_id = String::new();

    let exported = export(&[], async |client| {
        let answer = client.get("/mine/7").token(TestToken::new("auth0|ali")).await;
        request_id.push_str(answer.header("x-request-id").unwrap());
    })
    .await;

    let record = exported.record("mine");
    for (key, value) in [
        ("request_id", &*request_id),
        ("user_id", "auth0|ali"),
        ("method", "GET"),
        ("route", "/mine/{id}"),
        ("id", "7"),
        ("request_id_", "of my own"),
    ] {
        assert_eq!(attribute(&record.attributes, key).as_deref(), Some(value), "{key}");
    }
    assert_eq!((record.severity_number, &*record.severity_text), (9, "INFO"));
    assert!(record.time_unix_nano > 0);
}

#[tokio::test]
async fn the_record_of_a_requests_end_is_exported_once() {
    let exported = export(&[], async |client| {
        let _ = client.get("/spans/7?token=secret").await;
        let _ = client.get("/heartbeat").await;
    })
    .await;

    let ends =
        exported.logs.iter().filter(|record| format!("{record:?}").contains("request ended"));
    assert_eq!(ends.count(), 1);
    let end = exported.record("request ended");
    assert_eq!(attribute(&end.attributes, "status").as_deref(), Some("200"));
    let path = attribute(&end.attributes, "path");
    assert_eq!(path.as_deref(), Some("/spans/7?token=[masked]"));
}

#[tokio::test]
async fn a_secret_is_in_no_exported_byte() {
    let exported = export(&[], async |client| {
        let query = format!("token={SECRET}&next=https%3A%2F%2Fme%3A{SECRET}%40db");
        let path = format!("/secrets/postgres%3A%2F%2Fme%3A{SECRET}%40db?{query}");
        let _ = client.get(&path).header("user-agent", format!("x token={SECRET}")).await;
    })
    .await;

    // All that has it was exported.
    let work = exported.span("work");
    assert!(work.events.len() >= 2 && exported.logs.len() >= 4, "{:?}", exported.logs);
    assert_eq!(attribute(&work.attributes, "password").as_deref(), Some("[masked]"));
    assert_eq!(
        attribute(&exported.record("numbers").attributes, "token").as_deref(),
        Some("[masked]")
    );
    let text = String::from_utf8_lossy(&exported.bytes);
    assert!(!text.contains(SECRET), "{text}");
}
