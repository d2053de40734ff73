//! What serde says about a wrong input, as an input error: its place, a stable
//! type, and words that do not repeat the input.
//!
//! A right input is parsed once and pays nothing for this: only a refused one
//! is parsed again, this time with its place.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::{param, whole_numbers};
use crate::{
    error::{Error, InputError, Loc, Result},
    secret,
};

/// What a reader of text says of a number that JSON would not have.
pub(super) const INFINITE: &str = "the number is not finite";

/// Parses a JSON body.
pub(super) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let error = match serde_json::from_slice(bytes) {
        Ok(value) => return Ok(value),
        Err(error) if !error.is_data() => return Err(malformed_json(bytes, &error)),
        Err(error) => error,
    };
    let Some(rewritten) = whole_numbers::rewrite(bytes) else {
        return Err(wrong_json::<T>(bytes, &error));
    };
    serde_json::from_slice(&rewritten).map_err(|other| {
        let (bytes, error) = if other.is_data() { (&*rewritten, &other) } else { (bytes, &error) };
        wrong_json::<T>(bytes, error)
    })
}

fn wrong_json<T: DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> Error {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let traced = serde_path_to_error::deserialize::<_, T>(&mut json).err();
    let (path, error) = match &traced {
        Some(traced) => (Some(traced.path()), traced.inner()),
        None => (None, error),
    };
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    wrong_input("body", path, text.strip_suffix(&place).unwrap_or(&text), || {
        serde_json::from_slice(bytes).ok()
    })
}

/// Parses `application/x-www-form-urlencoded` of the query or a body.
pub(super) fn from_form<T: DeserializeOwned>(bytes: &[u8], source: &'static str) -> Result<T> {
    serde_html_form::from_bytes(bytes).map_err(|error| {
        let form = serde_html_form::Deserializer::from_bytes(bytes);
        let traced = serde_path_to_error::deserialize::<_, T>(form).err();
        let text = traced.as_ref().map_or(&error, |traced| traced.inner()).to_string();
        wrong_input(source, traced.as_ref().map(serde_path_to_error::Error::path), &text, || {
            serde_html_form::from_bytes(bytes).ok()
        })
    })
}

/// Not JSON at all. Its place counts bytes, as FastAPI's does characters.
fn malformed_json(bytes: &[u8], error: &serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    let before = bytes.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1));
    let offset = before.map(<[u8]>::len).sum::<usize>() + column.saturating_sub(1);
    // These texts of serde_json are constants.
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default().to_owned();
    let input =
        InputError::new([Loc::from("body"), offset.into()], "json_invalid", "JSON decode error")
            .with_limit("error", reason.clone());
    Error::bad_request(format!("the body is not JSON: {reason} at line {line} column {column}"))
        .with_code("malformed_json")
        .with_inputs(vec![input])
}

/// One wrong member of a well-formed input.
pub(super) fn wrong_input(
    source: &'static str,
    path: Option<&Path>,
    text: &str,
    whole: impl Fn() -> Option<Value>,
) -> Error {
    let reason = Reason::of(text);
    let members = path.into_iter().flatten().filter_map(member);
    let members: Vec<Loc> = members.chain(reason.member.clone().map(Loc::from)).collect();
    let rejected =
        if reason.hides_input { None } else { whole().and_then(|whole| at(whole, &members)) };
    let loc = [Loc::from(source)].into_iter().chain(members);
    let mut input = InputError::new(loc, reason.kind, reason.msg);
    if let Some(expected) = reason.expected {
        input = input.with_limit("expected", expected);
    }
    if let Some(rejected) = rejected {
        input = input.with_input(rejected);
    }
    Error::input(vec![input])
}

fn member(segment: &Segment) -> Option<Loc> {
    match segment {
        Segment::Seq { index } => Some((*index).into()),
        Segment::Map { key } => Some(short(key).into()),
        Segment::Enum { variant } => Some(short(variant).into()),
        Segment::Unknown => None,
    }
}

/// The scalar at a place. An object or list is not shown: a part of it may be secret.
fn at(whole: Value, members: &[Loc]) -> Option<Value> {
    let value = members.iter().try_fold(whole, |mut value, member| match member {
        Loc::Name(name) => value.get_mut(&**name).map(Value::take),
        Loc::Index(index) => value.get_mut(*index).map(Value::take),
    })?;
    (!value.is_object() && !value.is_array()).then_some(value)
}

/// The client chose this name, so that it is cut.
fn short(name: &str) -> String {
    name.chars().take(64).collect()
}

/// What one of serde's messages means. Serde has no other form of it: the
/// formats are those of the provided methods of `serde::de::Error`.
#[derive(Debug, PartialEq)]
struct Reason {
    kind: &'static str,
    msg: String,
    /// The member that is missing, which serde names only in the message.
    member: Option<String>,
    expected: Option<String>,
    hides_input: bool,
}

impl Reason {
    fn of(text: &str) -> Self {
        if text == secret::REFUSED {
            return Self { hides_input: true, ..Self::new("value_error", "Input is not valid") };
        }
        if let Some(name) = text.strip_prefix("missing field `").and_then(|t| t.strip_suffix('`')) {
            let missing = Self::new("missing", "Field required");
            return Self { member: Some(name.to_owned()), hides_input: true, ..missing };
        }
        if text.starts_with("unknown field ") {
            return Self::new("extra_forbidden", "Extra inputs are not permitted");
        }
        if text.starts_with("duplicate field ") {
            let duplicate = Self::new("duplicate_field", "Field must be given once");
            return Self { hides_input: true, ..duplicate };
        }
        if text.starts_with("unknown variant ") {
            return Self::unknown_variant(text);
        }
        for start in ["invalid type: ", "invalid value: ", "invalid length "] {
            if let Some((_, expected)) =
                text.strip_prefix(start).and_then(|rest| rest.rsplit_once(", expected "))
            {
                return Self::expected(expected, start == "invalid type: ");
            }
        }
        Self::from_str_message(text)
    }

    fn new(kind: &'static str, msg: impl Into<String>) -> Self {
        Self { kind, msg: msg.into(), member: None, expected: None, hides_input: false }
    }

    fn unknown_variant(text: &str) -> Self {
        let names = text.rsplit_once(", expected ").map_or("", |(_, names)| names);
        // `a` or `b`, or one of `a`, `b`, `c`: every second part is a name.
        let expected = param::one_of(names.split('`').skip(1).step_by(2));
        let msg = format!("Input should be {expected}");
        Self { expected: Some(expected), ..Self::new("enum", msg) }
    }

    /// The words after `expected`: those of the type, not of the input.
    fn expected(expected: &str, wrong_type: bool) -> Self {
        let first = expected.split(' ').next().unwrap_or_default();
        match (first, expected) {
            (
                "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64"
                | "u128" | "usize",
                _,
            ) => Self::integer(first, wrong_type),
            ("f32" | "f64", _) => Self::new("float_type", "Input should be a valid number"),
            (_, "\"true\", \"on\" or \"false\"") => Self::boolean(),
            (_, "a boolean") => Self::new("bool_type", "Input should be a valid boolean"),
            (_, "a string" | "a borrowed string" | "str" | "string") => {
                Self::new("string_type", "Input should be a valid string")
            }
            (_, "a sequence") => Self::new("list_type", "Input should be a valid list"),
            (_, "a map") => Self::new("dict_type", "Input should be a valid dictionary"),
            ("struct", _) => Self::new(
                "model_attributes_type",
                "Input should be a valid dictionary or object to extract fields from",
            ),
            _ => Self::new("value_error", format!("Input should be {expected}")),
        }
    }

    fn integer(name: &str, wrong_type: bool) -> Self {
        if wrong_type {
            return Self::new("int_type", "Input should be a valid integer");
        }
        Self::new("int_out_of_range", format!("Input should be in the range of {name}"))
    }

    /// Of a text.
    fn boolean() -> Self {
        Self::new("bool_parsing", "Input should be a valid boolean, unable to interpret input")
    }

    /// Messages of `FromStr` in the standard library, as forms give them. Any
    /// other one was written by a type's author and may repeat the input; where
    /// serde has tried several forms of it, one may be a secret.
    fn from_str_message(text: &str) -> Self {
        match text {
            "invalid digit found in string" | "cannot parse integer from empty string" => {
                Self::new(
                    "int_parsing",
                    "Input should be a valid integer, unable to parse string as an integer",
                )
            }
            "number too large to fit in target type" | "number too small to fit in target type" => {
                Self::new("int_out_of_range", "Input should be in the range of its type")
            }
            "invalid float literal" | "cannot parse float from empty string" => Self::new(
                "float_parsing",
                "Input should be a valid number, unable to parse string as a number",
            ),
            "provided string was not `true` or `false`" => Self::boolean(),
            INFINITE => Self::new("finite_number", "Input should be a finite number"),
            _ => Self { hides_input: true, ..Self::new("value_error", "Input is not valid") },
        }
    }
}

#[cfg(test)]
mod tests;
