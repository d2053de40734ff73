use std::borrow::Cow;

use serde_json::{Map, Value};

use super::Place;
use crate::error::{Error, InputError, InputErrors, Loc, Result};

/// A broken rule: its stable type, words that do not repeat the input, and the limit.
///
/// ```
/// use fastservice::validation::Violation;
///
/// fn is_weekday(day: &u8) -> Result<(), Violation> {
///     if (1..=5).contains(day) {
///         return Ok(());
///     }
///     Err(Violation::new("no_weekday", "Input should be a weekday").with_limit("le", 5))
/// }
///
/// assert_eq!(is_weekday(&7).unwrap_err().kind(), "no_weekday");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    kind: &'static str,
    msg: Cow<'static, str>,
    limits: Map<String, Value>,
    member: Option<&'static str>,
}

impl Violation {
    /// A broken rule of this stable type; the message says what is expected.
    #[must_use]
    pub fn new(kind: &'static str, msg: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, msg: msg.into(), limits: Map::new(), member: None }
    }

    /// Adds a limit that the value broke, for example `("ge", 1)`.
    #[must_use]
    pub fn with_limit(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.limits.insert(name.to_owned(), value.into());
        self
    }

    /// Blames one member of the value, by the name that a client writes.
    #[must_use]
    pub fn at(mut self, member: &'static str) -> Self {
        self.member = Some(member);
        self
    }

    /// The stable type.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// What is expected, in plain words.
    #[must_use]
    pub fn msg(&self) -> &str {
        &self.msg
    }

    fn into_input_error(self, place: &Place<'_>) -> InputError {
        let mut loc = place.loc();
        loc.extend(self.member.map(Loc::from));
        let input = InputError::new(loc, self.kind, self.msg);
        self.limits.into_iter().fold(input, |input, (name, limit)| input.with_limit(&name, limit))
    }
}

/// The broken rules found so far, each with its place.
#[derive(Debug, Default)]
pub struct Report {
    inputs: Vec<InputError>,
}

impl Report {
    /// Nothing broken yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { inputs: Vec::new() }
    }

    /// Adds a rule that the value at `place` broke.
    #[cold]
    pub fn add(&mut self, place: &Place<'_>, violation: Violation) {
        if !self.is_full() {
            self.inputs.push(violation.into_input_error(place));
        }
    }

    /// Adds what a function of the service found.
    #[inline]
    pub fn take(&mut self, place: &Place<'_>, checked: Result<(), Violation>) {
        if let Err(violation) = checked {
            self.add(place, violation);
        }
    }

    /// How many rules are broken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    /// Whether no rule is broken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// Whether an answer names no more: what is left of a list need not be checked.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.inputs.len() > InputErrors::MOST
    }

    /// One 422 for all of them.
    ///
    /// # Errors
    /// When a rule is broken.
    pub fn into_result(self) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        Err(InputErrors::new().with::<()>(Err(Error::input(self.inputs))).into_error())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_names_is_bounded_and_says_so() {
        let mut report = Report::new();
        let list = Place::source("body");

        for index in 0..100_000 {
            report.add(&list.index(index), Violation::new("value_error", "no"));
        }
        let error = report.into_result().unwrap_err();

        assert_eq!(error.inputs().len(), 101);
        let last = error.inputs().last().unwrap();
        assert_eq!((last.kind(), last.loc()), ("too_many_errors", &["body".into()][..]));
    }

    #[test]
    fn a_hundred_are_named_without_a_note() {
        let mut report = Report::new();

        for _ in 0..100 {
            report.add(&Place::source("query"), Violation::new("value_error", "no"));
        }
        let error = report.into_result().unwrap_err();

        assert_eq!(error.inputs().len(), 100);
        assert!(error.inputs().iter().all(|input| input.kind() == "value_error"));
    }

    #[test]
    fn a_rule_of_several_members_may_blame_one() {
        let mut report = Report::new();
        let violation = Violation::new("value_error", "end before start").at("end");

        report.take(&Place::source("body"), Ok(()));
        report.take(&Place::source("body"), Err(violation));

        let error = report.into_result().unwrap_err();
        assert_eq!(error.inputs()[0].loc(), ["body".into(), "end".into()]);
    }
}
