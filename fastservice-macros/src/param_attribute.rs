//! Parse: `#[param(..)]` and, where that is silent, `#[serde(..)]`.
use syn::{Attribute, Data, DeriveInput, Error, LitStr, Meta, Path};

use crate::{
    attribute::{self, Entry, Value},
    mistakes::Mistakes,
    rename::Rename,
    serde_attribute::{deserialized, serde},
};

/// What the attributes of a type say.
#[derive(Default)]
pub(crate) struct TypeOptions {
    pub(crate) runtime: Option<Path>,
    pub(crate) rename_all: Option<Rename>,
}

/// What the attributes of a variant say.
#[derive(Default)]
pub(crate) struct VariantOptions {
    pub(crate) rename: Option<LitStr>,
    pub(crate) aliases: Vec<LitStr>,
    /// `#[serde(skip)]`: no text means this variant.
    pub(crate) is_skipped: bool,
}

impl TypeOptions {
    pub(crate) fn read(input: &DeriveInput, mistakes: &mut Mistakes) -> Self {
        let mut options = Self::default();
        for entry in serde(&input.attrs) {
            if entry.key == "rename_all"
                && let Some(rule) = deserialized(entry)
            {
                options.rename_all = Rename::parse(&rule, mistakes);
            }
        }
        let known: &[&str] = match input.data {
            Data::Enum(_) => &["rename_all", "crate"],
            _ => &["crate"],
        };
        for entry in param(&input.attrs, known, mistakes) {
            if entry.key == "crate" {
                options.runtime = entry.path(mistakes);
            } else if let Some(rule) = text(&entry, mistakes) {
                options.rename_all = Rename::parse(rule, mistakes);
            }
        }
        options
    }
}

impl VariantOptions {
    pub(crate) fn read(attributes: &[Attribute], mistakes: &mut Mistakes) -> Self {
        let mut options = Self::default();
        for entry in serde(attributes) {
            match entry.key.to_string().as_str() {
                "rename" => options.rename = deserialized(entry).or(options.rename),
                "alias" => options.aliases.extend(deserialized(entry)),
                "skip" | "skip_deserializing" => options.is_skipped = true,
                _ => {}
            }
        }
        for entry in param(attributes, &["rename", "alias"], mistakes) {
            let Some(text) = text(&entry, mistakes) else { continue };
            if entry.key == "rename" {
                options.rename = Some(text.clone());
            } else {
                options.aliases.push(text.clone());
            }
        }
        options
    }
}

fn param(attributes: &[Attribute], known: &[&str], mistakes: &mut Mistakes) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let keys = quoted(known);
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("param")) {
        let Meta::List(list) = &attribute.meta else {
            mistakes.add(attribute, format!("`#[param(..)]` has its keys in parentheses: {keys}"));
            continue;
        };
        for entry in attribute::entries(list.tokens.clone()) {
            match entry {
                Err(error) => {
                    mistakes.add_error(Error::new(error.span(), format!("write {keys} here")));
                }
                Ok(entry) => match refusal(&entry, known, &entries) {
                    Some(sentence) => mistakes.add(&entry.key, sentence),
                    None => entries.push(entry),
                },
            }
        }
    }
    entries
}

fn refusal(entry: &Entry, known: &[&str], earlier: &[Entry]) -> Option<String> {
    let key = entry.key.to_string();
    if !known.contains(&key.as_str()) {
        return Some(format!("unknown key `{key}`; write {} here", quoted(known)));
    }
    let is_repeated = key != "alias" && earlier.iter().any(|earlier| earlier.key == key);
    is_repeated.then(|| format!("`{key}` is written twice; remove one"))
}

/// `` `rename` or `alias` ``
fn quoted(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(" or ")
}

fn text<'a>(entry: &'a Entry, mistakes: &mut Mistakes) -> Option<&'a LitStr> {
    let key = &entry.key;
    let sentence = match &entry.value {
        Value::Text(text) => return Some(text),
        Value::Nothing => format!("`{key}` has no value; write `{key} = \"..\"`"),
        _ => format!("`{key}` takes a string; write `{key} = \"..\"`"),
    };
    mistakes.add(entry, sentence);
    None
}
