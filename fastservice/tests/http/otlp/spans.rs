//! Requests as spans.

use super::*;

#[tokio::test]
async fn a_request_is_a_span_by_the_conventions() {
    let exported = export(&[], async |client| {
        let _ = client.get("/spans/7?token=secret").header("user-agent", "test/1").await;
    })
    .await;

    let span = exported.span("GET /spans/{id}");
    assert_eq!(span.kind, SpanKind::Server as i32);
    assert!(span.parent_span_id.is_empty());
    assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
    for (key, value) in [
        ("http.request.method", Some("GET")),
        ("http.route", Some("/spans/{id}")),
        ("http.response.status_code", Some("200")),
        ("url.path", Some("/spans/7")),
        ("user_agent.original", Some("test/1")),
        ("error.type", None),
    ] {
        assert_eq!(attribute(&span.attributes, key).as_deref(), value, "{key}");
    }
    assert!(!format!("{:?}", exported.spans).contains("secret"));
    assert_eq!(attribute(&exported.resource, "service.name").as_deref(), Some("shop"));
}

#[tokio::test]
async fn spans_of_a_handler_and_its_tasks_are_children_of_the_request() {
    let exported = export(&[], async |client| {
        let _ = client.get("/spans/7").await;
        let _ = client.post("/task").await;
    })
    .await;

    for (parent, child) in [("GET /spans/{id}", "look up"), ("POST /task", "in a task")] {
        let (parent, child) = (exported.span(parent), exported.span(child));
        assert_eq!(hex(&child.parent_span_id), hex(&parent.span_id));
        assert_eq!(hex(&child.trace_id), hex(&parent.trace_id));
    }
}

#[tokio::test]
async fn the_span_has_the_ids_of_the_request() {
    let mut traces = Vec::new();

    let exported = export(&[], async |client| {
        traces.push(client.get("/trace").await.text().to_owned());
        let parent = format!("00-{TRACE_ID}-{PARENT_ID}-01");
        traces.push(client.get("/trace").header("traceparent", parent).await.text().to_owned());
    })
    .await;

    let spans = exported.spans.iter();
    let spans = spans.map(|span| format!("{} {}", hex(&span.trace_id), hex(&span.span_id)));
    assert_eq!(spans.collect::<Vec<_>>(), traces);
}

#[tokio::test]
async fn a_failure_is_marked_and_a_refusal_is_not() {
    let exported = export(&[], async |client| {
        let _ = client.get("/fails").await;
        let _ = client.get("/spans/x").await;
        let _ = client.get("/nowhere").await;
    })
    .await;

    let failed = exported.span("GET /fails");
    assert_eq!(failed.status.as_ref().unwrap().code, SpanStatus::Error as i32);
    assert_eq!(attribute(&failed.attributes, "error.type").as_deref(), Some("503"));
    for (name, status) in [("GET /spans/{id}", "422"), ("GET", "404")] {
        let span = exported.span(name);
        assert_eq!(span.status.as_ref().map_or(0, |status| status.code), SpanStatus::Unset as i32);
        let code = attribute(&span.attributes, "http.response.status_code");
        assert_eq!(code.as_deref(), Some(status));
    }
}
