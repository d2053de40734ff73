//! Parse: the rules in `#[validate(..)]` and `#[schemars(..)]`.
//!
//! What JSON Schema can say is read in the forms that `#[derive(JsonSchema)]` reads, so that a
//! rule is never checked without being documented. Mistakes under `schemars` are left to it.
use proc_macro2::Span;
use quote::ToTokens;
use syn::{
    Attribute, Expr, ExprLit, Lit, LitStr, Meta, MetaList, Path, Token, punctuated::Punctuated,
    spanned::Spanned,
};

use super::{extension, once, rule::Rule};
use crate::{mistakes::Mistakes, nearest::nearest};

/// What the attributes of a type say.
#[derive(Default)]
pub(super) struct Container {
    pub(super) runtime: Option<Path>,
    pub(super) functions: Vec<Expr>,
}

/// What the attributes of a field say.
#[derive(Default)]
pub(super) struct Rules {
    pub(super) list: Vec<Rule>,
    /// The type must have rules of its own.
    pub(super) is_nested: bool,
    pub(super) is_skipped: bool,
}

/// The attribute that a rule is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Validate,
    Schemars,
}

const KEYS: [&str; 13] = [
    "length",
    "range",
    "email",
    "url",
    "ip",
    "ipv4",
    "ipv6",
    "contains",
    "does_not_contain",
    "required",
    "custom",
    "nested",
    "skip",
];

pub(super) fn container(attributes: &[Attribute], mistakes: &mut Mistakes) -> Container {
    let mut container = Container::default();
    for meta in validate(attributes, mistakes) {
        match (name(&meta).as_str(), &meta) {
            ("schema", Meta::List(list)) => {
                container.functions.extend(value_of(list, "function", mistakes));
            }
            ("crate", Meta::NameValue(pair)) => match &pair.value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                    match text.parse_with(Path::parse_mod_style) {
                        Ok(path) => container.runtime = Some(path),
                        Err(_) => mistakes.add(text, "write a path: `crate = \"my_crate::fs\"`"),
                    }
                }
                other => mistakes.add(other, "write a path in quotes: `crate = \"my_crate::fs\"`"),
            },
            _ => mistakes.add(
                &meta,
                "write `schema(function = ..)` or `crate = \"..\"` here; other rules are written on \
                 fields",
            ),
        }
    }
    container
}

pub(super) fn field(attributes: &[Attribute], mistakes: &mut Mistakes) -> Rules {
    let mut rules = Rules::default();
    let (of_validate, of_schemars) = (validate(attributes, mistakes), schemars(attributes));
    for meta in &of_validate {
        match name(meta).as_str() {
            "nested" if is_word(meta, mistakes) => rules.is_nested = true,
            "skip" if is_word(meta, mistakes) => rules.is_skipped = true,
            "nested" | "skip" => {}
            _ => rules.list.extend(read(meta, Origin::Validate, mistakes)),
        }
    }
    for meta in &of_schemars {
        rules.list.extend(read(meta, Origin::Schemars, mistakes));
    }
    once::check(of_validate.iter().chain(&of_schemars), &rules.list, mistakes);
    rules
}

/// What cannot be read here is left to the derive of the schema.
pub(super) fn schemars(attributes: &[Attribute]) -> Vec<Meta> {
    let attributes = attributes.iter().filter(|attribute| attribute.path().is_ident("schemars"));
    let metas = attributes.filter_map(|attribute| {
        attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()
    });
    metas.flatten().collect()
}

fn validate(attributes: &[Attribute], mistakes: &mut Mistakes) -> Vec<Meta> {
    let mut metas = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("validate")) {
        match attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) {
            Ok(list) => metas.extend(list),
            Err(error) => mistakes.add_error(syn::Error::new(
                error.span(),
                "write rules between commas here, for example `length(min = 1, max = 100)`",
            )),
        }
    }
    metas
}

pub(super) fn name(meta: &Meta) -> String {
    meta.path().get_ident().map(ToString::to_string).unwrap_or_default()
}

/// Whether it is a word alone.
fn is_word(meta: &Meta, mistakes: &mut Mistakes) -> bool {
    let is_word = matches!(meta, Meta::Path(_));
    if !is_word {
        let name = name(meta);
        mistakes.add(meta, format!("`{name}` takes nothing; write `{name}` alone"));
    }
    is_word
}

fn read(meta: &Meta, origin: Origin, mistakes: &mut Mistakes) -> Vec<Rule> {
    let name = name(meta);
    let span = meta.path().span();
    let call = |function| vec![Rule::Call { function, limit: None, span }];
    match (name.as_str(), meta) {
        ("length", Meta::List(list)) => bounds(list, origin, LENGTH, mistakes),
        ("range", Meta::List(list)) => bounds(list, origin, RANGE, mistakes),
        ("email", _) => call("email"),
        ("url", _) => call("url"),
        ("ip", _) => call("ip"),
        ("ipv4", _) => call("ipv4"),
        ("ipv6", _) => call("ipv6"),
        ("required", _) => call("required"),
        ("contains", Meta::List(list)) => part("contains", list, origin, span, mistakes),
        ("pattern", Meta::List(list)) if origin == Origin::Schemars => list
            .parse_args::<Expr>()
            .into_iter()
            .filter_map(|it| pattern(it, span, mistakes))
            .collect(),
        ("regex", Meta::List(list)) if origin == Origin::Schemars => {
            let source = pairs(list).into_iter().find(|(key, _)| key == "pattern");
            source.into_iter().filter_map(|(_, it)| pattern(it, span, mistakes)).collect()
        }
        ("inner", Meta::List(list)) if origin == Origin::Schemars => {
            let metas = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            let metas: Vec<_> = metas.into_iter().flatten().collect();
            let rules: Vec<_> =
                metas.iter().flat_map(|meta| read(meta, origin, mistakes)).collect();
            once::check(metas.iter(), &rules, mistakes);
            vec![Rule::Inner { rules, span }]
        }
        ("extend", Meta::List(list)) if origin == Origin::Schemars => {
            extension::rules(list, mistakes)
        }
        (_, _) if origin == Origin::Schemars => Vec::new(),
        ("does_not_contain", Meta::List(list)) => {
            part("does_not_contain", list, origin, span, mistakes)
        }
        ("custom", Meta::List(list)) => {
            let function = value_of(list, "function", mistakes);
            function.into_iter().map(|function| Rule::Custom { function }).collect()
        }
        _ => {
            mistakes.add(meta, refusal(&name, meta));
            Vec::new()
        }
    }
}

/// What to write instead.
fn refusal(name: &str, meta: &Meta) -> String {
    let tokens = match meta {
        Meta::List(list) => list.tokens.to_string(),
        _ => "..".to_owned(),
    };
    let reads = "the schema has this rule only";
    match name {
        "inner" => format!("{reads} if it is written as `#[schemars(inner({tokens}))]`"),
        "pattern" | "regex" => {
            format!("{reads} if it is written as `#[schemars(pattern(\"..\"))]`")
        }
        "length" | "range" => format!("write the limits: `{name}(min = 1, max = 100)`"),
        "contains" | "does_not_contain" => format!("write the text: `{name}(pattern = \"..\")`"),
        "custom" => "write the function: `custom(function = my_rule)`".to_owned(),
        "schema" => "a rule about several members is written on the type, above it".to_owned(),
        _ => unknown(name),
    }
}

fn unknown(name: &str) -> String {
    if let Some(near) = nearest(name, KEYS.into_iter()) {
        return format!("unknown rule `{name}`; did you mean `{near}`?");
    }
    let list: Vec<_> = KEYS.iter().map(|key| format!("`{key}`")).collect();
    format!("unknown rule `{name}`; write one of {}", list.join(", "))
}

/// The function of the runtime for each key of a rule with limits.
type Bounds = &'static [(&'static str, &'static [&'static str])];
const LENGTH: Bounds =
    &[("min", &["min_length"]), ("max", &["max_length"]), ("equal", &["min_length", "max_length"])];
const RANGE: Bounds = &[("min", &["ge"]), ("max", &["le"])];

fn bounds(list: &MetaList, origin: Origin, bounds: Bounds, mistakes: &mut Mistakes) -> Vec<Rule> {
    let mut rules = Vec::new();
    let Some(pairs) = pairs_or_mistake(list, origin, mistakes) else { return rules };
    if pairs.is_empty() && origin == Origin::Validate {
        mistakes.add(list, "write a limit, for example `min = 1`");
    }
    for (key, limit) in pairs {
        let functions = bounds.iter().find(|(name, _)| key == *name);
        for function in functions.into_iter().flat_map(|(_, functions)| *functions) {
            rules.push(Rule::Call { function, limit: Some(limit.clone()), span: key.span() });
        }
        if functions.is_none() && origin == Origin::Validate {
            mistakes.add(&key, unknown_limit(&key.to_string(), &limit, bounds));
        }
    }
    rules
}

fn unknown_limit(key: &str, limit: &Expr, bounds: Bounds) -> String {
    let exclusive = match key {
        "exclusive_min" => Some("exclusiveMinimum"),
        "exclusive_max" => Some("exclusiveMaximum"),
        _ => None,
    };
    if let Some(keyword) = exclusive {
        let limit = limit.to_token_stream();
        return format!(
            "the schema has this rule only if it is written as \
             `#[schemars(extend(\"{keyword}\" = {limit}))]`"
        );
    }
    let names: Vec<_> = bounds.iter().map(|(name, _)| format!("`{name}`")).collect();
    format!("unknown limit `{key}`; write {}", names.join(" or "))
}

/// The rule that text has, or has not, this part.
fn part(
    function: &'static str,
    list: &MetaList,
    origin: Origin,
    span: Span,
    mistakes: &mut Mistakes,
) -> Vec<Rule> {
    let limit = match origin {
        Origin::Validate => value_of(list, "pattern", mistakes),
        Origin::Schemars => {
            let pair = pairs(list).into_iter().find(|(key, _)| key == "pattern");
            pair.map(|(_, value)| value).or_else(|| list.parse_args().ok())
        }
    };
    let limit = limit.into_iter();
    limit.map(|limit| Rule::Call { function, limit: Some(limit), span }).collect()
}

/// The rule of a pattern, which must be known here to be checked here.
pub(super) fn pattern(source: Expr, span: Span, mistakes: &mut Mistakes) -> Option<Rule> {
    let Expr::Lit(ExprLit { lit: Lit::Str(source), .. }) = source else {
        mistakes.add(source, "write the pattern itself, in quotes: it is checked while compiling");
        return None;
    };
    check_pattern(&source, mistakes);
    Some(Rule::Pattern { source, span })
}

fn check_pattern(source: &LitStr, mistakes: &mut Mistakes) {
    let text = source.value();
    if let Err(error) = regex_syntax::parse(&text) {
        let reason = match &error {
            regex_syntax::Error::Parse(error) => error.kind().to_string(),
            regex_syntax::Error::Translate(error) => error.kind().to_string(),
            _ => "it cannot be compiled".to_owned(),
        };
        mistakes.add(source, format!("this is no pattern: {reason}"));
    } else if regex::Regex::new(&text).is_err() {
        let sentence = "this pattern is too large; repeat less in it, or limit the length instead";
        mistakes.add(source, sentence);
    }
}

/// The value of the one key that a list has.
fn value_of(list: &MetaList, key: &str, mistakes: &mut Mistakes) -> Option<Expr> {
    let mut value = None;
    for (name, written) in pairs_or_mistake(list, Origin::Validate, mistakes)? {
        if name == key && value.is_none() {
            value = Some(written);
        } else {
            mistakes.add(name, format!("write `{key} = ..` once, and nothing else"));
        }
    }
    if value.is_none() {
        mistakes.add(list, format!("write `{key} = ..` in it"));
    }
    value
}

fn pairs(list: &MetaList) -> Vec<(syn::Ident, Expr)> {
    read_pairs(list).unwrap_or_default()
}

fn pairs_or_mistake(
    list: &MetaList,
    origin: Origin,
    mistakes: &mut Mistakes,
) -> Option<Vec<(syn::Ident, Expr)>> {
    match read_pairs(list) {
        Ok(pairs) => return Some(pairs),
        Err(error) if origin == Origin::Validate => {
            let sentence = "write `key = value` between commas here";
            mistakes.add_error(syn::Error::new(error.span(), sentence));
        }
        Err(_) => {}
    }
    None
}

fn read_pairs(list: &MetaList) -> syn::Result<Vec<(syn::Ident, Expr)>> {
    let metas =
        list.parse_args_with(Punctuated::<syn::MetaNameValue, Token![,]>::parse_terminated)?;
    let pairs = metas.into_iter().filter_map(|pair| {
        let key = pair.path.get_ident()?.clone();
        Some((key, pair.value))
    });
    Ok(pairs.collect())
}
