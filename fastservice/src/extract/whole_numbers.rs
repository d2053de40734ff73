//! Whole numbers that JSON writes with a fraction or an exponent.
//!
//! JSON Schema takes `2.0` and `2e0` for the integer 2, and some clients write it so; serde takes
//! neither. Such a body is written anew, and only after it was refused: others pay nothing.

/// Above it not every whole number is an `f64`, so that one might become another.
const MOST: f64 = 9_007_199_254_740_992.0;

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
            rewritten.extend_from_slice(format!("{number:.0}").as_bytes());
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

fn whole(token: &[u8]) -> Option<f64> {
    if !token.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E')) {
        return None;
    }
    let number: f64 = serde_json::from_slice(token).ok()?;
    // Not the negative zero: an integer has none.
    (number.fract() == 0.0 && number.abs() <= MOST).then_some(number + 0.0)
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
        ] {
            assert_eq!(rewritten(from).as_deref(), Some(to), "{from}");
        }
    }

    #[test]
    fn all_else_stays() {
        for json in
            ["", "2", "0.5", "1e300", "9007199254740994.0", r#""2.0"#, "true", "1.e", "--1.0"]
        {
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
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = rewrite(&bytes);
        }
    }
}
