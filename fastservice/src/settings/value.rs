//! One text as the value that serde asks for.

use std::fmt;

use serde::{
    Deserializer, de,
    de::{
        Expected, IntoDeserializer, Unexpected, Visitor,
        value::{SeqDeserializer, StrDeserializer},
    },
};

use super::{reader::listed, units};

/// What stands in for a value: a number, a text, a list, a duration and `true`.
const STAND_IN: &str = "1";

/// A text that is to become a value.
#[derive(Clone, Copy)]
pub(super) struct Value<'t> {
    text: &'t str,
    is_stand_in: bool,
}

impl<'t> Value<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, is_stand_in: false }
    }

    pub(super) fn standing_in() -> Self {
        Self { text: STAND_IN, is_stand_in: true }
    }

    /// Words separated by blanks, commas or both.
    fn words(self) -> impl Iterator<Item = Self> {
        let words = self.text.split(|c: char| c == ',' || c.is_whitespace());
        words.filter(|word| !word.is_empty()).map(move |text| Self { text, ..self })
    }

    fn parsed<T: std::str::FromStr>(self, expected: impl FnOnce() -> String) -> Result<T, Refusal> {
        self.text.parse().map_err(|_| Refusal::Expected(expected()))
    }
}

/// Why a text is no value.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The field of this name was not given, and has no default.
    Missing(&'static str),
    /// What was expected; it does not repeat the value.
    Expected(String),
    /// Words of the type itself, which may repeat the value.
    Other(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The words of serde, by which `Secret` knows that no value was there.
            Self::Missing(name) => write!(f, "missing field `{name}`"),
            Self::Expected(expected) => write!(f, "expected {expected}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Refusal {}

impl de::Error for Refusal {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::Other(text.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Expected(expected.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Expected(expected.to_string())
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::Expected(expected.to_string())
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::Expected(listed(expected.iter().copied()))
    }

    fn missing_field(name: &'static str) -> Self {
        Self::Missing(name)
    }
}

macro_rules! numbers {
    ($($deserialize:ident $visit:ident $number:ty),* $(,)?) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            let (least, most) = (<$number>::MIN, <$number>::MAX);
            visitor.$visit(self.parsed(|| format!("a whole number from {least} to {most}"))?)
        }
    )*};
}

macro_rules! texts {
    ($($deserialize:ident)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            visitor.visit_str(self.text)
        }
    )*};
}

impl<'de> Deserializer<'de> for Value<'_> {
    type Error = Refusal;

    numbers! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_i128 visit_i128 i128,
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64, deserialize_u128 visit_u128 u128,
    }

    texts! {
        deserialize_any deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_identifier
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_bool(units::switch(self.text).map_err(Refusal::Expected)?)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let expected = || "a number".to_owned();
        let number: f64 = self.parsed(expected)?;
        if number.is_finite() {
            visitor.visit_f64(number)
        } else {
            Err(Refusal::Expected(expected()))
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_char(self.parsed(|| "one character".to_owned())?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_seq(SeqDeserializer::new(self.words()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Refusal> {
        Err(Refusal::Expected("a field of a type that is one value".to_owned()))
    }

    /// A `Duration` is a struct to serde.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        if (name, fields) != ("Duration", &["secs", "nanos"]) {
            return self.deserialize_map(visitor);
        }
        let duration = units::duration(self.text).map_err(Refusal::Expected)?;
        let parts = [duration.as_secs(), duration.subsec_nanos().into()];
        visitor.visit_seq(SeqDeserializer::new(parts.into_iter()))
    }

    /// A variant without fields, in any case.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let is_meant =
            |variant: &&&str| self.is_stand_in || variant.eq_ignore_ascii_case(self.text);
        let variant = variants.iter().find(is_meant);
        let variant = variant.ok_or_else(|| de::Error::unknown_variant(self.text, variants))?;
        visitor.visit_enum(StrDeserializer::new(variant))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }
}

impl IntoDeserializer<'_, Refusal> for Value<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
