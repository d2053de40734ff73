use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::OpenError;

/// Which database a URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Location {
    /// A file of SQLite.
    File(Arc<Path>),
    /// A database of SQLite in this process, under a name of its own.
    Memory(Arc<str>),
}

impl Location {
    /// Reads `sqlite:PATH`, also with slashes as in `sqlite://PATH`, or `sqlite::memory:`.
    ///
    /// # Errors
    /// What is wrong with it. The URL itself is not repeated: it may hold a password.
    pub(super) fn parse(url: &str) -> Result<Self, OpenError> {
        let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
        if !scheme.eq_ignore_ascii_case("sqlite") {
            return Err(OpenError::new(match scheme {
                "postgres" | "postgresql" => {
                    "this build has no PostgreSQL; set DATABASE_URL to `sqlite:PATH`"
                }
                _ => "DATABASE_URL must be `sqlite:PATH`, for example `sqlite:service.db`",
            }));
        }
        match rest.strip_prefix("//").unwrap_or(rest) {
            "" => Err(OpenError::new(
                "DATABASE_URL names no file; write for example `sqlite:service.db`",
            )),
            ":memory:" => Ok(Self::in_memory()),
            path => Ok(Self::File(Path::new(path).into())),
        }
    }

    fn in_memory() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        // The VFS `memdb` shares a database whose name begins with a slash.
        Self::Memory(format!("file:/fastservice-{number}?vfs=memdb").into())
    }

    /// The name that SQLite opens.
    pub(super) fn to_sqlite_name(&self) -> String {
        match self {
            Self::Memory(name) => name.as_ref().to_owned(),
            // Absolute, so that no file's name is taken for a `file:` URI or `:memory:`.
            Self::File(path) => {
                let path = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(&**path));
                path.to_string_lossy().into_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file_or_the_memory() {
        for (url, path) in [
            ("sqlite:a.db", "a.db"),
            ("SQLITE:a.db", "a.db"),
            ("sqlite://a.db", "a.db"),
            ("sqlite:/data/a.db", "/data/a.db"),
            ("sqlite:///data/a b.db", "/data/a b.db"),
        ] {
            assert_eq!(Location::parse(url).unwrap(), Location::File(Path::new(path).into()));
        }
        assert!(matches!(Location::parse("sqlite::memory:").unwrap(), Location::Memory(_)));
    }

    #[test]
    fn each_database_in_memory_is_its_own() {
        let memory = || Location::parse("sqlite::memory:").unwrap();

        assert_ne!(memory(), memory());
    }

    #[test]
    fn a_wrong_url_says_what_to_write_and_is_not_repeated() {
        for url in ["", "a.db", "sqlite:", "sqlite://", "mysql://me:hunter2@db", "hunter2"] {
            let text = Location::parse(url).unwrap_err().to_string();

            assert!(text.contains("DATABASE_URL") && text.contains("`sqlite:"), "{text}");
            assert!(!text.contains("hunter2"), "{text}");
        }
        let text = Location::parse("postgres://me:hunter2@db/app").unwrap_err().to_string();
        assert!(text.contains("PostgreSQL") && !text.contains("hunter2"), "{text}");
    }
}
