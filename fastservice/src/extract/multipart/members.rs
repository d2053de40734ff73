//! A value made of a form's parts.

use std::{fmt::Display, str::FromStr};

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, Error as _, IntoDeserializer, Visitor,
        value::{Error, MapDeserializer, SeqDeserializer},
    },
};
use serde_json::Value;

use super::{
    parts::Members,
    upload::{self, Upload},
};
use crate::{error::Result, extract::serde_error};

/// Makes the value, or says which part is wrong.
pub(super) fn deserialize<T: DeserializeOwned>(members: &Members) -> Result<T> {
    let pairs = members.iter().map(|(name, parts)| (name.as_str(), Member(parts)));
    let form = MapDeserializer::<_, Error>::new(pairs);
    serde_path_to_error::deserialize(form).map_err(|traced| {
        let text = traced.inner().to_string();
        serde_error::wrong_input("body", Some(traced.path()), &text, || Some(shown(members)))
    })
}

/// What may be shown of a refused form: its texts.
fn shown(members: &Members) -> Value {
    let texts = |parts: &Vec<Upload>| match &parts[..] {
        [part] => text_of(part).map(Value::from),
        parts => Some(parts.iter().map(text_of).collect()),
    };
    let members = members.iter();
    members.filter_map(|(name, parts)| Some((name.clone(), texts(parts)?))).collect()
}

fn text_of(part: &Upload) -> Option<&str> {
    if part.file_name().is_some() {
        return None;
    }
    std::str::from_utf8(part.content()).ok()
}

/// All parts of one name.
#[derive(Clone, Copy)]
struct Member<'p>(&'p [Upload]);

impl<'p> Member<'p> {
    fn text(self) -> Option<&'p str> {
        let [part] = self.0 else { return None };
        std::str::from_utf8(part.content()).ok()
    }
}

impl<'de> IntoDeserializer<'de> for Member<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Numbers and truth values, which serde would not take from text.
macro_rules! parse {
    ($parse:ident: $($deserialize:ident $visit:ident,)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.text() {
                Some(text) => visitor.$visit($parse(text)?),
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

fn number<N: FromStr<Err: Display>>(text: &str) -> Result<N, Error> {
    text.parse().map_err(Error::custom)
}

fn finite_number<N: FromStr<Err: Display> + Into<f64> + Copy>(text: &str) -> Result<N, Error> {
    let number: N = number(text)?;
    if number.into().is_finite() { Ok(number) } else { Err(Error::custom(serde_error::INFINITE)) }
}

/// A box that is ticked is `on`, as `Form` takes it; one that is not, is not sent.
fn boolean(text: &str) -> Result<bool, Error> {
    if text == "on" { Ok(true) } else { text.parse().map_err(Error::custom) }
}

impl<'de> Deserializer<'de> for Member<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match (self.text(), self.0) {
            (Some(text), _) => visitor.visit_str(text),
            (None, [part]) => visitor.visit_bytes(part.content()),
            (None, _) => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(SeqDeserializer::new(self.0.chunks(1).map(Member)))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            [part] => visitor.visit_bytes(part.content()),
            _ => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.text() == Some("") && is_none_when_empty::<V::Value>() {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            [part] if name == upload::NAME => upload::hand(part, visitor),
            _ if name == upload::NAME => self.deserialize_seq(visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.text() {
            Some(text) => visitor.visit_enum(text.into_deserializer()),
            None => self.deserialize_any(visitor),
        }
    }

    /// An object is a part with JSON, as `OpenAPI` has it where nothing else is said.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Some(text) = self.text() else { return self.deserialize_any(visitor) };
        let mut json = serde_json::Deserializer::from_str(text);
        let value = json.deserialize_map(visitor).and_then(|value| json.end().map(|()| value));
        value.map_err(|error| {
            let place = format!(" at line {} column {}", error.line(), error.column());
            let text = error.to_string();
            Error::custom(text.strip_suffix(&place).unwrap_or(&text))
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    parse! { boolean: deserialize_bool visit_bool, }

    parse! {
        number:
        deserialize_i8 visit_i8,
        deserialize_i16 visit_i16,
        deserialize_i32 visit_i32,
        deserialize_i64 visit_i64,
        deserialize_i128 visit_i128,
        deserialize_u8 visit_u8,
        deserialize_u16 visit_u16,
        deserialize_u32 visit_u32,
        deserialize_u64 visit_u64,
        deserialize_u128 visit_u128,
    }

    parse! { finite_number: deserialize_f32 visit_f32, deserialize_f64 visit_f64, }

    serde::forward_to_deserialize_any! { char str string unit unit_struct identifier }
}

/// What a form leaves empty is left out where no text is no value, as `Form` does it.
fn is_none_when_empty<T>() -> bool {
    macro_rules! is_any {
        ($($plain:ty)*) => {
            [$(typeid::of::<Option<$plain>>()),*].contains(&typeid::of::<T>())
        };
    }
    is_any!(bool i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64)
}
