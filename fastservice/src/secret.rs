//! Values that are not printed.

use std::fmt;

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

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Reasons repeat parts of the value.
        T::deserialize(deserializer).map(Self).map_err(|_| de::Error::custom(REFUSED))
    }
}
