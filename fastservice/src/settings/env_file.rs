//! The file `env_config`: lines of `NAME=value`, read as python-dotenv does, but for
//! `${NAME}`, which stays as it is written.

use std::borrow::Cow;

/// What a file says, and what in it says nothing.
#[derive(Debug, Default)]
pub(super) struct EnvFile {
    pub(super) entries: Vec<Entry>,
    pub(super) faults: Vec<Fault>,
}

/// One `NAME=value`, at the line where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) line: usize,
    /// Whether python-dotenv would have put another value in place of a `${NAME}`.
    pub(super) names_variables: bool,
}

/// A line that cannot be read. Its text is not repeated: it may be a part of a secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) line: usize,
    pub(super) what: &'static str,
}

const NOT_UTF8: &str = "is not UTF-8 text; expected a file of `NAME=value` lines";
const NO_EQUALS: &str = "has no `=` after its name; expected `NAME=value`";
const NO_NAME: &str = "has no name before its `=`; expected `NAME=value`";
const NOT_CLOSED: &str = "begins a quoted value that does not end; expected a closing quote";
const TEXT_AFTER: &str = "goes on after its closing quote; expected a comment or nothing";

pub(super) fn parse(bytes: &[u8]) -> EnvFile {
    let mut file = EnvFile::default();
    if let Err(error) = std::str::from_utf8(bytes) {
        let before = bytes.iter().take(error.valid_up_to());
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        file.faults.push(Fault { line, what: NOT_UTF8 });
    }
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n").replace('\r', "\n");
    let mut text = Cursor { rest: text.strip_prefix('\u{feff}').unwrap_or(&text), line: 1 };
    loop {
        text.take_while(char::is_whitespace);
        let line = text.line;
        if text.rest.is_empty() {
            return file;
        }
        if text.rest.starts_with('#') {
            text.rest_of_line();
            continue;
        }
        match text.entry() {
            Ok(entry) => file.entries.push(entry),
            Err(what) => {
                file.faults.push(Fault { line, what });
                text.rest_of_line();
            }
        }
    }
}

/// What is left of a text, and the number of its first line.
struct Cursor<'t> {
    rest: &'t str,
    line: usize,
}

impl<'t> Cursor<'t> {
    fn entry(&mut self) -> Result<Entry, &'static str> {
        let line = self.line;
        if let Some(rest) =
            self.rest.strip_prefix("export").filter(|rest| rest.starts_with(is_blank))
        {
            self.rest = rest;
            self.take_while(is_blank);
        }
        let name = self.name().to_owned();
        if name.is_empty() {
            return Err(NO_NAME);
        }
        self.take_while(is_blank);
        self.rest = self.rest.strip_prefix('=').ok_or(NO_EQUALS)?;
        let has_blank = !self.take_while(is_blank).is_empty();
        let first = self.rest.chars().next();
        let value: Cow<'_, str> = match first {
            Some(quote @ ('"' | '\'')) => self.quoted(quote)?.into(),
            _ => self.unquoted(has_blank).into(),
        };
        let names_variables = value.contains("${");
        Ok(Entry { name, value: value.into_owned(), line, names_variables })
    }

    /// The name before the `=`; empty when there is none.
    fn name(&mut self) -> &'t str {
        let Some(inside) = self.rest.strip_prefix('\'') else {
            return self.take_while(|c| c != '=' && c != '#' && !c.is_whitespace());
        };
        let quoted = inside.split_once('\'').filter(|(name, _)| !name.contains('\n'));
        let (name, rest) = quoted.unwrap_or(("", self.rest));
        self.rest = rest;
        name
    }

    /// A value up to the end of its line, or to a `#` after a blank.
    fn unquoted(&mut self, has_blank: bool) -> &'t str {
        let line = self.rest_of_line();
        let mut is_after_blank = has_blank;
        let comment = line.char_indices().find(|(_, c)| {
            let begins = *c == '#' && is_after_blank;
            is_after_blank = c.is_whitespace();
            begins
        });
        let value = comment.and_then(|(start, _)| line.get(..start)).unwrap_or(line);
        value.trim_end()
    }

    /// A value in quotes, which may have several lines.
    fn quoted(&mut self, quote: char) -> Result<String, &'static str> {
        let inside = self.rest.strip_prefix(quote).unwrap_or_default();
        let mut is_escaped = false;
        let end = inside.char_indices().find(|(_, c)| {
            let ends = *c == quote && !is_escaped;
            is_escaped = *c == '\\' && !is_escaped;
            ends
        });
        let (value, rest) =
            end.and_then(|(end, _)| inside.split_at_checked(end)).ok_or(NOT_CLOSED)?;
        self.line += value.matches('\n').count();
        self.rest = rest.strip_prefix(quote).unwrap_or(rest);
        self.take_while(is_blank);
        if self.rest.starts_with('#') {
            self.rest_of_line();
        }
        if self.rest.is_empty() || self.rest.starts_with('\n') {
            Ok(unescaped(value, quote))
        } else {
            Err(TEXT_AFTER)
        }
    }

    fn rest_of_line(&mut self) -> &'t str {
        self.take_while(|c| c != '\n')
    }

    fn take_while(&mut self, accepts: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest.trim_start_matches(accepts);
        let taken = self.rest.strip_suffix(rest).unwrap_or_default();
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() && c != '\n'
}

/// Both quotes know `\\` and `\'`, double ones also those of Python's strings.
fn unescaped(value: &str, quote: char) -> String {
    let mut text = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        let Some(escaped) = characters.next() else {
            text.push('\\');
            break;
        };
        match (escaped, quote) {
            ('\\' | '\'', _) | ('"', '"') => text.push(escaped),
            ('a', '"') => text.push('\u{7}'),
            ('b', '"') => text.push('\u{8}'),
            ('f', '"') => text.push('\u{c}'),
            ('n', '"') => text.push('\n'),
            ('r', '"') => text.push('\r'),
            ('t', '"') => text.push('\t'),
            ('v', '"') => text.push('\u{b}'),
            _ => text.extend(['\\', escaped]),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(text: &str) -> Vec<(String, String, usize)> {
        let file = parse(text.as_bytes());
        assert_eq!(file.faults, [], "{text}");
        file.entries.into_iter().map(|entry| (entry.name, entry.value, entry.line)).collect()
    }

    fn value(text: &str) -> String {
        pairs(text).remove(0).1
    }

    #[test]
    fn values_are_read_as_python_dotenv_does() {
        let table = [
            ("A=RS256 ES256", "RS256 ES256"),
            ("A=a text with # in it", "a text with"),
            ("A=x#y", "x#y"),
            ("A=#x", "#x"),
            ("A = b c ", "b c"),
            ("export A=1", "1"),
            ("'A'=1", "1"),
            ("A=", ""),
            (r#"A="x # y" # z"#, "x # y"),
            ("A=\"x\"#z", "x"),
            (r"A='it\'s \n'", r"it's \n"),
            (r#"A="a\"b\\c\td\q""#, "a\"b\\c\td\\q"),
            (r#"A=a"b""#, r#"a"b""#),
            ("A=postgres://me:p=w@db/x?y=z", "postgres://me:p=w@db/x?y=z"),
            ("A=\"one\ntwo\"", "one\ntwo"),
        ];
        for (text, expected) in table {
            assert_eq!(value(text), expected, "{text}");
        }
    }

    #[test]
    fn a_comment_is_no_value() {
        // Here python-dotenv takes `# none` for the value.
        assert_eq!(value("A= # none"), "");
    }

    #[test]
    fn lines_are_counted_through_quotes_comments_and_every_line_end() {
        let text = "\u{feff}# first\r\nA=\"one\r\ntwo\"\r\n\r\nB=3\rC=4";

        let expected = [("A", "one\ntwo", 2), ("B", "3", 5), ("C", "4", 6)];
        assert_eq!(
            pairs(text),
            expected.map(|(name, value, line)| (name.into(), value.into(), line))
        );
    }

    #[test]
    fn every_line_that_says_nothing_is_a_fault_and_the_others_count() {
        let text = b"A=1\nPORT 80\n'P=x\nB=\"open\nC='x' y\nD=\xff\nE=2";

        let file = parse(text);

        let faults: Vec<_> = file.faults.iter().map(|fault| (fault.line, fault.what)).collect();
        assert_eq!(
            faults,
            [(6, NOT_UTF8), (2, NO_EQUALS), (3, NO_NAME), (4, NOT_CLOSED), (5, TEXT_AFTER)]
        );
        let names: Vec<_> = file.entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["A", "D", "E"]);
    }

    #[test]
    fn variables_stay_as_they_are_written() {
        let entry = parse(b"A=${HOME}/x").entries.remove(0);

        assert_eq!(entry.value, "${HOME}/x");
        assert!(entry.names_variables);
    }

    proptest! {
        #[test]
        fn nothing_panics_or_hangs(text in "[A='\"#\\\\ \\n\\r\\tx$\u{feff}\u{a0}é]{0,40}", bytes: Vec<u8>) {
            parse(text.as_bytes());
            parse(&bytes);
        }

        #[test]
        fn what_is_quoted_comes_back(value in "[^\r\u{0}]{0,30}") {
            let quoted = value.replace('\\', "\\\\").replace('\'', "\\'");

            prop_assert_eq!(pairs(&format!("A='{quoted}' # c\nB=1")).remove(0).1, value);
        }
    }
}
