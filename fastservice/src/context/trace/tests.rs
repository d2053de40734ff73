use http::HeaderMap;
use proptest::prelude::*;

use super::*;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let header = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap())
    };
    let mut headers = HeaderMap::new();
    for (name, value) in pairs.iter().map(header) {
        headers.append(name, value);
    }
    headers
}

/// The trace that a request with these headers continues.
fn continued(pairs: &[(&'static str, &str)]) -> Option<TraceContext> {
    let trace = TraceHeaders::of(&headers(pairs)).open(RequestId::new());
    trace.parent_id().is_some().then_some(trace)
}

fn parent() -> String {
    format!("00-{TRACE}-{PARENT}-01")
}

#[test]
fn a_trace_that_came_is_continued_with_a_step_of_its_own() {
    let trace = continued(&[("traceparent", &parent()), ("tracestate", "a=1,b=2")]).unwrap();

    assert_eq!(trace.trace_id().to_string(), TRACE);
    assert_eq!(trace.parent_id().unwrap().to_string(), PARENT);
    assert_ne!(trace.span_id().to_string(), PARENT);
    assert!(trace.is_sampled());
    assert_eq!(trace.state(), Some("a=1,b=2"));
    let sent = format!("00-{TRACE}-{}-01", trace.span_id());
    assert_eq!(trace.to_traceparent(), sent.as_str());
}

#[test]
fn a_trace_begins_with_the_request_id() {
    let request_id = RequestId::new();

    let trace = TraceHeaders::default().open(request_id);

    assert_eq!(trace.trace_id().to_string(), request_id.as_uuid().simple().to_string());
    assert_eq!((trace.parent_id(), trace.state()), (None, None));
    assert_eq!(parse(trace.to_traceparent().as_bytes()).unwrap().1, trace.span_id());
}

#[test]
fn what_is_no_traceparent_is_ignored() {
    let zeros = (format!("00-{:032}-{PARENT}-01", 0), format!("00-{TRACE}-{:016}-01", 0));
    for wrong in [
        "",
        "00",
        &TRACE.repeat(3),
        &parent().to_uppercase(),
        &parent().replacen("00", "ff", 1),
        &parent().replacen("00", "0", 1),
        &format!("{}-extra", parent()),
        &format!("{}0", parent()),
        &parent().replacen("00", "cc", 1).replace("-01", "-01x"),
        &parent().replace('-', "_"),
        &parent().replace("-01", "-0g"),
        &format!("00-{}-{PARENT}0-01", &TRACE[1..]),
        &zeros.0,
        &zeros.1,
    ] {
        assert_eq!(continued(&[("traceparent", wrong)]), None, "{wrong}");
    }
    let twice = [("traceparent", &*parent()), ("traceparent", &*parent())];
    assert_eq!(continued(&twice), None);
}

#[test]
fn a_later_version_is_read_as_far_as_it_is_known() {
    for later in ["cc", "01"] {
        for more in ["", "-", "-what the future brings"] {
            let header = parent().replacen("00", later, 1) + more;

            let trace = continued(&[("traceparent", &header)]).unwrap();

            assert!(trace.to_traceparent().as_bytes().starts_with(b"00-"), "{header}");
        }
    }
}

#[test]
fn flags_that_are_not_known_are_not_passed_on() {
    for (came, sent) in [("00", "-00"), ("01", "-01"), ("02", "-02"), ("ff", "-03")] {
        let header = format!("00-{TRACE}-{PARENT}-{came}");

        let trace = continued(&[("traceparent", &header)]).unwrap();

        assert!(trace.to_traceparent().to_str().unwrap().ends_with(sent), "{came}");
    }
}

#[cfg(feature = "otlp")]
#[test]
fn the_own_samplers_decision_goes_before_the_callers() {
    for (came, decision, sent) in [("00", true, "-01"), ("03", false, "-02"), ("01", true, "-01")] {
        let header = format!("00-{TRACE}-{PARENT}-{came}");
        let trace = continued(&[("traceparent", &header)]).unwrap();

        trace.decide(decision);

        assert_eq!(trace.is_sampled(), decision);
        assert!(trace.to_traceparent().to_str().unwrap().ends_with(sent), "{came} {decision}");
    }
}

#[test]
fn several_states_are_one_list() {
    let pairs = [("tracestate", "a=1"), ("traceparent", &*parent()), ("tracestate", "b=2")];

    assert_eq!(continued(&pairs).unwrap().state(), Some("a=1,b=2"));
}

#[test]
fn a_state_over_its_limits_is_dropped_and_the_trace_goes_on() {
    let state = |text: &str| {
        let trace = continued(&[("traceparent", &parent()), ("tracestate", text)]).unwrap();
        trace.state().map(str::to_owned)
    };
    let longest = format!("a={}", "x".repeat(510));
    let most = vec!["a=1"; 32].join(",");

    assert_eq!(state(&longest), Some(longest.clone()));
    assert_eq!(state(&format!("{longest}x")), None);
    assert_eq!(state(&most), Some(most.clone()));
    assert_eq!(state(&format!("{most},b=1")), None);
    assert_eq!(state("a=\u{e9}"), None);
    assert_eq!(state(" ,"), None);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_ignored(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn near_misses_are_read_or_ignored(header in "[0-9a-fA-F]{2}-[0-9a-f]{30,33}-[0-9a-f]{15,17}-[0-9a-f]{2}(-.*)?") {
        let Some((trace, span, _)) = parse(header.as_bytes()) else { return Ok(()) };

        let ids = format!("-{trace}-{span}-");
        prop_assert!(header[2..].starts_with(&ids));
    }

    #[test]
    fn what_is_sent_is_read_again(trace in 1_u128.., span in 1_u64.., flags in 0_u8..4) {
        let context = TraceContext {
            trace_id: TraceId(trace.to_be_bytes()),
            parent_id: None,
            span_id: SpanId(span.to_be_bytes()),
            flags,
            decision: OnceLock::new(),
            state: None,
        };

        let read = parse(context.to_traceparent().as_bytes());

        prop_assert_eq!(read, Some((context.trace_id, context.span_id, flags)));
    }
}
