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
    if let Some(sentence) = foreign(segment).or_else(|| refused(segment)) {
        return Err(sentence);
    }
    if !segment.contains(['{', '}']) {
        return Ok(None);
    }
    let inner = braced(segment)?;
    let (is_rest, name) = match inner.strip_prefix('*') {
        Some(name) => (true, name),
        None => (false, inner),
    };
    if name.is_empty() {
        let example = if is_rest { "{*rest}" } else { "{id}" };
        return Err(format!("`{segment}` has no name; write `{example}`"));
    }
    if !is_identifier(name) {
        let example = suggestion(name);
        return Err(format!("`{segment}` is not the name of an argument; write `{{{example}}}`"));
    }
    Ok(Some(Parameter { name: name.to_owned(), is_rest }))
}

/// Parameters as other frameworks write them.
fn foreign(segment: &str) -> Option<String> {
    let inside = |open, close| segment.strip_prefix(open)?.strip_suffix(close);
    let name = if let Some((name, kind)) = inside('{', '}').and_then(|all| all.split_once(':')) {
        if kind == "path" { format!("*{name}") } else { name.to_owned() }
    } else if let Some(name) = inside('<', '>') {
        name.strip_suffix("..").map_or(name.to_owned(), |rest| format!("*{rest}"))
    } else if let Some(name) = segment.strip_prefix(':') {
        name.to_owned()
    } else if segment.starts_with('*') {
        if segment == "*" { "*rest".to_owned() } else { segment.replace("**", "*") }
    } else {
        return None;
    };
    let star = if name.starts_with('*') { "*" } else { "" };
    let name = suggestion(name.trim_start_matches('*'));
    Some(format!("`{segment}` is not a parameter; write `{{{star}{name}}}`"))
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
    Some(match letter {
        '?' => format!(
            "`{segment}` has a `?`; end the path before it, query parameters are arguments of the function"
        ),
        '#' => format!("`{segment}` has a `#`; end the path before it, a fragment is never sent"),
        '%' => format!("`{segment}` has a `%`; write the path unescaped"),
        letter if letter.is_control() => {
            format!("`{}` has a control character; remove it", segment.escape_debug())
        }
        _ => format!("`{segment}` has a blank; write `-` or `_` instead"),
    })
}

/// What is between the braces of `{name}`, if they are all there is.
fn braced(segment: &str) -> Result<&str, String> {
    let opened = segment.matches('{').count();
    let closed = segment.matches('}').count();
    let name = segment.split(['{', '}']).nth(1).unwrap_or_default();
    let example = suggestion(name);
    let is_in_order = segment.find('{') < segment.find('}');
    if opened != closed || (!is_in_order && opened > 0) {
        return Err(format!("the braces of `{segment}` do not match; write `{{{example}}}`"));
    }
    match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(inner) if !inner.contains(['{', '}']) => Ok(inner),
        _ => Err(format!(
            "`{segment}` is more than a parameter, which is a whole segment; write `{{{example}}}`"
        )),
    }
}

fn is_identifier(name: &str) -> bool {
    name != "_"
        && !matches!(name, "self" | "Self" | "super" | "crate")
        && !name.starts_with(|letter: char| letter.is_numeric())
        && name.chars().all(|letter| letter == '_' || letter.is_alphanumeric())
}

/// The nearest identifier to `name`, to show how one is written.
fn suggestion(name: &str) -> String {
    let usable = |letter: char| if letter.is_alphanumeric() { letter } else { '_' };
    let name: String = name.chars().map(usable).collect();
    let name = name.trim_matches('_');
    if is_identifier(name) && !name.is_empty() { name.to_owned() } else { "id".to_owned() }
}
