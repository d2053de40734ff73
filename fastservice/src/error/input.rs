use std::{borrow::Cow, fmt};

use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Error, Result};

/// One part of the place of a wrong input, as in FastAPI's `loc`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Loc {
    /// A source (`path`, `query`, `header`, `cookie`, `body`) or a member's name.
    Name(Cow<'static, str>),
    /// A position in a list.
    Index(usize),
}

impl From<&'static str> for Loc {
    fn from(name: &'static str) -> Self {
        Self::Name(Cow::Borrowed(name))
    }
}

impl From<String> for Loc {
    fn from(name: String) -> Self {
        Self::Name(Cow::Owned(name))
    }
}

impl From<usize> for Loc {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

impl fmt::Display for Loc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Index(index) => write!(f, "{index}"),
        }
    }
}

/// One thing wrong in a request's input: where, in words, and as a stable type.
///
/// The rejected input itself is kept only when it is not secret, and is sent
/// only when the setting `ERROR_INPUT` asks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct InputError {
    loc: Vec<Loc>,
    msg: Cow<'static, str>,
    kind: &'static str,
    limits: Map<String, Value>,
    input: Option<Value>,
}

impl InputError {
    /// A wrong input at `loc`; `kind` is its stable type, `msg` says it in words.
    ///
    /// ```
    /// use fastservice::error::InputError;
    ///
    /// let wrong = InputError::new(["body", "name"], "string_too_short", "Use 3 characters or more");
    /// assert_eq!(wrong.kind(), "string_too_short");
    /// ```
    #[must_use]
    pub fn new<L: Into<Loc>>(
        loc: impl IntoIterator<Item = L>,
        kind: &'static str,
        msg: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            loc: loc.into_iter().map(Into::into).collect(),
            msg: msg.into(),
            kind,
            limits: Map::new(),
            input: None,
        }
    }

    /// An input that must be there and is not.
    #[must_use]
    pub fn missing<L: Into<Loc>>(loc: impl IntoIterator<Item = L>) -> Self {
        Self::new(loc, "missing", "Field required")
    }

    /// Adds a limit that the input broke, for example `("ge", 1)`.
    #[must_use]
    pub fn with_limit(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.limits.insert(name.to_owned(), value.into());
        self
    }

    /// Keeps the rejected input. Not for secrets.
    #[must_use]
    pub fn with_input(mut self, input: impl Into<Value>) -> Self {
        self.input = Some(input.into());
        self
    }

    /// Where it is, outermost first.
    #[must_use]
    pub fn loc(&self) -> &[Loc] {
        &self.loc
    }

    /// What is wrong, in plain words.
    #[must_use]
    pub fn msg(&self) -> &str {
        &self.msg
    }

    /// The stable type.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The limits that were broken.
    #[must_use]
    pub fn limits(&self) -> &Map<String, Value> {
        &self.limits
    }

    /// The rejected input, where it was kept.
    #[must_use]
    pub fn rejected(&self) -> Option<&Value> {
        self.input.as_ref()
    }
}

/// Collects what is wrong in all arguments, so that one answer names everything.
#[derive(Debug, Default)]
pub struct InputErrors {
    inputs: Vec<InputError>,
    other: Option<Error>,
}

impl InputErrors {
    /// How many one answer names at most: the client chooses how many it makes.
    pub(crate) const MOST: usize = 100;

    /// Nothing wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what is wrong with one argument, if anything is.
    #[must_use]
    pub fn with<T>(mut self, argument: Result<T>) -> Self {
        let Err(mut error) = argument else { return self };
        if error.status() == StatusCode::UNPROCESSABLE_ENTITY && !error.inputs().is_empty() {
            self.inputs.append(&mut error.0.inputs);
        } else if self.other.is_none() {
            self.other = Some(error);
        }
        self
    }

    /// The one error that answers: the first that is no input error (such as
    /// 413, 415 or 503), else all input errors together.
    #[must_use]
    pub fn into_error(mut self) -> Error {
        if self.inputs.len() > Self::MOST {
            self.inputs.truncate(Self::MOST);
            let source = self.inputs.last().and_then(|input| input.loc.first().cloned());
            let msg = format!("Only the first {} errors are listed", Self::MOST);
            self.inputs.push(InputError::new(source, "too_many_errors", msg));
        }
        self.other.unwrap_or_else(|| Error::input(self.inputs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_inputs_of_all_arguments_are_listed_together() {
        let wrong = |name| Err::<(), _>(Error::input(vec![InputError::missing(["query", name])]));

        let error = InputErrors::new().with(wrong("a")).with(Ok(1)).with(wrong("b")).into_error();

        assert_eq!(error.status(), 422);
        let names: Vec<_> = error.inputs().iter().map(|input| input.loc()[1].to_string()).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn an_error_that_is_no_input_error_answers_first() {
        let wrong = Err::<(), _>(Error::input(vec![InputError::missing(["query", "a"])]));
        let large = Err::<(), _>(Error::payload_too_large("too large"));

        let error = InputErrors::new().with(wrong).with(large).into_error();

        assert_eq!(error.status(), 413);
    }
}
