use std::{cell::Cell, fmt};

use bytes::Bytes;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{self, Unexpected, Visitor},
};

/// What a deserializer that has files knows the type by.
pub(super) const NAME: &str = "fastservice::Upload";

/// A file of a [`Multipart`](super::Multipart) form.
///
/// ```
/// use fastservice::prelude::*;
///
/// // In a test, for a handler that is called as a function.
/// let upload = Upload::new("a,b").with_file_name("../a.csv").with_content_type("text/csv");
///
/// assert_eq!(upload.file_name(), Some("a.csv"));
/// assert_eq!(upload.content(), "a,b");
/// ```
///
/// It cannot be a member of a type that serde reads in two steps: one with
/// `#[serde(flatten)]`, or an enum with a `tag` or `untagged`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Upload {
    file_name: Option<String>,
    content_type: Option<String>,
    content: Bytes,
}

impl Upload {
    /// A file without a name.
    #[must_use]
    pub fn new(content: impl Into<Bytes>) -> Self {
        Self { file_name: None, content_type: None, content: content.into() }
    }

    /// Gives it a name, of which the last part is kept.
    #[must_use]
    pub fn with_file_name(mut self, file_name: &str) -> Self {
        self.file_name = bare(file_name).map(str::to_owned);
        self
    }

    /// Gives it a media type.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// What the client calls it, without folders. Any text may come, also one that another file
    /// has: store files under names of your own.
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    /// What the client says it is, such as `image/png`. It may be something else.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// What is in it.
    #[must_use]
    pub fn content(&self) -> &Bytes {
        &self.content
    }

    /// What is in it, without a copy.
    #[must_use]
    pub fn into_content(self) -> Bytes {
        self.content
    }
}

/// The last part of a name that may be a path, of Unix or of Windows.
fn bare(name: &str) -> Option<&str> {
    let last = name.rsplit(['/', '\\']).next()?;
    (!matches!(last, "" | "." | "..") && !last.contains(char::is_control)).then_some(last)
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("file_name", &self.file_name)
            .field("content_type", &self.content_type)
            .field("length", &self.content.len())
            .finish()
    }
}

impl JsonSchema for Upload {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Upload".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // The first is of OpenAPI 3.1; the second, of 3.0, is what generators of clients look at.
        json_schema!({
            "type": "string",
            "contentMediaType": "application/octet-stream",
            "format": "binary",
        })
    }
}

thread_local! {
    // Serde has no way for bytes that are shared: they are put here in the moment before the
    // visitor takes them, so that they are not copied.
    static HANDED: Cell<Option<Upload>> = const { Cell::new(None) };
}

/// Gives the file to a visitor that was made below.
pub(super) fn hand<'de, V: Visitor<'de>, E: de::Error>(
    upload: &Upload,
    visitor: V,
) -> Result<V::Value, E> {
    HANDED.set(Some(upload.clone()));
    let value = visitor.visit_unit();
    HANDED.set(None);
    value
}

impl<'de> Deserialize<'de> for Upload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NAME, Taker)
    }
}

struct Taker;

impl Visitor<'_> for Taker {
    type Value = Upload;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a file of a form")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Upload, E> {
        HANDED.take().ok_or_else(|| E::invalid_type(Unexpected::Unit, &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_no_path() {
        for (name, kept) in [
            ("a.txt", Some("a.txt")),
            ("../../etc/passwd", Some("passwd")),
            (r"C:\temp\a b.txt", Some("a b.txt")),
            ("a/", None),
            ("..", None),
            ("a\0.txt", None),
            ("", None),
        ] {
            assert_eq!(Upload::new("").with_file_name(name).file_name(), kept, "{name}");
        }
    }

    #[test]
    fn only_a_form_has_files() {
        for json in ["null", "\"text\"", "{}", "[1]"] {
            let error = serde_json::from_str::<Upload>(json).unwrap_err().to_string();
            assert!(error.contains("expected a file of a form"), "{json}: {error}");
        }
    }
}
