//! The trace that goes on, and who decides about it.

use super::*;

#[tokio::test]
async fn the_callers_trace_goes_on() {
    let exported = export(&[], async |client| {
        let parent = format!("00-{TRACE_ID}-{PARENT_ID}-01");
        let request = client.get("/spans/7").header("traceparent", parent);
        let _ = request.header("tracestate", "vendor=1").await;
    })
    .await;

    let span = exported.span("GET /spans/{id}");
    assert_eq!(hex(&span.trace_id), TRACE_ID);
    assert_eq!(hex(&span.parent_span_id), PARENT_ID);
    assert_eq!(span.trace_state, "vendor=1");
}

#[tokio::test]
async fn a_mistaken_traceparent_begins_a_new_trace() {
    let exported = export(&[], async |client| {
        for parent in [
            &b"00-x-y-01"[..],
            b"",
            b"\xff",
            b"00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        ] {
            let _ = client.get("/spans/7").header("traceparent", parent).await;
        }
    })
    .await;

    let spans: Vec<_> =
        exported.spans.iter().filter(|span| span.kind == SpanKind::Server as i32).collect();
    assert_eq!(spans.len(), 4);
    assert!(spans.iter().all(|span| span.parent_span_id.is_empty()));
}

#[tokio::test]
async fn calls_to_other_services_carry_the_samplers_decision() {
    for (sampler, flags, carried) in [
        ("parentbased_always_on", Some("00"), "00"),
        ("parentbased_always_off", Some("01"), "01"),
        ("always_on", Some("00"), "01"),
        ("always_off", Some("01"), "00"),
        ("always_off", None, "00"),
        ("always_on", None, "01"),
    ] {
        let _ = export(&[("OTEL_TRACES_SAMPLER", sampler)], async |client| {
            let mut request = client.get("/carried");
            if let Some(flags) = flags {
                let parent = format!("00-{TRACE_ID}-{PARENT_ID}-{flags}");
                request = request.header("traceparent", parent);
            }
            let answer = request.await;
            let sent = answer.text();
            assert!(sent.ends_with(&format!("-{carried}")), "{sampler} {flags:?}: {sent}");
        })
        .await;
    }
}

#[tokio::test]
async fn the_callers_decision_goes_before_the_sampler() {
    for (sampler, flags, expected) in [
        ("parentbased_always_on", "00", 0),
        ("parentbased_always_off", "01", 2),
        ("always_on", "00", 2),
        ("always_off", "01", 0),
    ] {
        let exported = export(&[("OTEL_TRACES_SAMPLER", sampler)], async |client| {
            let parent = format!("00-{TRACE_ID}-{PARENT_ID}-{flags}");
            let _ = client.get("/spans/7").header("traceparent", parent).await;
        })
        .await;

        // The spans inside follow the request's.
        assert_eq!(exported.spans.len(), expected, "{sampler} {flags}");
    }
}

#[tokio::test]
async fn a_share_of_requests_is_traced() {
    let settings =
        [("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0.3")];

    let exported = export(&settings, async |client| {
        for _ in 0..200 {
            let _ = client.get("/nowhere").await;
        }
    })
    .await;

    // Further off than this is less likely than once in a billion.
    assert!((15..=110).contains(&exported.spans.len()), "{}", exported.spans.len());
}
