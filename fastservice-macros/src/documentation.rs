//! The doc comment: its first paragraph is the summary, the rest the description.
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// What the doc comment says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Documentation {
    /// The first paragraph in one line.
    pub(crate) summary: String,
    /// All that follows.
    pub(crate) description: String,
}

impl Documentation {
    pub(crate) fn read(attributes: &[Attribute]) -> Self {
        let text = text(attributes);
        let (first, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
        let lines: Vec<_> = first.lines().map(str::trim).collect();
        Self { summary: lines.join(" "), description: rest.trim().to_owned() }
    }

    /// The comment under a summary that was written elsewhere: all of it is description.
    pub(crate) fn with_summary(attributes: &[Attribute], summary: String) -> Self {
        Self { summary, description: text(attributes) }
    }
}

/// All lines, without the indentation they share and without blank lines around them.
pub(crate) fn text(attributes: &[Attribute]) -> String {
    let comments: Vec<String> = attributes.iter().filter_map(comment).collect();
    let lines: Vec<&str> =
        comments.iter().flat_map(|text| text.split('\n')).map(str::trim_end).collect();
    let written = lines.iter().filter(|line| !line.is_empty());
    let indent = |line: &&str| line.len() - line.trim_start_matches(' ').len();
    let shared = written.map(indent).min().unwrap_or_default();
    let lines: Vec<_> = lines.iter().map(|line| line.get(shared..).unwrap_or_default()).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn comment(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else { return None };
    let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value else { return None };
    meta.path.is_ident("doc").then(|| text.value())
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn read(attributes: &[Attribute]) -> (String, String) {
        let documentation = Documentation::read(attributes);
        (documentation.summary, documentation.description)
    }

    #[test]
    fn first_paragraph_is_the_summary_in_one_line() {
        let (summary, description) = read(&[
            parse_quote!(#[doc = " Read one"]),
            parse_quote!(#[doc = " item."]),
            parse_quote!(#[doc = ""]),
            parse_quote!(#[doc = " With:"]),
            parse_quote!(#[doc = ""]),
            parse_quote!(#[doc = "     code"]),
        ]);

        assert_eq!(summary, "Read one item.");
        assert_eq!(description, "With:\n\n    code");
    }

    #[test]
    fn other_attributes_say_nothing() {
        let (summary, description) = read(&[
            parse_quote!(#[doc(hidden)]),
            parse_quote!(#[doc = include_str!("x.md")]),
            parse_quote!(#[must_use = "x"]),
        ]);

        assert_eq!((summary.as_str(), description.as_str()), ("", ""));
    }

    #[test]
    fn with_a_summary_the_whole_comment_describes() {
        let documentation = Documentation::with_summary(
            &[
                parse_quote!(#[doc = " First."]),
                parse_quote!(#[doc = ""]),
                parse_quote!(#[doc = " Second."]),
            ],
            "Given".to_owned(),
        );

        assert_eq!(documentation.summary, "Given");
        assert_eq!(documentation.description, "First.\n\nSecond.");
    }
}
