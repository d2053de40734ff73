//! Check: JSON Schema has each of its words once, so a second rule for one would be checked
//! without being documented.
use proc_macro2::Span;
use syn::Meta;

use super::{rule::Rule, rules::name};
use crate::mistakes::Mistakes;

/// Refuses the second rule for one word of the schema.
pub(super) fn check<'m>(
    metas: impl Iterator<Item = &'m Meta>,
    rules: &[Rule],
    mistakes: &mut Mistakes,
) {
    let mut lists = Vec::new();
    for meta in metas {
        let name = name(meta);
        if !matches!((name.as_str(), meta), ("length" | "range", Meta::List(_))) {
            continue;
        }
        if lists.contains(&name) {
            mistakes
                .add(meta, format!("write all limits in one `{name}`; the schema has one only"));
            return;
        }
        lists.push(name);
    }
    let mut words = Vec::new();
    for (word, span) in rules.iter().filter_map(word) {
        if words.contains(&word) {
            let sentence = format!(
                "the schema has one {word} only; write the other rule as \
                 `#[validate(custom(function = ..))]`"
            );
            mistakes.add_error(syn::Error::new(span, sentence));
        }
        words.push(word);
    }
}

/// The word of the schema for a rule, if it has one.
fn word(rule: &Rule) -> Option<(&'static str, Span)> {
    match rule {
        Rule::Pattern { span, .. } => Some(("pattern", *span)),
        Rule::Call { function, span, .. } => {
            let word = match *function {
                "contains" => "pattern",
                "email" | "url" | "ip" | "ipv4" | "ipv6" => "format",
                "min_length" => "least length",
                "max_length" => "largest length",
                "ge" => "minimum",
                "le" => "maximum",
                _ => return None,
            };
            Some((word, *span))
        }
        Rule::Inner { .. } | Rule::Custom { .. } => None,
    }
}
