use std::fmt;

/// What stands in place of a secret.
pub(super) const MASK: &str = "********";

/// One effective setting, as `check-config` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) origin: String,
}

impl Setting {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value; a secret is masked, and so is what came from a file of its own.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Where it came from, for example `environment`, `/env_config:12`,
    /// `/run/secrets/api_client_secret` or `default`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

/// Settings that cannot be used, all at once: a line for each mistake, and one that
/// begins with `hint: ` for each name that may be misspelt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    pub(super) faults: Vec<String>,
    pub(super) hints: Vec<String>,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.faults.join("\n"))?;
        self.hints.iter().try_for_each(|hint| write!(f, "\nhint: {hint}"))
    }
}

impl std::error::Error for SettingsError {}

/// A text in which no URL has a user, who may have a password.
pub(super) fn without_users(text: &str) -> String {
    let without_user = |word: &str| match word.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((_, rest)) => format!("{scheme}://{MASK}@{rest}"),
            None => word.to_owned(),
        },
        None => word.to_owned(),
    };
    text.split_inclusive(char::is_whitespace).map(without_user).collect()
}

/// A text without its line ends and other control characters, which could imitate
/// other lines or move a terminal's cursor.
pub(super) fn on_one_line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}
