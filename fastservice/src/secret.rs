//! Values that are not printed.

use std::{borrow::Cow, cell::Cell, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, de};

/// A value that neither `Debug` nor an error answer shows, such as a password.
///
/// It has no `Display` and no `Serialize`; [`expose`](Secret::expose) is the
/// one way to its content.
///
/// ```
/// use fastservice::Secret;
///
/// let password = Secret::new("hunter2");
/// assert_eq!(format!("{password:?}"), "Secret");
/// assert_eq!(*password.expose(), "hunter2");
/// ```
#[derive(Clone, Default)]
pub struct Secret<T>(T);

/// What stands in an error instead of the reason why a secret was refused.
pub(crate) const REFUSED: &str = "a secret value is not valid";

thread_local! {
    static WAS_READ: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread has deserialized a secret since it was asked last. A deserializer
/// is not told what its value is for, and ours must know what not to show.
pub(crate) fn was_read() -> bool {
    WAS_READ.take()
}

impl<T> Secret<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. It must not get into a log, an error or an answer.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl<T: JsonSchema> JsonSchema for Secret<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Secret_{}", T::schema_name()).into()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("Secret<{}>", T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        schema.insert("format".to_owned(), "password".into());
        schema.insert("writeOnly".to_owned(), true.into());
        schema
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WAS_READ.set(true);
        T::deserialize(deserializer).map(Self).map_err(|error| {
            // Other reasons repeat parts of the value.
            if error.to_string().starts_with("missing field") {
                error
            } else {
                de::Error::custom(REFUSED)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Login {
        _password: Secret<u8>,
    }

    #[test]
    fn a_secret_that_is_missing_is_said_to_be() {
        let missing = serde_json::from_str::<Login>("{}").unwrap_err().to_string();
        let wrong = serde_json::from_str::<Login>("{\"_password\": 300}").unwrap_err().to_string();

        assert!(missing.starts_with("missing field `_password`"), "{missing}");
        assert!(wrong.starts_with(REFUSED), "{wrong}");
    }
}
