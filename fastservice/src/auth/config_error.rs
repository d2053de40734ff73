use std::{error::Error, fmt};

/// What is wrong in the configuration of access control: all of it at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    faults: Vec<String>,
}

impl ConfigError {
    pub(crate) fn new(faults: Vec<String>) -> Self {
        Self { faults }
    }

    /// Each fault in words, at least one.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.faults
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.faults.join("; "))
    }
}

impl Error for ConfigError {}
