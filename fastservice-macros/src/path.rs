//! Parse: the template's segments. A string has no spans inside, so messages name the segment.
use syn::LitStr;

use crate::mistakes::Mistakes;

/// One `{name}` of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// `{*rest}`: takes all segments that are left.
    pub(crate) is_rest: bool,
}

impl Parameter {
    pub(crate) fn written(&self) -> String {
        let star = if self.is_rest { "*" } else { "" };
        format!("{{{star}{}}}", self.name)
    }
}

/// The parameters of `/items/{id}`, in order.
pub(crate) fn parameters(template: &LitStr, mistakes: &mut Mistakes) -> Vec<Parameter> {
    let text = template.value();
    let Some(path) = text.strip_prefix('/') else {
        let path = if text.is_empty() { "items" } else { text.as_str() };
        mistakes.add(template, format!("a path starts with `/`; write `{:?}`", format!("/{path}")));
        return Vec::new();
    };
    let mut parameters: Vec<Parameter> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        // `/` alone and one trailing slash are paths too.
        let is_last = segments.peek().is_none();
        if segment.is_empty() && is_last {
            break;
        }
        match parse(segment) {
            Err(sentence) => mistakes.add(template, sentence),
            Ok(None) => {}
            Ok(Some(parameter)) => {
                let written = parameter.written();
                if parameter.is_rest && !is_last {
                    let sentence = format!(
                        "`{written}` takes all that follows; move it to the end of the path"
                    );
                    mistakes.add(template, sentence);
                }
                if parameters.iter().any(|earlier| earlier.name == parameter.name) {
                    let name = &parameter.name;
                    mistakes
                        .add(template, format!("`{{{name}}}` is in the path twice; rename one"));
                } else {
                    parameters.push(parameter);
                }
            }
        }
    }
    parameters
}

/// A literal, a parameter, or the sentence that says what to write.
fn parse(segment: &str) -> Result<Option<Parameter>, String> {
    if let Some(sentence) = refused(segment) {
        return Err(sentence);
    }
    if !segment.contains(['{', '}', '<', '>']) && !segment.starts_with([':', '*']) {
        return Ok(None);
    }
    let inner = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let parameter = inner.map(|inner| match inner.strip_prefix('*') {
        Some(name) => Parameter { name: name.to_owned(), is_rest: true },
        None => Parameter { name: inner.to_owned(), is_rest: false },
    });
    match parameter {
        Some(parameter) if is_identifier(&parameter.name) => Ok(Some(parameter)),
        _ => {
            let example = example(segment).written();
            Err(format!(
                "`{segment}` is not a parameter; write a whole segment, such as `{example}`"
            ))
        }
    }
}

/// Literals that no request can ask for, or that mean something else in a URL.
fn refused(segment: &str) -> Option<String> {
    if segment.is_empty() {
        return Some("the path has an empty segment; remove one `/` of `//`".to_owned());
    }
    if matches!(segment, "." | "..") {
        return Some(format!(
            "a client resolves the segment `{segment}`; write the path without it"
        ));
    }
    let letter = segment.chars().find(|letter| {
        matches!(letter, '?' | '#' | '%') || letter.is_whitespace() || letter.is_control()
    })?;
    let segment = segment.escape_debug();
    Some(match letter {
        '?' => format!(
            "`{segment}` has a `?`; end the path before it, query parameters are arguments of the function"
        ),
        '#' => format!("`{segment}` has a `#`; end the path before it, a fragment is never sent"),
        '%' => format!("`{segment}` has a `%`; write the path unescaped"),
        _ => format!("`{segment}` has a blank; write `-` or `_` instead"),
    })
}

fn is_identifier(name: &str) -> bool {
    !matches!(name, "" | "_" | "self" | "Self" | "super" | "crate")
        && !name.starts_with(|letter: char| letter.is_numeric())
        && name.chars().all(|letter| letter == '_' || letter.is_alphanumeric())
}

/// The parameter that a mistaken segment was meant to be; other frameworks write `:id`, `<id>`,
/// `{id:int}`, `*rest` and `{rest:path}`.
fn example(segment: &str) -> Parameter {
    let is_rest = segment.contains('*') || segment.contains("..") || segment.ends_with(":path}");
    let is_outside = |letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | '-');
    let word = |text: &str| text.split(is_outside).find(|word| !word.is_empty()).map(str::to_owned);
    let opened = segment.split_once(['{', '<', ':', '*']).map_or(segment, |(_, inside)| inside);
    let name = word(opened).or_else(|| word(segment)).map(|word| word.replace('-', "_"));
    let usual = if is_rest { "rest" } else { "id" };
    let name = name.filter(|name| is_identifier(name)).unwrap_or_else(|| usual.to_owned());
    Parameter { name, is_rest }
}
