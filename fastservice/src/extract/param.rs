use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use schemars::{Schema, json_schema};
use serde_json::{Map, Value};

use super::{Argument, FromRequest, OptionalFromRequest, Request, pairs};
use crate::{
    error::{Error, InputError, Loc, Result},
    openapi::{Location, Operation, Parameter, Schemas},
    secret::Secret,
};

/// A plain value of the path, the query, a header or a cookie, made from its text.
///
/// Numbers, `bool`, `char`, `String`, `Uuid`, IP addresses and, with the
/// feature `chrono`, dates and times have it. `#[derive(Param)]` gives it to
/// your own enums and newtypes.
///
/// ```
/// use fastservice::prelude::*;
///
/// #[derive(Param)]
/// #[param(rename_all = "lowercase")]
/// enum Sort { Name, Age }
///
/// #[derive(Param)]
/// struct ItemId(i64);
///
/// #[public_api(get = "/items/{id}/parts")]
/// async fn parts(id: ItemId, sort: Option<Sort>) -> String {
///     format!("parts of {}", id.0)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a path or query parameter",
    label = "cannot be made from the text of a parameter",
    note = "add `#[derive(Param)]` to your own enum or newtype, or implement `Param`"
)]
pub trait Param: Sized + Send + 'static {
    /// Whether empty text is a value. Where it is not, an `Option` is `None`.
    const EMPTY: bool = false;

    /// Whether the text must not appear in an error answer.
    const SECRET: bool = false;

    /// Makes the value.
    ///
    /// # Errors
    /// What is wrong, in words that do not repeat the text.
    fn parse(text: &str) -> Result<Self, ParamError>;

    /// What the text may be, for the documentation. Default: anything.
    fn schema(schemas: &mut Schemas) -> Schema {
        let _ = schemas;
        json_schema!({"type": "string"})
    }
}

/// Why a text is not a value.
#[derive(Debug, Clone, PartialEq)]
pub struct ParamError {
    kind: &'static str,
    msg: Cow<'static, str>,
    limits: Map<String, Value>,
}

impl ParamError {
    /// A reason: its stable type, and a message that says what is expected.
    #[must_use]
    pub fn new(kind: &'static str, msg: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, msg: msg.into(), limits: Map::new() }
    }

    /// The text is none of these names.
    #[must_use]
    pub fn one_of(names: &[&str]) -> Self {
        let expected = one_of(names.iter().copied());
        Self::new("enum", format!("Input should be {expected}")).with_limit("expected", expected)
    }

    /// Adds a limit that the value broke, for example `("ge", 1)`.
    #[must_use]
    pub fn with_limit(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.limits.insert(name.to_owned(), value.into());
        self
    }

    /// The stable type.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// What is expected, in plain words.
    #[must_use]
    pub fn msg(&self) -> &str {
        &self.msg
    }
}

/// `'a', 'b' or 'c'`, as FastAPI words it.
pub(super) fn one_of<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut quoted: Vec<String> = names.into_iter().map(|name| format!("'{name}'")).collect();
    let last = quoted.pop().unwrap_or_default();
    if quoted.is_empty() { last } else { format!("{} or {last}", quoted.join(", ")) }
}

/// Parses the text of the value at `loc`.
pub(super) fn parse<T: Param>(text: &str, loc: impl IntoIterator<Item = Loc>) -> Result<T> {
    T::parse(text).map_err(|error| {
        let mut input = InputError::new(loc, error.kind, error.msg);
        for (name, value) in error.limits {
            input = input.with_limit(&name, value);
        }
        if !T::SECRET {
            input = input.with_input(text);
        }
        Error::input(vec![input])
    })
}

/// Parses a value that may be left out: where empty text is no value, it counts as left out.
pub(super) fn parse_optional<T: Param>(
    text: Option<&str>,
    loc: impl IntoIterator<Item = Loc>,
) -> Result<Option<T>> {
    match text {
        None => Ok(None),
        Some("") if !T::EMPTY => Ok(None),
        Some(text) => parse(text, loc).map(Some),
    }
}

pub(super) fn missing<T>(loc: impl IntoIterator<Item = Loc>) -> Result<T> {
    Err(Error::input(vec![InputError::missing(loc)]))
}

fn text(request: &Request, argument: Argument) -> Result<Option<Cow<'_, str>>> {
    match argument.location {
        Location::Path => Ok(request.path_param(argument.name)),
        _ => pairs::last(request.query(), argument.name),
    }
}

#[diagnostic::do_not_recommend]
impl<T: Param> FromRequest for T {
    async fn from_request(request: &mut Request, argument: Argument) -> Result<Self> {
        match text(request, argument)? {
            Some(text) => parse(&text, argument.loc()),
            None => missing(argument.loc()),
        }
    }

    fn describe(operation: &mut Operation, argument: Argument) {
        let schema = T::schema(&mut operation.schemas);
        let parameter = Parameter::required(argument.location, argument.name);
        operation.parameters.push(parameter.with_schema(schema));
    }
}

#[diagnostic::do_not_recommend]
impl<T: Param> OptionalFromRequest for T {
    async fn from_request(request: &mut Request, argument: Argument) -> Result<Option<Self>> {
        parse_optional(text(request, argument)?.as_deref(), argument.loc())
    }

    fn describe(operation: &mut Operation, argument: Argument) {
        let schema = T::schema(&mut operation.schemas);
        let mut parameter =
            Parameter::optional(argument.location, argument.name).with_schema(schema);
        // A path without its parameter is another path.
        parameter.required = argument.location == Location::Path;
        parameter.allows_empty = argument.location == Location::Query && !T::EMPTY;
        operation.parameters.push(parameter);
    }
}

/// Every value of a repeated key, in the query's order; empty when there is none.
/// Of `{*rest}` in the path, every segment.
impl<T: Param> FromRequest for Vec<T> {
    async fn from_request(request: &mut Request, argument: Argument) -> Result<Self> {
        let loc = argument.loc();
        if argument.location == Location::Path {
            return parse_all(request.path_segments(argument.name).map(Ok), &loc);
        }
        parse_all(pairs::all(request.query(), argument.name), &loc)
    }

    fn describe(operation: &mut Operation, argument: Argument) {
        let schema = list_of::<T>(&mut operation.schemas);
        let mut parameter =
            Parameter::optional(argument.location, argument.name).with_schema(schema);
        parameter.required = argument.location == Location::Path;
        operation.parameters.push(parameter);
    }
}

/// The schema of several values.
pub(super) fn list_of<T: Param>(schemas: &mut Schemas) -> Schema {
    json_schema!({"type": "array", "items": T::schema(schemas)})
}

/// Parses every value, and names each wrong one by its position.
pub(super) fn parse_all<T: Param>(
    texts: impl Iterator<Item = Result<impl AsRef<str>>>,
    loc: &[Loc],
) -> Result<Vec<T>> {
    let mut values = Vec::new();
    let mut wrong = Vec::new();
    for (index, text) in texts.enumerate() {
        match parse(text?.as_ref(), loc.iter().cloned().chain([index.into()])) {
            Ok(value) => values.push(value),
            Err(error) => wrong.extend_from_slice(error.inputs()),
        }
    }
    if wrong.is_empty() { Ok(values) } else { Err(Error::input(wrong)) }
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl Param for $integer {
            fn schema(schemas: &mut Schemas) -> Schema {
                schemas.taken::<Self>()
            }

            fn parse(text: &str) -> Result<Self, ParamError> {
                use std::num::IntErrorKind::{NegOverflow, PosOverflow};
                text.parse().map_err(|error: std::num::ParseIntError| match error.kind() {
                    PosOverflow | NegOverflow => ParamError::new(
                        "int_out_of_range",
                        format!("Input should be between {} and {}", Self::MIN, Self::MAX),
                    ),
                    // An unsigned type takes a minus sign for a stray character.
                    _ if Self::MIN == 0 && is_negative(text) => ParamError::new(
                        "int_out_of_range",
                        format!("Input should be between 0 and {}", Self::MAX),
                    ),
                    _ => ParamError::new(
                        "int_parsing",
                        "Input should be a valid integer, unable to parse string as an integer",
                    ),
                })
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

fn is_negative(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

macro_rules! floats {
    ($($float:ty)*) => {$(
        impl Param for $float {
            fn schema(schemas: &mut Schemas) -> Schema {
                schemas.taken::<Self>()
            }

            fn parse(text: &str) -> Result<Self, ParamError> {
                let number: Self = text.parse().map_err(|_| ParamError::new(
                    "float_parsing",
                    "Input should be a valid number, unable to parse string as a number",
                ))?;
                if number.is_finite() {
                    Ok(number)
                } else {
                    Err(ParamError::new("finite_number", "Input should be a finite number"))
                }
            }
        }
    )*};
}

floats!(f32 f64);

/// Takes FastAPI's words, in any case: `1`, `true`, `t`, `yes`, `y`, `on` and their opposites.
impl Param for bool {
    fn schema(schemas: &mut Schemas) -> Schema {
        schemas.taken::<Self>()
    }

    fn parse(text: &str) -> Result<Self, ParamError> {
        let is_one_of = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        if is_one_of(&["true", "1", "t", "yes", "y", "on"]) {
            Ok(true)
        } else if is_one_of(&["false", "0", "f", "no", "n", "off"]) {
            Ok(false)
        } else {
            Err(ParamError::new(
                "bool_parsing",
                "Input should be a valid boolean, unable to interpret input",
            ))
        }
    }
}

impl Param for String {
    const EMPTY: bool = true;

    fn parse(text: &str) -> Result<Self, ParamError> {
        Ok(text.to_owned())
    }
}

impl<T: Param> Param for Secret<T> {
    const EMPTY: bool = T::EMPTY;
    const SECRET: bool = true;

    fn schema(schemas: &mut Schemas) -> Schema {
        let mut schema = T::schema(schemas);
        schema.insert("format".to_owned(), "password".into());
        schema
    }

    fn parse(text: &str) -> Result<Self, ParamError> {
        T::parse(text).map(Self::new)
    }
}

/// Types whose `FromStr` decides, with a message of their own.
macro_rules! from_str {
    ($($name:ty: $kind:literal, $msg:literal;)*) => {$(
        impl Param for $name {
            fn schema(schemas: &mut Schemas) -> Schema {
                schemas.taken::<Self>()
            }

            fn parse(text: &str) -> Result<Self, ParamError> {
                text.parse().map_err(|_| ParamError::new($kind, $msg))
            }
        }
    )*};
}

from_str! {
    char: "char_parsing", "Input should be a single character";
    uuid::Uuid: "uuid_parsing", "Input should be a valid UUID";
    IpAddr: "ip_any_address", "Input should be a valid IPv4 or IPv6 address";
    Ipv4Addr: "ip_v4_address", "Input should be a valid IPv4 address";
    Ipv6Addr: "ip_v6_address", "Input should be a valid IPv6 address";
}

#[cfg(feature = "chrono")]
from_str! {
    chrono::NaiveDate: "date_parsing", "Input should be a date such as 2026-11-25";
    chrono::NaiveTime: "time_parsing", "Input should be a time such as 14:30:00";
    chrono::NaiveDateTime: "datetime_parsing", "Input should be a date and time such as 2026-11-25T14:30:00";
    chrono::DateTime<chrono::Utc>: "datetime_parsing", "Input should be a date and time with its offset, such as 2026-11-25T14:30:00Z";
    chrono::DateTime<chrono::FixedOffset>: "datetime_parsing", "Input should be a date and time with its offset, such as 2026-11-25T14:30:00+01:00";
}
