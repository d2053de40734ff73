use std::{borrow::Cow, error::Error as StdError, fmt};

use crate::error::BoxError;

/// Why the database cannot be used: what is wrong, and what to do.
#[derive(Debug)]
pub struct OpenError {
    text: Cow<'static, str>,
    source: Option<BoxError>,
    outlook: Outlook,
}

/// What comes of waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "a file is there or not"))]
pub(super) enum Outlook {
    /// Nothing: somebody must change something.
    Lasting,
    /// The database may come back, as after a restart.
    Passing,
    /// The database is there, and takes no more connections.
    Full,
}

impl OpenError {
    pub(super) fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into(), source: None, outlook: Outlook::Lasting }
    }

    /// The service does not run them by itself.
    pub(crate) fn pending(names: &[String]) -> Self {
        Self::new(format!(
            "migrations are pending: {}; run the command `migrate`, or set DATABASE_MIGRATE to \
             `true`",
            names.join(", ")
        ))
    }

    pub(super) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "a file is there or not"))]
    pub(super) fn with_outlook(mut self, outlook: Outlook) -> Self {
        self.outlook = outlook;
        self
    }

    pub(super) fn outlook(&self) -> Outlook {
        self.outlook
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
