use std::{collections::BTreeMap, fmt, str::FromStr};

/// Where settings are read from.
#[derive(Clone, Default)]
pub struct Source {
    origin: &'static str,
    values: BTreeMap<String, String>,
    defaults: BTreeMap<String, String>,
}

impl Source {
    /// The environment of the process. A value that is not UTF-8 counts as absent.
    #[must_use]
    pub fn environment() -> Self {
        let pairs = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let values = pairs.map(|(name, value)| (name.to_ascii_uppercase(), value));
        Self { origin: "environment", values: values.collect(), defaults: BTreeMap::new() }
    }

    /// Pairs of name and value, for tests.
    #[must_use]
    pub fn pairs<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Self {
        let values =
            pairs.into_iter().map(|(name, value)| (name.to_ascii_uppercase(), value.to_owned()));
        Self { origin: "given", values: values.collect(), defaults: BTreeMap::new() }
    }

    /// Sets what counts when no value is given, in place of the framework's default.
    #[must_use]
    pub fn with_default(mut self, name: &str, value: impl Into<String>) -> Self {
        self.defaults.insert(name.to_ascii_uppercase(), value.into());
        self
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// One effective setting, as `check-config` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    name: &'static str,
    value: String,
    origin: &'static str,
}

impl Setting {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its value; a secret is masked.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Where it came from.
    #[must_use]
    pub fn origin(&self) -> &'static str {
        self.origin
    }
}

/// Settings that cannot be used, all at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError(Vec<String>);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for SettingsError {}

/// Reads settings one by one and collects what is wrong with them.
pub(super) struct Reader {
    source: Source,
    shown: Vec<Setting>,
    faults: Vec<String>,
}

impl Reader {
    pub(super) fn new(source: Source) -> Self {
        Self { source, shown: Vec::new(), faults: Vec::new() }
    }

    /// Every setting that was read, or every mistake.
    pub(super) fn finish(self) -> Result<Vec<Setting>, SettingsError> {
        if self.faults.is_empty() { Ok(self.shown) } else { Err(SettingsError(self.faults)) }
    }

    /// A text that may be absent. An empty one counts as absent.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        self.optional(name, |text| Ok(text.to_owned()))
    }

    /// A value that may be absent; the error of `parse` says what is expected.
    pub(super) fn optional<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let Found { text, is_given } = self.find(name, "");
        self.show(name, &text, is_given);
        if text.is_empty() {
            return None;
        }
        parse(&text).map_err(|expected| self.refuse(name, &text, &expected)).ok()
    }

    /// A text that is not shown, but for its default.
    pub(super) fn secret(&mut self, name: &'static str, default: &str) -> String {
        let Found { text, is_given } = self.find(name, default);
        self.show(name, if is_given { "********" } else { &text }, is_given);
        text
    }

    /// Words separated by blanks.
    pub(super) fn words(&mut self, name: &'static str, default: &str) -> Vec<String> {
        let Found { text, is_given } = self.find(name, default);
        self.show(name, &text, is_given);
        text.split_whitespace().map(str::to_owned).collect()
    }

    /// A value with a `FromStr` of its own; `expected` describes it.
    pub(super) fn parsed<T: FromStr>(
        &mut self,
        name: &'static str,
        default: &str,
        expected: &str,
    ) -> T {
        self.checked(name, default, |text| text.parse().map_err(|_| expected.to_owned()))
    }

    /// A value that `parse` makes; its error says what is expected.
    pub(super) fn checked<T>(
        &mut self,
        name: &'static str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> T {
        let Found { text, is_given } = self.find(name, default);
        self.show(name, &text, is_given);
        parse(&text).unwrap_or_else(|expected| {
            self.refuse(name, &text, &expected);
            fallback(default, &parse)
        })
    }

    /// What is given, else the service's default, else the framework's.
    fn find(&self, name: &str, default: &str) -> Found {
        let given = self.source.values.get(name).filter(|value| !value.is_empty());
        let text = given.or_else(|| self.source.defaults.get(name));
        Found { text: text.map_or(default, String::as_str).to_owned(), is_given: given.is_some() }
    }

    fn refuse(&mut self, name: &str, text: &str, expected: &str) {
        let origin = self.source.origin;
        self.faults.push(format!("{name} ({origin}) is `{text}`; expected {expected}"));
    }

    fn show(&mut self, name: &'static str, value: &str, is_given: bool) {
        let origin = if is_given { self.source.origin } else { "default" };
        self.shown.push(Setting { name, value: value.to_owned(), origin });
    }
}

/// The text of a setting.
struct Found {
    text: String,
    is_given: bool,
}

/// The default, so that reading goes on after a mistake.
#[allow(clippy::expect_used, reason = "a default is a constant of this crate, covered by a test")]
fn fallback<T>(default: &str, parse: impl Fn(&str) -> Result<T, String>) -> T {
    parse(default).expect("a default is valid: `every_setting_has_a_default` reads them all")
}

/// The value of one of a few names.
pub(super) fn one_of<T: Copy>(text: &str, names: &[(&str, T)]) -> Result<T, String> {
    let found = names.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<_> = names.iter().map(|(name, _)| format!("`{name}`")).collect();
        names.join(" or ")
    })
}
