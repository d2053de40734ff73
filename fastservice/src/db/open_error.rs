use std::{borrow::Cow, error::Error as StdError, fmt};

use crate::error::BoxError;

/// Why the database cannot be used: what is wrong, and what to do.
#[derive(Debug)]
pub struct OpenError {
    text: Cow<'static, str>,
    source: Option<BoxError>,
}

impl OpenError {
    pub(super) fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into(), source: None }
    }

    pub(super) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for OpenError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
