use std::{collections::BTreeSet, str::FromStr, sync::Arc};

use super::{
    hint,
    place::Found,
    report::{MASK, Setting, SettingsError, on_one_line, without_users},
    source::Source,
};
use crate::secret::Secret;

/// Longer values are cut in messages.
const LONGEST_SHOWN: usize = 100;

/// Reads settings one by one and collects what is wrong with them.
pub(super) struct Reader {
    source: Arc<Source>,
    known: BTreeSet<String>,
    shown: Vec<Setting>,
    faults: Vec<String>,
    notes: Vec<String>,
}

/// Every setting that was read, and what may be wrong with them.
pub(super) struct Report {
    pub(super) shown: Vec<Setting>,
    pub(super) notes: Vec<String>,
}

impl Reader {
    pub(super) fn new(source: Arc<Source>) -> Self {
        let report = Report { shown: source.shown().to_vec(), notes: source.notes().to_vec() };
        let faults = source.faults().to_vec();
        Self { faults, ..Self::resume(source, report) }
    }

    /// Goes on after others have been read.
    pub(super) fn resume(source: Arc<Source>, Report { shown, notes }: Report) -> Self {
        let known = shown.iter().map(|setting| setting.name.clone()).collect();
        Self { source, known, shown, notes, faults: Vec::new() }
    }

    /// Every setting that was read, or every mistake.
    pub(super) fn finish(self) -> Result<Report, SettingsError> {
        let Self { source, known, shown, faults, mut notes } = self;
        if faults.is_empty() {
            return Ok(Report { shown, notes });
        }
        notes.extend(hint::unknown_names(&source, &known));
        Err(SettingsError { faults, hints: notes })
    }

    /// A text that may be absent. An empty one counts as absent.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.optional(name, |text| Ok(text.to_owned()))
    }

    /// A value that may be absent; the error of `parse` says what is expected.
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let found = self.find(name, "");
        self.show(name, &found);
        if found.text.is_empty() {
            return None;
        }
        parse(&found.text).map_err(|expected| self.refuse(name, &found, &expected)).ok()
    }

    /// A text that is not shown, but for its default.
    pub(super) fn secret(&mut self, name: &str, default: &str) -> String {
        let found = self.find(name, default);
        let found = Found { is_hidden: found.text != default, ..found };
        self.show(name, &found);
        found.text
    }

    /// A secret that may be absent.
    pub(super) fn optional_secret(&mut self, name: &str) -> Option<Secret<String>> {
        Some(self.secret(name, "")).filter(|text| !text.is_empty()).map(Secret::new)
    }

    /// Words separated by blanks.
    pub(super) fn words(&mut self, name: &str, default: &str) -> Vec<String> {
        let found = self.find(name, default);
        self.show(name, &found);
        found.text.split_whitespace().map(str::to_owned).collect()
    }

    /// A value with a `FromStr` of its own; `expected` describes it.
    pub(super) fn parsed<T: FromStr>(&mut self, name: &str, default: &str, expected: &str) -> T {
        self.checked(name, default, |text| text.parse().map_err(|_| expected.to_owned()))
    }

    /// A value that `parse` makes; its error says what is expected.
    pub(super) fn checked<T>(
        &mut self,
        name: &str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> T {
        let found = self.find(name, default);
        self.show(name, &found);
        parse(&found.text).unwrap_or_else(|expected| {
            self.refuse(name, &found, &expected);
            fallback(default, &parse)
        })
    }

    /// Makes names known before they are looked up, so that a `NAME_FILE` among them
    /// is a setting of its own.
    pub(super) fn know(&mut self, names: impl IntoIterator<Item = String>) {
        self.known.extend(names);
    }

    /// What is given, if anything. A mistake is recorded, and is `Err`.
    pub(super) fn look_up(&mut self, name: &str) -> Result<Option<Found>, Recorded> {
        self.known.insert(name.to_owned());
        let has_companion = !self.known.contains(&format!("{name}_FILE"));
        let found = self.source.find(name, has_companion).map_err(|fault| {
            self.faults.push(fault);
            Recorded
        })?;
        if let Some(found) = found.as_ref().filter(|found| found.text.trim() != found.text) {
            let origin = &found.origin;
            self.notes.push(format!("{name} ({origin}) begins or ends with a blank, which counts"));
        }
        Ok(found.or_else(|| self.source.default_of(name).map(Found::default)))
    }

    pub(super) fn add_fault(&mut self, fault: String) {
        self.faults.push(fault);
    }

    pub(super) fn refuse(&mut self, name: &str, found: &Found, expected: &str) {
        let Found { text, origin, is_hidden, .. } = found;
        let wrong = if *is_hidden {
            "is not valid".to_owned()
        } else {
            format!("is `{}`", short(&without_users(text)))
        };
        // What is expected may repeat the value in the words of its type.
        let expected = without_users(expected);
        self.faults.push(format!("{name} ({origin}) {wrong}; expected {expected}"));
    }

    pub(super) fn show(&mut self, name: &str, found: &Found) {
        let value = if found.is_hidden {
            MASK.to_owned()
        } else {
            on_one_line(&without_users(&found.text))
        };
        let origin = found.origin.clone();
        match self.shown.iter_mut().find(|setting| setting.name == name) {
            // Two structs may read one name; a secret in one of them is a secret.
            Some(shown) if found.is_hidden => shown.value = value,
            Some(_) => {}
            None => self.shown.push(Setting { name: name.to_owned(), value, origin }),
        }
    }

    /// What is given, else the service's default, else the framework's.
    fn find(&mut self, name: &str, default: &str) -> Found {
        self.look_up(name).ok().flatten().unwrap_or_else(|| Found::default(default))
    }
}

/// A mistake that is among the faults already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Recorded;

/// A value on one line, and not too much of it.
fn short(text: &str) -> String {
    let start: String = text.chars().take(LONGEST_SHOWN).collect();
    let rest = if start.len() < text.len() { "…" } else { "" };
    format!("{}{rest}", on_one_line(&start))
}

/// The default, so that reading goes on after a mistake.
#[allow(clippy::expect_used, reason = "a default is a constant of this crate, covered by a test")]
fn fallback<T>(default: &str, parse: impl Fn(&str) -> Result<T, String>) -> T {
    parse(default).expect("a default is valid: `every_setting_has_a_default` reads them all")
}

/// The value of one of a few names.
pub(super) fn one_of<T: Copy>(text: &str, names: &[(&str, T)]) -> Result<T, String> {
    let found = names.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    found.map(|(_, value)| *value).ok_or_else(|| listed(names.iter().map(|(name, _)| *name)))
}

/// Names to choose from, as a part of a sentence.
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}
