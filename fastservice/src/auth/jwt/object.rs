//! JSON objects that name no member twice.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value, map::Entry};

use super::Refusal;

/// The JSON object in one part of a token.
///
/// Repeated members are refused, as readers disagree about which one counts (RFC 7519
/// section 4). `serde_json` bounds the depth.
pub(super) fn decode(part: &str) -> Result<Map<String, Value>, Refusal> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed)?;
    let Object(members) = serde_json::from_slice(&json).map_err(|_| Refusal::Malformed)?;
    Ok(members)
}

struct Object(Map<String, Value>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Object, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            match members.entry(name) {
                Entry::Vacant(member) => member.insert(access.next_value()?),
                Entry::Occupied(_) => return Err(A::Error::custom("repeated member")),
            };
        }
        Ok(Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(json: impl AsRef<[u8]>) -> Result<Map<String, Value>, Refusal> {
        decode(&URL_SAFE_NO_PAD.encode(json))
    }

    #[test]
    fn an_object_is_read() {
        assert_eq!(decoded(r#" {"a": 1, "b": {"a": 2}} "#).unwrap().len(), 2);
    }

    #[test]
    fn what_is_not_one_object_is_malformed() {
        let deep = format!(r#"{{"a": {}}}"#, "[".repeat(200) + &"]".repeat(200));
        let repeated_escaped = r#"{"a": 1, "\u0061": 2}"#;
        for json in ["", "[]", "[[\"a\",1]]", "1", "null", "\"a\"", "{", "{}{}", "{} x", "{a:1}"]
            .into_iter()
            .chain([deep.as_str(), r#"{"a": 1, "a": 1}"#, repeated_escaped, "\u{feff}{}"])
        {
            assert_eq!(decoded(json), Err(Refusal::Malformed), "{json}");
        }
        assert_eq!(decoded(b"{\"a\": \"\xff\"}"), Err(Refusal::Malformed));
    }

    #[test]
    fn base64url_has_one_spelling() {
        for part in ["e30=", "e31", "e30 ", "e3", "e+0"] {
            assert_eq!(decode(part), Err(Refusal::Malformed), "{part}");
        }
        assert!(decode("e30").unwrap().is_empty());
    }
}
