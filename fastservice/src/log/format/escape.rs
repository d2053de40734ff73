//! Text that cannot pretend to be another record, whatever is in it.

/// Appends text with JSON's escapes, without quotes. Control characters and
/// those that turn the direction of text or break lines are escaped too.
pub(super) fn push(out: &mut Vec<u8>, text: &str) {
    // Most text is clean. Without an early end the compiler looks at many bytes at once.
    if text.bytes().fold(0, |found, byte| found | u8::from(!is_clean(byte))) == 0 {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let mut rest = text;
    while let Some((at, character)) = first_unsafe(rest) {
        let (clean, after) = rest.split_at(at);
        out.extend_from_slice(clean.as_bytes());
        escape(out, character);
        rest = after.get(character.len_utf8()..).unwrap_or_default();
    }
    out.extend_from_slice(rest.as_bytes());
}

/// Whether a value of a text record is clear without quotes.
pub(super) fn is_plain(text: &str) -> bool {
    let is_plain = |byte: u8| is_clean(byte) && byte != b' ' && byte != b'=';
    !text.is_empty() && text.bytes().fold(0, |found, byte| found | u8::from(!is_plain(byte))) == 0
}

fn first_unsafe(text: &str) -> Option<(usize, char)> {
    text.char_indices().find(|(_, character)| is_unsafe(*character))
}

/// Whether a byte is text of its own that needs no escape.
fn is_clean(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\'
}

fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '"' | '\\'
                | '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

fn escape(out: &mut Vec<u8>, character: char) {
    let short = match character {
        '"' => br#"\""#,
        '\\' => br"\\",
        '\n' => br"\n",
        '\r' => br"\r",
        '\t' => br"\t",
        other => return hex(out, other),
    };
    out.extend_from_slice(short);
}

// All that is escaped lies below U+10000, so that one unit of UTF-16 holds it.
fn hex(out: &mut Vec<u8>, character: char) {
    out.extend_from_slice(br"\u");
    for shift in [12, 8, 4, 0] {
        let digit = (u32::from(character) >> shift & 0xf) as u8;
        out.push(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = Vec::new();
        push(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_could_forge_a_record_is_escaped() {
        assert_eq!(escaped("a\nb\r\u{1b}[31m\u{85}"), r"a\nb\r\u001b[31m\u0085");
        assert_eq!(escaped("\u{202e}\u{2028}\u{2066}"), r"\u202e\u2028\u2066");
        assert_eq!(escaped(r#"say "hé\llo" €😀"#), r#"say \"hé\\llo\" €😀"#);
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_json(text: String) {
            let escaped = escaped(&text);

            prop_assert!(!escaped.chars().any(char::is_control));
            let back: String = serde_json::from_str(&format!("\"{escaped}\"")).unwrap();
            prop_assert_eq!(back, text);
        }
    }
}
