//! Parse: the members that a value can have, by the names under which serde reads them.
use syn::{
    Attribute, Data, DeriveInput, Field, Fields, Ident, Index, Member as FieldName, Type, Variant,
    ext::IdentExt,
};

use super::rules::{self, Rules};
use crate::{
    attribute::Entry,
    mistakes::Mistakes,
    rename::Rename,
    serde_attribute::{deserialized, serde},
};

/// A struct, or one variant of an enum.
pub(super) struct Case {
    pub(super) variant: Option<Ident>,
    /// The member in which those of a variant are.
    pub(super) level: Level,
    pub(super) members: Vec<Member>,
}

/// A field that is read.
pub(super) struct Member {
    pub(super) field: FieldName,
    pub(super) ty: Type,
    pub(super) level: Level,
    pub(super) rules: Rules,
}

/// What a client writes around a value.
pub(super) enum Level {
    Same,
    Name(String),
    Index(usize),
}

/// How serde tells variants apart.
enum Tagging {
    /// `{"Variant": ..}`
    External,
    /// `{"content": ..}` beside a tag.
    Adjacent(String),
    /// Among the members, or not at all.
    None,
}

#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a key of its own")]
struct SerdeOptions {
    rename: Option<String>,
    rename_all: Option<Rename>,
    rename_all_fields: Option<Rename>,
    tag: Option<String>,
    content: Option<String>,
    /// The type that is read in its place.
    raw: Option<String>,
    is_untagged: bool,
    is_transparent: bool,
    is_flat: bool,
    is_skipped: bool,
}

impl SerdeOptions {
    fn read(attributes: &[Attribute]) -> Self {
        let mut options = Self::default();
        for entry in serde(attributes) {
            match entry.key.to_string().as_str() {
                "rename" => options.rename = text(entry).or(options.rename),
                "rename_all" => options.rename_all = rule(entry).or(options.rename_all),
                "rename_all_fields" => {
                    options.rename_all_fields = rule(entry).or(options.rename_all_fields);
                }
                "tag" => options.tag = text(entry),
                "content" => options.content = text(entry),
                "from" | "try_from" => options.raw = text(entry),
                "untagged" => options.is_untagged = true,
                "transparent" => options.is_transparent = true,
                "flatten" => options.is_flat = true,
                "skip" | "skip_deserializing" => options.is_skipped = true,
                _ => {}
            }
        }
        options
    }
}

fn text(entry: Entry) -> Option<String> {
    deserialized(entry).map(|text| text.value())
}

/// Serde reports a rule that it does not know.
fn rule(entry: Entry) -> Option<Rename> {
    Rename::parse(&deserialized(entry)?, &mut Mistakes::default())
}

/// The struct, or each variant that is read and has members.
pub(super) fn cases(input: &DeriveInput, mistakes: &mut Mistakes) -> Vec<Case> {
    let options = SerdeOptions::read(&input.attrs);
    match &input.data {
        Data::Struct(data) => {
            let members = members(&data.fields, options.rename_all, &options, mistakes);
            vec![Case { variant: None, level: Level::Same, members }]
        }
        Data::Enum(data) => {
            let tagging = match (&options.tag, &options.content) {
                (Some(_), Some(content)) => Tagging::Adjacent(content.clone()),
                (Some(_), None) => Tagging::None,
                (None, _) if options.is_untagged => Tagging::None,
                (None, _) => Tagging::External,
            };
            let variants = data.variants.iter();
            let cases = variants.filter_map(|it| case(it, &options, &tagging, mistakes));
            cases.filter(|case| !case.members.is_empty()).collect()
        }
        Data::Union(_) => Vec::new(),
    }
}

fn case(
    variant: &Variant,
    container: &SerdeOptions,
    tagging: &Tagging,
    mistakes: &mut Mistakes,
) -> Option<Case> {
    for attribute in variant.attrs.iter().filter(|it| it.path().is_ident("validate")) {
        mistakes.add(attribute, "a rule is written on a field of the variant");
    }
    let options = SerdeOptions::read(&variant.attrs);
    let options = SerdeOptions { raw: container.raw.clone(), ..options };
    let rename = options.rename_all.or(container.rename_all_fields);
    let members = members(&variant.fields, rename, &options, mistakes);
    if options.is_skipped {
        return None;
    }
    let tagging = if options.is_untagged { &Tagging::None } else { tagging };
    let level = match tagging {
        Tagging::None => Level::Same,
        Tagging::Adjacent(content) => Level::Name(content.clone()),
        Tagging::External => Level::Name(variant_name(variant, container, &options)),
    };
    Some(Case { variant: Some(variant.ident.clone()), level, members })
}

fn variant_name(variant: &Variant, container: &SerdeOptions, options: &SerdeOptions) -> String {
    let written = variant.ident.unraw().to_string();
    let renamed = || container.rename_all.map_or_else(|| written.clone(), |it| it.apply(&written));
    options.rename.clone().unwrap_or_else(renamed)
}

fn members(
    fields: &Fields,
    rename: Option<Rename>,
    owner: &SerdeOptions,
    mistakes: &mut Mistakes,
) -> Vec<Member> {
    let is_newtype = matches!(fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1);
    let mut members = Vec::new();
    let mut read = 0;
    for (position, field) in fields.iter().enumerate() {
        let options = SerdeOptions::read(&field.attrs);
        let rules = rules::field(&field.attrs, mistakes);
        if let Some(raw) = owner.raw.as_ref().filter(|_| !rules.list.is_empty()) {
            let is_rule =
                |it: &&Attribute| it.path().is_ident("validate") || it.path().is_ident("schemars");
            mistakes.add(field.attrs.iter().find(is_rule), unread(raw));
        }
        if options.is_skipped {
            continue;
        }
        let index = read;
        read += 1;
        if rules.is_skipped {
            continue;
        }
        let level = if is_newtype || options.is_flat || owner.is_transparent {
            Level::Same
        } else {
            level(field, index, rename, &options)
        };
        let name = match &field.ident {
            Some(name) => FieldName::Named(name.clone()),
            None => FieldName::Unnamed(Index::from(position)),
        };
        members.push(Member { field: name, ty: field.ty.clone(), level, rules });
    }
    members
}

fn unread(raw: &str) -> String {
    format!(
        "the schema is that of `{raw}`, without this rule; check it in a \
         `#[validate(schema(function = ..))]` on the type"
    )
}

fn level(field: &Field, index: usize, rename: Option<Rename>, options: &SerdeOptions) -> Level {
    let Some(name) = &field.ident else { return Level::Index(index) };
    let written = name.unraw().to_string();
    let renamed = || rename.map_or_else(|| written.clone(), |rule| rule.apply_to_field(&written));
    Level::Name(options.rename.clone().unwrap_or_else(renamed))
}
