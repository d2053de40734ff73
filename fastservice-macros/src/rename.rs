//! The rules of `rename_all`, as serde has them.
use syn::LitStr;

use crate::mistakes::Mistakes;

/// How a variant's name becomes the text a client writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rename {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const RULES: [(&str, Rename); 8] = [
    ("lowercase", Rename::Lower),
    ("UPPERCASE", Rename::Upper),
    ("PascalCase", Rename::Pascal),
    ("camelCase", Rename::Camel),
    ("snake_case", Rename::Snake),
    ("SCREAMING_SNAKE_CASE", Rename::ScreamingSnake),
    ("kebab-case", Rename::Kebab),
    ("SCREAMING-KEBAB-CASE", Rename::ScreamingKebab),
];

impl Rename {
    pub(crate) fn parse(written: &LitStr, mistakes: &mut Mistakes) -> Option<Self> {
        let name = written.value();
        let rule = RULES.iter().find(|(rule, _)| *rule == name).map(|(_, rule)| *rule);
        if rule.is_none() {
            let rules: Vec<_> = RULES.iter().map(|(rule, _)| format!("`{rule}`")).collect();
            let list = rules.join(", ");
            mistakes.add(written, format!("unknown rule `{name}`; write one of {list}"));
        }
        rule
    }

    pub(crate) fn apply(self, variant: &str) -> String {
        match self {
            Self::Pascal => variant.to_owned(),
            Self::Lower => variant.to_ascii_lowercase(),
            Self::Upper => variant.to_ascii_uppercase(),
            Self::Camel => {
                let mut letters = variant.chars();
                let first = letters.next().map(|first| first.to_ascii_lowercase());
                first.into_iter().chain(letters).collect()
            }
            Self::Snake => words(variant),
            Self::ScreamingSnake => words(variant).to_ascii_uppercase(),
            Self::Kebab => words(variant).replace('_', "-"),
            Self::ScreamingKebab => words(variant).to_ascii_uppercase().replace('_', "-"),
        }
    }
}

impl Rename {
    /// As for a field, whose name is in `snake_case`.
    #[cfg(feature = "validation")]
    pub(crate) fn apply_to_field(self, field: &str) -> String {
        match self {
            Self::Lower | Self::Snake => field.to_owned(),
            Self::Upper | Self::ScreamingSnake => field.to_ascii_uppercase(),
            Self::Pascal => pascal(field),
            Self::Camel => Self::Camel.apply(&pascal(field)),
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }
}

#[cfg(feature = "validation")]
fn pascal(field: &str) -> String {
    let mut text = String::new();
    let mut begins_word = true;
    for letter in field.chars() {
        if letter == '_' {
            begins_word = true;
        } else {
            text.push(if begins_word { letter.to_ascii_uppercase() } else { letter });
            begins_word = false;
        }
    }
    text
}

/// The words of a variant in lower case.
fn words(variant: &str) -> String {
    let mut text = String::new();
    for (index, letter) in variant.char_indices() {
        if index > 0 && letter.is_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_those_of_serde() {
        let renamed = RULES.map(|(_, rule)| rule.apply("VeryTasty"));

        assert_eq!(
            renamed,
            [
                "verytasty",
                "VERYTASTY",
                "VeryTasty",
                "veryTasty",
                "very_tasty",
                "VERY_TASTY",
                "very-tasty",
                "VERY-TASTY"
            ]
        );
    }

    #[test]
    #[cfg(feature = "validation")]
    fn rules_are_those_of_serde_for_fields_too() {
        let renamed = RULES.map(|(_, rule)| rule.apply_to_field("very_tasty2_x"));

        assert_eq!(
            renamed,
            [
                "very_tasty2_x",
                "VERY_TASTY2_X",
                "VeryTasty2X",
                "veryTasty2X",
                "very_tasty2_x",
                "VERY_TASTY2_X",
                "very-tasty2-x",
                "VERY-TASTY2-X"
            ]
        );
        assert_eq!(Rename::Camel.apply_to_field("_private"), "private");
    }

    #[test]
    fn short_and_odd_names_are_renamed_too() {
        assert_eq!(Rename::Snake.apply("A"), "a");
        assert_eq!(Rename::Snake.apply("Z42"), "z42");
        assert_eq!(Rename::Snake.apply("HTTPError"), "h_t_t_p_error");
        assert_eq!(Rename::Camel.apply("Ärger"), "Ärger");
        assert_eq!(Rename::Camel.apply(""), "");
    }
}
