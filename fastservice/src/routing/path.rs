use std::{borrow::Cow, fmt::Write, ops::Range};

use percent_encoding::percent_decode_str;
use smallvec::SmallVec;

use crate::error::{Error, Result};

/// A checked path such as `/items/{id}`: literal segments, `{name}`, and
/// `{*rest}` at the end, which takes the remaining segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathTemplate {
    text: String,
    shape: String,
    names: SmallVec<[&'static str; 4]>,
}

impl PathTemplate {
    /// Parses a template; `prefix` comes before it and has no parameters.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn parse(prefix: &str, path: &'static str) -> Result<Self, String> {
        check_prefix(prefix)?;
        let Some(relative) = path.strip_prefix('/') else {
            return Err(format!("the path `{path}` must begin with `/`"));
        };
        let mut shape = prefix.to_owned();
        let mut names = SmallVec::new();
        let mut segments = relative.split('/').peekable();
        while let Some(segment) = segments.next() {
            let is_last = segments.peek().is_none();
            shape.push('/');
            match parameter(segment) {
                None if segment.contains(['{', '}', '?', '#', '%']) => {
                    return Err(format!("the segment `{segment}` of `{path}` is malformed"));
                }
                None if segment.is_empty() && !is_last => {
                    return Err(format!("the path `{path}` has an empty segment"));
                }
                None => shape.push_str(segment),
                Some((name, true)) if is_last => {
                    shape.push_str("{*rest}");
                    names.push(name);
                }
                Some((name, true)) => {
                    return Err(format!("`{{*{name}}}` must end the path `{path}`"));
                }
                Some((name, false)) => {
                    let _ = write!(shape, "{{{}}}", names.len());
                    names.push(name);
                }
            }
        }
        Ok(Self { text: format!("{prefix}{path}"), shape, names })
    }

    /// The template with its prefix, as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The template with numbers for names, so that templates that take the
    /// same requests are equal.
    pub(super) fn shape(&self) -> &str {
        &self.shape
    }
}

/// The name in `{name}` or `{*name}`, and whether it takes the rest.
fn parameter(segment: &'static str) -> Option<(&'static str, bool)> {
    let inner = segment.strip_prefix('{')?.strip_suffix('}')?;
    let (name, rest) = inner.strip_prefix('*').map_or((inner, false), |name| (name, true));
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    (!name.is_empty() && name.chars().all(is_name)).then_some((name, rest))
}

fn check_prefix(prefix: &str) -> Result<(), String> {
    if prefix.is_empty() {
        return Ok(());
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    if !prefix.starts_with('/')
        || prefix.ends_with('/')
        || prefix.contains("//")
        || !prefix.chars().all(is_plain)
    {
        return Err(format!(
            "the prefix `{prefix}` must look like `/pub`: a slash before each segment, none at the end"
        ));
    }
    Ok(())
}

/// The values of a path's parameters.
///
/// They are positions in the request's path, so that finding a route copies nothing.
#[derive(Debug, Default, Clone)]
pub struct PathParams {
    spans: SmallVec<[(&'static str, Range<usize>); 4]>,
    decoded: Option<Box<str>>,
}

impl PathParams {
    pub(super) fn new(
        template: &PathTemplate,
        matched: &matchit::Params<'_, '_>,
        path: &str,
        is_decoded: bool,
    ) -> Self {
        if template.names.is_empty() {
            return Self::default();
        }
        let spans = template.names.iter().zip(matched.iter()).map(|(name, (_, value))| {
            let start = value.as_ptr().addr() - path.as_ptr().addr();
            (*name, start..start + value.len())
        });
        Self { spans: spans.collect(), decoded: is_decoded.then(|| path.into()) }
    }

    /// The decoded value of `name`; `path` is the request's path as it came.
    #[must_use]
    pub fn get<'p>(&'p self, path: &'p str, name: &str) -> Option<Cow<'p, str>> {
        let (_, span) = self.spans.iter().find(|(other, _)| *other == name)?;
        self.value(path, span)
    }

    /// The decoded segments of a parameter that takes the rest of the path. An
    /// encoded slash stays inside its segment.
    pub fn segments<'p>(&'p self, path: &'p str, name: &str) -> impl Iterator<Item = Cow<'p, str>> {
        let span = self.spans.iter().find(|(other, _)| *other == name).map(|(_, span)| span);
        let text = self.decoded.as_deref().unwrap_or(path);
        let rest = span.and_then(|span| text.get(span.clone()));
        rest.into_iter().flat_map(|rest| rest.split('/')).filter_map(|text| self.decoded(text))
    }

    /// Names and decoded values, in the path's order.
    pub fn iter<'p>(&'p self, path: &'p str) -> impl Iterator<Item = (&'static str, Cow<'p, str>)> {
        self.spans.iter().filter_map(move |(name, span)| Some((*name, self.value(path, span)?)))
    }

    fn value<'p>(&'p self, path: &'p str, span: &Range<usize>) -> Option<Cow<'p, str>> {
        let text = self.decoded.as_deref().unwrap_or(path);
        self.decoded(text.get(span.clone())?)
    }

    fn decoded<'p>(&self, value: &'p str) -> Option<Cow<'p, str>> {
        if self.decoded.is_none() {
            return Some(Cow::Borrowed(value));
        }
        // What `decode` left: an encoded slash or percent sign.
        percent_decode_str(value).decode_utf8().ok()
    }
}

/// Decodes the path for routing: all but `%2F` and `%25`, so that an encoded
/// slash stays inside its segment and nothing is decoded twice. `None` when
/// there is nothing to decode.
pub(super) fn decode(path: &str) -> Result<Option<String>> {
    if !path.contains('%') {
        return Ok(None);
    }
    let malformed = || {
        Error::bad_request(
            "the path must be UTF-8 with percent signs in front of two hexadecimal digits",
        )
        .with_code("malformed_path")
    };
    let mut decoded = Vec::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(hexadecimal);
        let (Some(high), Some(low)) = (digit(), digit()) else { return Err(malformed()) };
        match high << 4 | low {
            b'/' => decoded.extend(b"%2F"),
            b'%' => decoded.extend(b"%25"),
            byte => decoded.push(byte),
        }
    }
    String::from_utf8(decoded).map(Some).map_err(|_| malformed())
}

fn hexadecimal(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_that_take_the_same_requests_have_one_shape() {
        let shape = |path| PathTemplate::parse("/pub", path).unwrap().shape().to_owned();

        assert_eq!(shape("/items/{id}"), shape("/items/{name}"));
        assert_eq!(shape("/files/{*path}"), shape("/files/{*rest}"));
        assert_ne!(shape("/items/{id}"), shape("/items/{id}/"));
    }

    #[test]
    fn malformed_templates_are_refused() {
        for path in ["", "items", "//", "/a//b", "/{", "/a{b}", "/{*a}/b", "/{}", "/a%20b", "/a?b"]
        {
            assert!(PathTemplate::parse("", path).is_err(), "{path}");
        }
        for prefix in ["/", "pub", "/pub/", "/a//b", "/{a}", "/a b"] {
            assert!(PathTemplate::parse(prefix, "/x").is_err(), "{prefix}");
        }
    }

    #[test]
    fn an_encoded_slash_and_percent_sign_stay_encoded() {
        assert_eq!(decode("/plain").unwrap(), None);
        assert_eq!(decode("/a%2fb%25c%20%C3%A9").unwrap().unwrap(), "/a%2Fb%25c é");
    }

    #[test]
    fn malformed_escapes_are_refused() {
        for path in ["/%", "/%4", "/%zz", "/%ff", "/%C3", "/%+1"] {
            assert_eq!(decode(path).unwrap_err().code(), "malformed_path", "{path}");
        }
    }
}
