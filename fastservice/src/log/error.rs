use std::{fmt, io, path::Path};

/// Why the log cannot be set up: everything that is wrong, at once.
#[derive(Debug)]
pub struct LogError(Vec<String>);

impl LogError {
    pub(super) fn new(faults: Vec<String>) -> Self {
        Self(faults)
    }

    pub(super) fn unreadable(file: &Path, error: &io::Error) -> Self {
        Self(vec![format!(
            "{}: {error}; set LOG_CONFIG to a file that can be read",
            file.display()
        )])
    }

    pub(super) fn no_thread(error: &io::Error) -> Self {
        Self(vec![format!("the log needs a thread: {error}")])
    }
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for LogError {}
