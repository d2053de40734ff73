use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;

use super::*;
use crate::context::Arrival;

const NOON: Duration = Duration::from_millis(1_795_867_200_123);

fn line(format: Format, write: impl FnOnce(&mut Line)) -> String {
    let mut line = Line::begin_at(UNIX_EPOCH + NOON, format, Level::INFO, "my_service::orders");
    write(&mut line);
    String::from_utf8(line.end()).unwrap()
}

fn record(line: &mut Line) {
    line.message("order \"placed\"");
    line.field("customer", "Ann Lee");
    line.number("items", 3);
    line.number("price", 2.5);
    line.field("password", "hunter2");
    line.field("level", "of the customer");
}

#[test]
fn a_text_record_is_one_readable_line() {
    let text = line(Format::Text, record);

    assert_eq!(
        text,
        "2026-11-28T12:00:00.123Z  INFO my_service::orders: order \\\"placed\\\" \
         customer=\"Ann Lee\" items=3 price=2.5 password=[masked] level_=\"of the customer\"\n"
    );
}

#[test]
fn a_json_record_is_flat_and_its_numbers_are_numbers() {
    let text = line(Format::Json, record);

    assert_eq!(text.find('\n'), Some(text.len() - 1));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let expected = serde_json::json!({
        "timestamp": "2026-11-28T12:00:00.123Z",
        "level": "INFO",
        "target": "my_service::orders",
        "message": "order \"placed\"",
        "customer": "Ann Lee",
        "items": 3,
        "price": 2.5,
        "password": "[masked]",
        "level_": "of the customer",
    });
    assert_eq!(json, expected);
}

#[test]
fn a_coloured_record_says_the_same() {
    let coloured = line(Format::Coloured, record);

    let mut plain = String::new();
    for (index, piece) in coloured.split("\x1b[").enumerate() {
        plain.push_str(if index == 0 { piece } else { piece.split_once('m').unwrap().1 });
    }
    assert_eq!(plain, line(Format::Text, record));
}

#[test]
fn a_record_carries_the_request_it_is_about() {
    let request = http::Request::post("/orders/7").body(()).unwrap();
    let context = Context::open(Arrival::of(&request, None));
    context.enter("/orders/{id}".into(), 0, false);
    let claims = crate::claims::Claims::new(
        "auth0|123".into(),
        [""; 0],
        [""; 0],
        serde_json::Map::default(),
    );
    context.identify(claims);

    let text = line(Format::Text, |line| line.context(&context));

    let id = context.request_id();
    let expected = format!(" request_id={id} user_id=auth0|123 method=POST route=/orders/{{id}}\n");
    assert!(text.ends_with(&expected), "{text}");

    let trace = context.trace();
    let text = line(Format::Text, |line| line.context(&context));
    let expected = format!(" trace_id={} span_id={}\n", trace.trace_id(), trace.span_id());
    assert!(text.ends_with(&expected), "{text}");
}

#[test]
fn addresses_and_times_are_written_as_usual() {
    let text = line(Format::Text, |line| {
        line.address("a", "127.0.0.1:80".parse().unwrap());
        line.address("b", "[2001:db8::1]:65535".parse().unwrap());
        line.millis("c", 1_234_005);
        line.millis("d", 7);
        line.count("e", u64::MAX);
    });

    let expected =
        format!(" a=127.0.0.1:80 b=[2001:db8::1]:65535 c=1234.005 d=0.007 e={}\n", u64::MAX);
    assert!(text.ends_with(&expected), "{text}");
}

#[test]
fn endless_values_are_cut() {
    struct Endless;
    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                f.write_str("äöü")?;
            }
        }
    }

    let text = cut(Endless);

    assert!(text.len() <= LONGEST_VALUE + '…'.len_utf8());
    assert!(text.ends_with('…'));
}

proptest! {
    #[test]
    fn any_record_is_one_line_and_valid_json(message: String, name in "[a-z \"\n]{1,8}", value: String) {
        let write = |line: &mut Line| {
            line.message(&message);
            line.field(&name, &value);
        };

        let json = line(Format::Json, write);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{}", json);
        for text in [json, line(Format::Text, write)] {
            let body = text.strip_suffix('\n').unwrap();
            prop_assert!(!body.chars().any(char::is_control), "{:?}", text);
        }
    }
}
