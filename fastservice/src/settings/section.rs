//! Settings of the service itself: structs that it derives `Deserialize` for, read
//! from the same places as the framework's.

use std::{
    any::{Any, TypeId, type_name},
    cell::Cell,
    fmt,
    sync::Arc,
};

use serde::{
    Deserializer, de,
    de::{DeserializeOwned, DeserializeSeed, MapAccess, Visitor, value::StrDeserializer},
    forward_to_deserialize_any,
};

use super::{
    place::Found,
    reader::Reader,
    value::{Refusal, Value},
};
use crate::secret;

pub(super) type AnySection = Arc<dyn Any + Send + Sync>;

/// A struct of settings, to be read beside the framework's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section {
    pub(crate) id: TypeId,
    prefix: &'static str,
    read: fn(&mut Reader, &str) -> Option<AnySection>,
}

impl Section {
    /// The struct `T`, whose field `name` reads `prefix` and `NAME`.
    pub(crate) fn of<T: DeserializeOwned + Send + Sync + 'static>(prefix: &'static str) -> Self {
        let read = |reader: &mut Reader, prefix: &str| -> Option<AnySection> {
            Some(Arc::new(read::<T>(reader, prefix)?))
        };
        Self { id: TypeId::of::<T>(), prefix, read }
    }

    pub(super) fn read(&self, reader: &mut Reader) -> Option<AnySection> {
        (self.read)(reader, self.prefix)
    }
}

/// One field, and what is known about it.
struct Field {
    key: &'static str,
    name: String,
    found: Option<Found>,
    turn: Turn,
    is_secret: Cell<bool>,
}

/// How a field is given to serde. After its mistake is known, serde is to go on to the
/// next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// As it was found.
    Found,
    /// Not at all, which is right for one with a default.
    LeftOut,
    /// As another value.
    StandsIn,
}

impl Field {
    /// Whether the value is one to hide is known when its type has asked for it.
    fn hide_secret(&mut self) {
        if let Some(found) = &mut self.found {
            found.is_hidden |= self.is_secret.get();
        }
    }
}

/// Reads a struct, or records all that is wrong with it. serde stops at the first
/// mistake, so it is asked again and again, each time knowing one mistake more.
fn read<T: DeserializeOwned>(reader: &mut Reader, prefix: &str) -> Option<T> {
    let mut names = Names::default();
    let _ = T::deserialize(&mut names);
    let Some((struct_name, keys)) = names.found else {
        let name = type_name::<T>();
        reader.add_fault(format!("the settings `{name}` are read from a struct with named fields"));
        return None;
    };
    let name = |key: &str| format!("{prefix}{key}").to_uppercase().replace('-', "_");
    reader.know(keys.iter().map(|key| name(key)));
    let look_up = |key: &&'static str| {
        let name = name(key);
        let found = reader.look_up(&name);
        let turn = if found.is_ok() { Turn::Found } else { Turn::LeftOut };
        let found = found.ok().flatten().filter(|found| !found.text.is_empty());
        Field { key, name, found, turn, is_secret: Cell::new(false) }
    };
    let mut fields: Vec<Field> = keys.iter().map(look_up).collect();
    let made = loop {
        let (made, culprit) = attempt::<T>(&fields);
        let refusal = match made {
            Ok(made) => break Some(made),
            Err(refusal) => refusal,
        };
        let culprit = match &refusal {
            Refusal::Missing(key) => fields.iter().position(|field| field.key == *key),
            _ => culprit,
        };
        let Some(field) = culprit.and_then(|culprit| fields.get_mut(culprit)) else {
            reader.add_fault(format!("`{struct_name}`: {refusal}"));
            break None;
        };
        field.turn = match field.turn {
            Turn::Found => {
                field.hide_secret();
                reader.refuse_field(field, struct_name, refusal);
                Turn::LeftOut
            }
            Turn::LeftOut => Turn::StandsIn,
            // No value of this type is known: what follows stays unknown.
            Turn::StandsIn => break None,
        };
    };
    for field in &mut fields {
        field.hide_secret();
        let absent = Found::default("");
        reader.show(&field.name, field.found.as_ref().unwrap_or(&absent));
    }
    made.filter(|_| fields.iter().all(|field| field.turn == Turn::Found))
}

impl Reader {
    fn refuse_field(&mut self, field: &Field, struct_name: &str, refusal: Refusal) {
        let name = &field.name;
        let Some(found) = &field.found else {
            self.add_fault(format!("{name} is not set; `{struct_name}` needs it"));
            return;
        };
        match refusal {
            Refusal::Expected(expected) => self.refuse(name, found, &expected),
            // The words of a type may repeat the value.
            _ if found.is_hidden => self.refuse(name, found, "what its type takes"),
            refusal => self.refuse(name, found, &format!("another value: {refusal}")),
        }
    }
}

/// Deserializes once. On an error also tells which field was read when it happened.
fn attempt<T: DeserializeOwned>(fields: &[Field]) -> (Result<T, Refusal>, Option<usize>) {
    let having = |turn| {
        let fields = fields.iter().enumerate();
        fields.filter(move |(_, field)| field.turn == turn).map(|(index, _)| index)
    };
    let is_found = |index: &usize| fields.get(*index).is_some_and(|field| field.found.is_some());
    // What stands in comes last, as it may not be a value of its field.
    let order = having(Turn::Found).filter(is_found).chain(having(Turn::StandsIn));
    let order: Vec<usize> = order.collect();
    let current = Cell::new(None);
    let made = T::deserialize(Given { fields, order: order.into_iter(), current: &current });
    (made, current.get())
}

/// Fields as the map that a derived `Deserialize` takes.
struct Given<'f> {
    fields: &'f [Field],
    order: std::vec::IntoIter<usize>,
    current: &'f Cell<Option<usize>>,
}

impl<'de> Deserializer<'de> for Given<'_> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_map(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for Given<'_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refusal> {
        self.current.set(self.order.next());
        let field = self.current.get().and_then(|index| self.fields.get(index));
        field.map(|field| seed.deserialize(StrDeserializer::new(field.key))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refusal> {
        let field = self.current.get().and_then(|index| self.fields.get(index));
        let field = field.ok_or_else(|| de::Error::custom("a value without its name"))?;
        let value = match field.found.as_ref().filter(|_| field.turn == Turn::Found) {
            Some(found) => Value::of(&found.text),
            None => Value::standing_in(),
        };
        secret::was_read();
        let made = seed.deserialize(value);
        if secret::was_read() {
            field.is_secret.set(true);
        }
        made
    }
}

/// Learns what a struct and its fields are called, and makes nothing.
#[derive(Default)]
struct Names {
    found: Option<(&'static str, &'static [&'static str])>,
}

impl<'de> Deserializer<'de> for &mut Names {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Refusal> {
        Err(de::Error::custom("no struct"))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Refusal> {
        self.found = Some((name, fields));
        Err(de::Error::custom("only the names were asked for"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
