use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use super::{
    env_file::Entry,
    report::{MASK, on_one_line},
};

/// The largest file of one value. A larger one is something else.
const LARGEST_VALUE: u64 = 64 * 1024;

/// Where values of names are; names are in upper case.
pub(super) enum Place {
    /// The environment of the process, or pairs that a test gave. A value is `None`
    /// when it is not UTF-8.
    Variables { label: &'static str, values: BTreeMap<String, Option<String>> },
    /// The file `env_config`.
    Lines { path: PathBuf, entries: BTreeMap<String, Entry> },
    /// A folder with a file for each secret.
    Folder { files: BTreeMap<String, PathBuf> },
}

/// The text of a setting, and where it came from.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) origin: String,
    /// What has a file of its own is taken for a secret, whatever its name.
    pub(super) is_hidden: bool,
}

impl Place {
    /// The value of a name. An empty one counts as absent.
    ///
    /// # Errors
    /// The whole mistake, without the value.
    pub(super) fn find(&self, name: &str) -> Result<Option<Found>, String> {
        let found = match self {
            Self::Variables { label, values } => match values.get(name) {
                Some(Some(text)) => Found::open(text, (*label).to_owned()),
                Some(None) => {
                    return Err(format!("{name} ({label}) is not UTF-8; expected UTF-8 text"));
                }
                None => return Ok(None),
            },
            Self::Lines { path, entries } => match entries.get(name) {
                Some(entry) => {
                    Found::open(&entry.value, format!("{}:{}", path.display(), entry.line))
                }
                None => return Ok(None),
            },
            Self::Folder { files } => match files.get(name) {
                Some(path) => Found::in_file(name, path, path.display().to_string())?,
                None => return Ok(None),
            },
        };
        Ok(Some(found).filter(|found| !found.text.is_empty()))
    }

    /// The file that `NAME_FILE` names here.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub(super) fn find_file(&self, name: &str) -> Result<Option<String>, String> {
        // A secret that is the path of a secret is more likely a mistake.
        if matches!(self, Self::Folder { .. }) {
            return Ok(None);
        }
        Ok(self.find(&format!("{name}_FILE"))?.map(|found| found.text))
    }

    /// The names here, as they are written in a file, and where each is.
    pub(super) fn names(&self) -> Vec<(&str, String)> {
        match self {
            Self::Variables { label, values } => {
                values.keys().map(|name| (name.as_str(), (*label).to_owned())).collect()
            }
            Self::Lines { path, entries } => {
                let origin = |entry: &Entry| format!("{}:{}", path.display(), entry.line);
                entries.values().map(|entry| (entry.name.as_str(), origin(entry))).collect()
            }
            Self::Folder { files } => {
                let origin = |path: &PathBuf| path.display().to_string();
                files.iter().map(|(name, path)| (name.as_str(), origin(path))).collect()
            }
        }
    }

    /// The secrets of a folder. What is hidden there or is a folder is none: Kubernetes
    /// keeps versions in folders such as `..data`, to which its files are links.
    pub(super) fn folder(folder: &Path) -> std::io::Result<Self> {
        let mut files = BTreeMap::new();
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder)? {
            paths.push(entry?.path());
        }
        paths.sort();
        for path in paths {
            let name = path.file_name().and_then(|name| name.to_str());
            let Some(name) = name.filter(|name| !name.starts_with('.')) else { continue };
            let name = name.to_ascii_uppercase();
            if !path.is_dir() {
                files.entry(name).or_insert(path);
            }
        }
        Ok(Self::Folder { files })
    }
}

impl Found {
    fn open(text: &str, origin: String) -> Self {
        Self { text: text.to_owned(), origin, is_hidden: false }
    }

    fn in_file(name: &str, path: &Path, origin: String) -> Result<Self, String> {
        match value_of(path) {
            Ok(text) => Ok(Self { text, origin, is_hidden: true }),
            Err(fault) => Err(format!("{name} ({origin}) {fault}")),
        }
    }

    /// The content of the file that `NAME_FILE` names.
    ///
    /// # Errors
    /// The whole mistake.
    pub(super) fn named(name: &str, path: &str) -> Result<Self, String> {
        let path = Path::new(path);
        // Where a path is expected somebody will write the secret itself.
        let shown = if path.is_absolute() {
            on_one_line(&path.display().to_string())
        } else {
            MASK.to_owned()
        };
        let origin = format!("file {shown} named by {name}_FILE");
        let found = Self::in_file(name, path, origin)?;
        if found.text.is_empty() {
            return Err(format!("{name} ({}) is empty; expected a value", found.origin));
        }
        Ok(found)
    }

    pub(super) fn default(text: &str) -> Self {
        Self::open(text, "default".to_owned())
    }
}

/// The content of a file of one value, without the line end that editors and `echo` add.
fn value_of(path: &Path) -> Result<String, String> {
    let bytes = content(path, LARGEST_VALUE)?;
    let mut text = String::from_utf8(bytes).map_err(|_| "is not UTF-8; expected UTF-8 text")?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

/// The content of a file, as a part of a sentence when there is none.
pub(super) fn content(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    // Reading anything else may wait forever.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err("is a folder or a device; expected a file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(format!("is too large; expected {} KiB at most", limit / 1024));
    }
    Ok(bytes)
}
