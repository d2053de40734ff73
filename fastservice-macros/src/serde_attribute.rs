//! Parse: the keys of `#[serde(..)]`, as far as they say how a value is read.
use syn::{Attribute, LitStr, Meta};

use crate::attribute::{self, Entry, Value};

/// Serde reports its own mistakes, so what cannot be read here is left to it.
pub(crate) fn serde(attributes: &[Attribute]) -> impl Iterator<Item = Entry> {
    let lists = attributes.iter().filter(|attribute| attribute.path().is_ident("serde"));
    let entries = lists.flat_map(|attribute| match &attribute.meta {
        Meta::List(list) => attribute::entries(list.tokens.clone()),
        Meta::Path(_) | Meta::NameValue(_) => Vec::new(),
    });
    entries.filter_map(Result::ok)
}

/// `rename = "x"`, or the half of `rename(serialize = "y", deserialize = "x")` for reading.
pub(crate) fn deserialized(entry: Entry) -> Option<LitStr> {
    match entry.value {
        Value::Text(text) => Some(text),
        Value::Nested(list) => {
            let entries = attribute::entries(list);
            let mut entries = entries.into_iter().filter_map(Result::ok);
            entries.find(|entry| entry.key == "deserialize").and_then(deserialized)
        }
        _ => None,
    }
}
