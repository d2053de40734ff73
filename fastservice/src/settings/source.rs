use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt, io,
    path::{Path, PathBuf},
};

use super::{
    IS_DEVELOPMENT, env_file,
    place::{Found, Place, content},
    report::Setting,
};

/// The largest `env_config`. A larger file is something else.
const LARGEST_FILE: u64 = 1024 * 1024;
const FILE: &str = "/env_config";
const FOLDER: &str = "/run/secrets";

/// Names that say where the others are, so they count in the environment only.
const ENV_CONFIG: &str = "ENV_CONFIG";
const SECRETS_DIR: &str = "SECRETS_DIR";

/// Where settings are read from: places in order, of which the first that has a value wins.
///
/// 1. The environment of the process.
/// 2. The file that its `ENV_CONFIG` names, else `/env_config` if there is one, else,
///    in a development build, `env_config` in the working directory.
/// 3. The folder that its `SECRETS_DIR` names, else `/run/secrets`: a file for each
///    value, named after its setting.
/// 4. The defaults.
///
/// In the first two, `NAME_FILE` may name a file that holds the value of `NAME`.
#[derive(Default)]
pub struct Source {
    places: Vec<Place>,
    defaults: BTreeMap<String, String>,
    unnamed: Unnamed,
    config_folder: Option<PathBuf>,
    shown: Vec<Setting>,
    faults: Vec<String>,
    notes: Vec<String>,
}

/// A place that has no name of its own in the environment.
#[derive(Clone, Copy, Default)]
enum Unnamed {
    /// Where deployments put it.
    Usual,
    /// Nowhere: a test reads nothing of this machine.
    #[default]
    Nowhere,
}

impl Source {
    /// The environment of the process, and the places that it names.
    #[must_use]
    pub fn environment() -> Self {
        let variables = std::env::vars_os();
        Self::new("environment", variables, Unnamed::Usual)
    }

    /// Pairs of name and value in place of the environment, for tests. Without
    /// `ENV_CONFIG` and `SECRETS_DIR` among them no file or folder is read.
    #[must_use]
    pub fn pairs<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Self {
        let variables = pairs.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self::new("given", variables, Unnamed::Nowhere)
    }

    /// Sets what counts when no value is given, in place of the framework's default.
    #[must_use]
    pub fn with_default(mut self, name: &str, value: impl Into<String>) -> Self {
        self.defaults.insert(name.to_ascii_uppercase(), value.into());
        self
    }

    /// Variables in place of those of the process.
    #[cfg(test)]
    pub(super) fn of(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self::new("environment", variables.into_iter(), Unnamed::Nowhere)
    }

    fn new(
        label: &'static str,
        variables: impl Iterator<Item = (OsString, OsString)>,
        unnamed: Unnamed,
    ) -> Self {
        Self::of_names(label, by_name(variables), unnamed)
    }

    /// The same variables, and what is now in the places that they name.
    pub(super) fn again(&self) -> Self {
        let Some(Place::Variables { label, values }) = self.places.first() else {
            return Self::default();
        };
        let again = Self::of_names(label, values.clone(), self.unnamed);
        Self { defaults: self.defaults.clone(), ..again }
    }

    fn of_names(
        label: &'static str,
        variables: BTreeMap<String, Option<String>>,
        unnamed: Unnamed,
    ) -> Self {
        let mut source = Self { unnamed, ..Self::default() };
        let named =
            |name: &str| variables.get(name).cloned().flatten().filter(|path| !path.is_empty());
        let (file, folder) = (named(ENV_CONFIG), named(SECRETS_DIR));
        source.places.push(Place::Variables { label, values: variables });
        source.open_file(file, label, unnamed);
        source.open_folder(folder.as_deref(), label, unnamed);
        source
    }

    fn open_file(&mut self, named: Option<String>, label: &str, unnamed: Unnamed) {
        let (path, origin) = match (named, unnamed) {
            (Some(path), _) => (Some(PathBuf::from(path)), label),
            (None, Unnamed::Usual) => (usual_file(), "default"),
            (None, Unnamed::Nowhere) => return,
        };
        self.show(ENV_CONFIG, path.as_deref(), origin);
        let Some(path) = path else { return };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        self.config_folder = Some(folder.unwrap_or(Path::new(".")).to_owned());
        match content(&path, LARGEST_FILE) {
            Ok(bytes) => self.add_lines(path, env_file::parse(&bytes)),
            Err(fault) => {
                self.faults.push(format!("{ENV_CONFIG} ({origin}) {} {fault}", path.display()));
            }
        }
    }

    fn add_lines(&mut self, path: PathBuf, file: env_file::EnvFile) {
        let place = |line: usize| format!("{}:{line}", path.display());
        let faults =
            file.faults.iter().map(|fault| format!("{} {}", place(fault.line), fault.what));
        self.faults.extend(faults);
        let mut entries: BTreeMap<String, env_file::Entry> = BTreeMap::new();
        for entry in file.entries {
            if entry.names_variables {
                self.notes.push(format!(
                    "{} has a `${{…}}`, which stays as it is written",
                    place(entry.line)
                ));
            }
            let name = entry.name.to_ascii_uppercase();
            let line = entry.line;
            if let Some(earlier) = entries.insert(name, entry) {
                self.notes.push(format!(
                    "{} sets the same name as line {line}, which counts",
                    place(earlier.line)
                ));
            }
        }
        self.places.push(Place::Lines { path, entries });
    }

    fn open_folder(&mut self, named: Option<&str>, label: &str, unnamed: Unnamed) {
        let (path, origin) = match (named, unnamed) {
            (Some(path), _) => (Path::new(path), label),
            (None, Unnamed::Usual) => (Path::new(FOLDER), "default"),
            (None, Unnamed::Nowhere) => return,
        };
        self.show(SECRETS_DIR, Some(path), origin);
        let place = path.display();
        match Place::folder(path) {
            Ok(folder) => self.places.push(folder),
            Err(error) if named.is_some() => {
                let fault = format!("{SECRETS_DIR} ({label}) {place} cannot be read: {error}");
                self.faults.push(fault);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.notes.push(format!("{place} cannot be read: {error}")),
        }
    }

    fn show(&mut self, name: &str, path: Option<&Path>, origin: &str) {
        let value = path.map(|path| path.display().to_string()).unwrap_or_default();
        self.shown.push(Setting { name: name.to_owned(), value, origin: origin.to_owned() });
    }

    /// What is given for a name, in the first place that has it. `has_companion` says
    /// that `NAME_FILE` may name a file of it.
    ///
    /// # Errors
    /// The whole mistake, without the value.
    pub(super) fn find(&self, name: &str, has_companion: bool) -> Result<Option<Found>, String> {
        for place in &self.places {
            let file = if has_companion { place.find_file(name)? } else { None };
            match (place.find(name)?, file) {
                (Some(Found { origin, .. }), Some(_)) => {
                    return Err(format!("{name} ({origin}) and {name}_FILE are set; expected one"));
                }
                (Some(found), None) => return Ok(Some(found)),
                (None, Some(path)) => return Found::named(name, &path).map(Some),
                (None, None) => {}
            }
        }
        Ok(None)
    }

    /// The service's default of a name.
    pub(super) fn default_of(&self, name: &str) -> Option<&str> {
        self.defaults.get(name).map(String::as_str)
    }

    pub(super) fn places(&self) -> &[Place] {
        &self.places
    }

    /// The folder of the `env_config` file.
    pub(super) fn config_folder(&self) -> Option<&Path> {
        self.config_folder.as_deref()
    }

    /// Where the places themselves are.
    pub(super) fn shown(&self) -> &[Setting] {
        &self.shown
    }

    /// What is wrong with the places themselves.
    pub(super) fn faults(&self) -> &[String] {
        &self.faults
    }

    /// What may be wrong with them.
    pub(super) fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// Names are the same in any case; the one in upper case wins.
fn by_name(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> BTreeMap<String, Option<String>> {
    let mut values = BTreeMap::new();
    for (name, value) in variables {
        let Ok(name) = name.into_string() else { continue };
        let value = value.into_string().ok();
        let upper = name.to_ascii_uppercase();
        if name == upper {
            values.insert(upper, value);
        } else {
            values.entry(upper).or_insert(value);
        }
    }
    values
}

/// The deployment's file goes before the one that lies in the working directory, so
/// that a build's kind never decides between two files.
fn usual_file() -> Option<PathBuf> {
    let deployed = Path::new(FILE);
    if deployed.exists() {
        return Some(deployed.to_owned());
    }
    let local = Path::new("env_config");
    (IS_DEVELOPMENT && local.is_file()).then(|| local.to_owned())
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("places", &self.shown).finish_non_exhaustive()
    }
}
