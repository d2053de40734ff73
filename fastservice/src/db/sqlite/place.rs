use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::db::OpenError;

/// Where a database of SQLite is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::db) enum Place {
    File(Arc<Path>),
    /// In this process, under a name of its own.
    Memory(Arc<str>),
}

impl Place {
    /// Reads what follows `sqlite:`: a path, also after two slashes, or `:memory:`.
    ///
    /// # Errors
    /// When it names nothing.
    pub(in crate::db) fn parse(rest: &str) -> Result<Self, OpenError> {
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

    pub(in crate::db) fn is_in_memory(&self) -> bool {
        matches!(self, Self::Memory(_))
    }

    /// The name that SQLite opens.
    pub(super) fn to_sqlite_name(&self) -> String {
        match self {
            Self::Memory(name) => name.as_ref().to_owned(),
            Self::File(path) => absolute(path),
        }
    }

    /// The name that SQLite opens for reading, without a file beside it: it makes one for
    /// a database in WAL, unless it is told that nobody writes. While somebody does, the
    /// file is there.
    pub(super) fn to_reading_name(&self) -> String {
        match self {
            Self::Memory(name) => name.as_ref().to_owned(),
            Self::File(path) => {
                let path = absolute(path);
                let is_written = Path::new(&format!("{path}-wal")).exists();
                let way = if is_written { "mode=ro" } else { "mode=ro&immutable=1" };
                let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
                format!("file:{path}?{way}")
            }
        }
    }
}

/// Absolute, so that no file's name is taken for a `file:` URI or `:memory:`.
fn absolute(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_come_after_slashes() {
        for (rest, path) in [
            ("a.db", "a.db"),
            ("//a.db", "a.db"),
            ("/data/a.db", "/data/a.db"),
            ("///data/a b.db", "/data/a b.db"),
        ] {
            assert_eq!(Place::parse(rest).unwrap(), Place::File(Path::new(path).into()));
        }
        assert!(Place::parse(":memory:").unwrap().is_in_memory());
        assert!(Place::parse("//").is_err());
    }

    #[test]
    fn each_database_in_memory_is_its_own() {
        let memory = || Place::parse(":memory:").unwrap();

        assert_ne!(memory(), memory());
    }
}
