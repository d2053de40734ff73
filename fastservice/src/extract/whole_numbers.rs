//! Whole numbers that JSON writes with a fraction or an exponent.
//!
//! JSON Schema takes `2.0` and `2e0` for the integer 2, and some clients write it so; serde takes
//! neither. Such a body is written anew, and only after it was refused: others pay nothing.

/// The largest integer, of 128 bits, has 39. Larger exponents would make long texts.
const MOST_DIGITS: usize = 39;

/// The same JSON with each of its whole numbers written as one; `None` when it has no other.
pub(super) fn rewrite(json: &[u8]) -> Option<Vec<u8>> {
    let mut rewritten = Vec::new();
    let (mut rest, mut copied) = (json, 0);
    while let Some(byte) = rest.first() {
        let length = match byte {
            b'"' => string_length(rest),
            b'-' | b'0'..=b'9' => number_length(rest),
            _ => 1,
        };
        let (token, after) = rest.split_at(length.min(rest.len()));
        if let Some(number) = whole(token) {
            let begin = json.len() - rest.len();
            rewritten.extend_from_slice(json.get(copied..begin)?);
            rewritten.extend_from_slice(number.as_bytes());
            copied = begin + token.len();
        }
        rest = after;
    }
    (copied > 0).then(|| {
        rewritten.extend_from_slice(json.get(copied..).unwrap_or_default());
        rewritten
    })
}

fn string_length(json: &[u8]) -> usize {
    let mut is_escaped = true;
    let end = json.iter().position(|byte| {
        let is_end = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    });
    end.map_or(json.len(), |end| end + 1)
}

fn number_length(json: &[u8]) -> usize {
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    json.iter().position(|byte| !is_part(byte)).unwrap_or(json.len())
}

/// The number without fraction and exponent, if it is a whole one and has either.
///
/// Only its digits are moved: a float on the way would change large numbers.
fn whole(token: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(token).ok()?;
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |text| ("-", text));
    let (mantissa, exponent) = halves(text, &['e', 'E']);
    let (units, fraction) = halves(mantissa, &['.']);
    let is_units = is_digits(units) && (units == "0" || !units.starts_with('0'));
    let is_other = fraction.is_some() || exponent.is_some();
    if !is_units || !is_other || !fraction.is_none_or(is_digits) {
        return None;
    }
    let digits = [units, fraction.unwrap_or_default()].concat();
    let point = isize::try_from(units.len()).ok()?.checked_add(shift(exponent)?)?;
    // Left of all digits there are zeros only.
    let point = usize::try_from(point).unwrap_or(0);
    let (whole, rest) = digits.split_at(point.min(digits.len()));
    if point > MOST_DIGITS || rest.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let padded = format!("{whole:0<point$}");
    // Not the negative zero: an integer has none.
    match padded.trim_start_matches('0') {
        "" => Some("0".to_owned()),
        number => Some(format!("{sign}{number}")),
    }
}

fn halves<'t>(text: &'t str, separators: &[char]) -> (&'t str, Option<&'t str>) {
    text.split_once(separators).map_or((text, None), |(first, second)| (first, Some(second)))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// By how many digits the point is moved to the right.
fn shift(exponent: Option<&str>) -> Option<isize> {
    let Some(exponent) = exponent else { return Some(0) };
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if is_digits(digits) { exponent.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn rewritten(json: &str) -> Option<String> {
        rewrite(json.as_bytes()).map(|json| String::from_utf8(json).unwrap())
    }

    #[test]
    fn whole_numbers_lose_their_fraction() {
        for (from, to) in [
            ("2.0", "2"),
            ("[-1.50e1,0.5, 1E3]", "[-15,0.5, 1000]"),
            (r#"{"2.0":2.0,"a\"3.0":"4.0"}"#, r#"{"2.0":2,"a\"3.0":"4.0"}"#),
            ("-0.0", "0"),
            ("0.0e-7", "0"),
            ("0.15e+2", "15"),
            ("1.50e01", "15"),
            ("9007199254740991.0", "9007199254740991"),
            ("8897819725737612.0", "8897819725737612"),
            (
                "340282366920938463463374607431768211455.0",
                "340282366920938463463374607431768211455",
            ),
        ] {
            assert_eq!(rewritten(from).as_deref(), Some(to), "{from}");
        }
    }

    #[test]
    fn all_else_stays() {
        for json in [
            "",
            "2",
            "0.5",
            "0.9999999999999999999",
            "9007199254740991.00000000000000000000001",
            "1e-400",
            "25e-1",
            "1e39",
            "1e300",
            "1e99999999999999999999",
            "-1e-99999999999999999999",
            r#""2.0"#,
            "true",
            "1.e",
            "1.",
            ".0",
            "01.0",
            "1e",
            "1e+-1",
            "1.0.0",
            "--1.0",
        ] {
            assert_eq!(rewritten(json), None, "{json}");
        }
    }

    proptest! {
        #[test]
        fn it_means_the_same_afterwards(
            texts in proptest::collection::vec(any::<String>(), 0..4),
            numbers in proptest::collection::vec(-1_000_000_000..1_000_000_000, 1..8),
        ) {
            let floats: Vec<f64> = numbers.iter().copied().map(f64::from).collect();
            let json = serde_json::to_vec(&json!([texts, floats])).unwrap();

            let value: Value = serde_json::from_slice(&rewrite(&json).unwrap()).unwrap();

            prop_assert_eq!(value, json!([texts, numbers]));
        }

        #[test]
        fn every_integer_stays_the_same(
            number in prop_oneof![any::<i64>().prop_map(i128::from), any::<u64>().prop_map(i128::from)],
            zeros in 1_usize..9,
        ) {
            let text = number.to_string();
            let (sign, digits) = text.strip_prefix('-').map_or(("", &*text), |rest| ("-", rest));
            let (first, others) = digits.split_at(1);
            let zeros = "0".repeat(zeros);
            let exponent = others.len();

            for whole in [
                format!("{text}.{zeros}"),
                format!("{text}{zeros}e-{}", zeros.len()),
                format!("{sign}{first}.{others}{zeros}E{exponent}"),
            ] {
                prop_assert_eq!(rewritten(&whole).unwrap(), &*text);
            }
            prop_assert_eq!(rewritten(&format!("{text}.{zeros}1")), None);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = rewrite(&bytes);
        }
    }
}
