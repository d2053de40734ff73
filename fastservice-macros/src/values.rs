//! Reads the values that have a form of their own: names, numbers, durations, sizes.
use syn::{LitInt, LitStr};

use crate::{
    attribute::{Attribute, Value},
    mistakes::Mistakes,
};

/// A list of names under one key, and what its names are called in messages.
#[derive(Clone, Copy)]
pub(crate) enum Names {
    Scopes,
    Permissions,
    Tags,
}

impl Names {
    fn noun(self) -> &'static str {
        match self {
            Self::Scopes => "scope",
            Self::Permissions => "permission",
            Self::Tags => "tag",
        }
    }

    /// Scopes follow `scope-token` of RFC 6749; the others only shun what cannot be seen.
    fn allows(self, letter: char) -> bool {
        match self {
            Self::Scopes => matches!(letter, '\u{21}' | '\u{23}'..='\u{5b}' | '\u{5d}'..='\u{7e}'),
            Self::Permissions => !letter.is_control() && !matches!(letter, '"' | '\'' | '`'),
            Self::Tags => !letter.is_control(),
        }
    }
}

/// The names written under `key`.
pub(crate) fn names(
    attribute: &Attribute,
    key: &str,
    kind: Names,
    mistakes: &mut Mistakes,
) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for written in attribute.texts(key, mistakes) {
        let name = written.value();
        match fault(key, kind, &name, &names) {
            Some(sentence) => mistakes.add(written, sentence),
            None => names.push(name),
        }
    }
    names
}

fn fault(key: &str, kind: Names, name: &str, earlier: &[String]) -> Option<String> {
    let noun = kind.noun();
    if name.trim().is_empty() {
        return Some(format!("the {noun} is empty; write its name, or remove `{key}`"));
    }
    if name.contains(char::is_whitespace) && !matches!(kind, Names::Tags) {
        let list: Vec<_> = name.split_whitespace().map(|name| format!("{name:?}")).collect();
        let list = list.join(", ");
        return Some(format!("one string names one {noun}; write `{key} = [{list}]`"));
    }
    if let Some(letter) = name.chars().find(|letter| !kind.allows(*letter)) {
        let shown =
            if letter.is_control() { "a control character" } else { &format!("`{letter}`") };
        return Some(format!("a {noun} cannot contain {shown}; remove it"));
    }
    let is_repeated = earlier.iter().any(|earlier| earlier == name);
    is_repeated.then(|| format!("the {noun} `{name}` is repeated; remove it"))
}

/// An error that an endpoint answers: its status, and its code if it has one of its own.
pub(crate) type ErrorAnswer = (u16, String);

/// The errors of `404 item_not_found`.
pub(crate) fn errors(attribute: &Attribute, mistakes: &mut Mistakes) -> Vec<ErrorAnswer> {
    let mut errors = Vec::new();
    for written in attribute.texts("errors", mistakes) {
        let text = written.value();
        let (status, code) = text.split_once(' ').unwrap_or((&text, ""));
        let status = status.parse().ok().filter(|status| (400..=599).contains(status));
        let is_code = |code: &str| {
            code.chars().all(|letter| {
                letter.is_ascii_lowercase() || letter == '_' || letter.is_ascii_digit()
            })
        };
        match status.filter(|_| is_code(code)) {
            Some(status) => errors.push((status, code.to_owned())),
            None => mistakes.add(
                written,
                "an error is a status of 400 to 599, and its code if it has one; \
                 write `errors = [\"404 item_not_found\", \"409\"]`",
            ),
        }
    }
    errors
}

/// The status of a success; every other status is the function's answer.
pub(crate) fn status(number: &LitInt, mistakes: &mut Mistakes) -> Option<u16> {
    let status = number.base10_parse().ok().filter(|status| (200..=299).contains(status));
    if status.is_none() || !number.suffix().is_empty() {
        mistakes.add(number, "`status` is that of a success, 200 to 299; write `status = 201`");
    }
    status
}

/// Milliseconds of `5s`.
pub(crate) fn timeout(text: &LitStr, mistakes: &mut Mistakes) -> Option<u64> {
    const UNITS: [(&str, u64); 3] = [("ms", 1), ("s", 1_000), ("m", 60_000)];
    let value = text.value();
    let milliseconds = quantity(&value, &UNITS);
    match milliseconds {
        None => mistakes
            .add(text, "`timeout` is a number with `ms`, `s` or `m`; write `timeout = \"5s\"`"),
        Some(0) => mistakes.add(text, "`timeout` is greater than zero; write `timeout = \"5s\"`"),
        Some(_) => {}
    }
    milliseconds
}

/// Bytes of `10MiB` or of a plain number.
pub(crate) fn body_limit(attribute: &Attribute, mistakes: &mut Mistakes) -> Option<u64> {
    const UNITS: [(&str, u64); 7] = [
        ("B", 1),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
    ];
    let entry = attribute.find("body_limit")?;
    let bytes = match &entry.value {
        Value::Text(text) => quantity(&text.value(), &UNITS),
        Value::Number(number) => {
            number.base10_digits().parse().ok().filter(|_| number.suffix().is_empty())
        }
        _ => return entry.wrong(mistakes),
    };
    match bytes {
        None => mistakes.add(
            entry,
            "`body_limit` is a number with `B`, `KiB`, `MiB`, `GiB`, `KB`, `MB` or `GB`; \
             write `body_limit = \"10MiB\"`",
        ),
        Some(0) => {
            mistakes
                .add(entry, "`body_limit` is greater than zero; write `body_limit = \"10MiB\"`");
        }
        Some(_) => {}
    }
    bytes
}

/// A whole number followed by one of the units, in the smallest unit.
fn quantity(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

/// The name of the operation in the OpenAPI document, and of functions in generated clients.
pub(crate) fn operation_id(text: &LitStr, mistakes: &mut Mistakes) -> String {
    let id = text.value();
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
    if id.is_empty() || !id.chars().all(is_allowed) {
        mistakes.add(
            text,
            "`operation_id` is made of letters, digits, `_`, `.` and `-`; \
             write `operation_id = \"read_item\"`",
        );
    }
    id
}
