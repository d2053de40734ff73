//! Parse: the attribute's arguments as written, with their spans.
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Error, Ident, LitBool, LitInt, LitStr, Path, Token, Type,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
};

use crate::{
    keys::{self, Access},
    mistakes::Mistakes,
    nearest::nearest,
};

/// One `key = value`.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Value,
    written: TokenStream,
}

/// What follows a key.
pub(crate) enum Value {
    Nothing,
    Text(LitStr),
    Number(LitInt),
    Truth(LitBool),
    Texts(Vec<LitStr>),
    /// `key(..)`
    Nested(TokenStream),
    Other,
}

/// The arguments of `#[public_api]` or `#[private_api]`; every key is known and there once.
pub(crate) struct Attribute {
    entries: Vec<Entry>,
}

impl Attribute {
    /// Reads all arguments; what cannot be read is a mistake and ends at the next comma.
    pub(crate) fn parse(access: Access, arguments: TokenStream, mistakes: &mut Mistakes) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        for entry in self::entries(arguments) {
            match entry {
                Err(error) => mistakes.add_error(error),
                Ok(entry) => match refusal(access, &entry.key, &entries) {
                    Some(sentence) => mistakes.add(&entry.key, sentence),
                    None => entries.push(entry),
                },
            }
        }
        Self { entries }
    }

    /// The key of the method that was written, with its path.
    pub(crate) fn route(&self, mistakes: &mut Mistakes) -> Option<(&Ident, &LitStr)> {
        let entry = self.entries.iter().find(|entry| keys::is_method(&entry.key.to_string()))?;
        Some((&entry.key, self.text(&entry.key.to_string(), mistakes)?))
    }

    pub(crate) fn text(&self, key: &str, mistakes: &mut Mistakes) -> Option<&LitStr> {
        let entry = self.find(key)?;
        match &entry.value {
            Value::Text(text) => Some(text),
            _ => entry.wrong(mistakes),
        }
    }

    pub(crate) fn number(&self, key: &str, mistakes: &mut Mistakes) -> Option<&LitInt> {
        let entry = self.find(key)?;
        match &entry.value {
            Value::Number(number) => Some(number),
            _ => entry.wrong(mistakes),
        }
    }

    /// One string, or a list of at least one.
    pub(crate) fn texts(&self, key: &str, mistakes: &mut Mistakes) -> &[LitStr] {
        let Some(entry) = self.find(key) else { return &[] };
        match &entry.value {
            Value::Text(text) => std::slice::from_ref(text),
            Value::Texts(texts) if texts.is_empty() => {
                mistakes.add(entry, format!("the list is empty; fill it, or remove `{key}`"));
                &[]
            }
            Value::Texts(texts) => texts,
            _ => entry.wrong(mistakes).unwrap_or(&[]),
        }
    }

    pub(crate) fn path(&self, key: &str, mistakes: &mut Mistakes) -> Option<Path> {
        self.find(key)?.path(mistakes)
    }

    pub(crate) fn ty(&self, key: &str, mistakes: &mut Mistakes) -> Option<Type> {
        let entry = self.find(key)?;
        match syn::parse2(entry.written.clone()) {
            Ok(ty) => Some(ty),
            Err(_) => entry.wrong(mistakes),
        }
    }

    pub(crate) fn flag(&self, key: &str, mistakes: &mut Mistakes) -> bool {
        self.truth(key, mistakes).unwrap_or(false)
    }

    /// A flag whose absence means something else than `false`.
    pub(crate) fn truth(&self, key: &str, mistakes: &mut Mistakes) -> Option<bool> {
        let entry = self.find(key)?;
        match &entry.value {
            Value::Nothing => Some(true),
            Value::Truth(truth) => Some(truth.value),
            _ => entry.wrong(mistakes),
        }
    }

    pub(crate) fn find(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// What to change in an entry: its value, or the key that lacks one.
impl ToTokens for Entry {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self.value {
            Value::Nothing => self.key.to_tokens(tokens),
            _ => self.written.to_tokens(tokens),
        }
    }
}

impl Entry {
    /// A path in quotes.
    pub(crate) fn path(&self, mistakes: &mut Mistakes) -> Option<Path> {
        let path = match &self.value {
            Value::Text(text) => text.parse_with(Path::parse_mod_style).ok(),
            _ => None,
        };
        path.or_else(|| self.wrong(mistakes))
    }

    /// Reports that the value is missing or of another kind than the key takes.
    pub(crate) fn wrong<T>(&self, mistakes: &mut Mistakes) -> Option<T> {
        let name = &self.key;
        let key = keys::find(&name.to_string())?;
        let sentence = match self.value {
            Value::Nothing => format!("`{name}` has no value; write `{}`", key.example),
            _ => format!("`{name}` takes {}; write `{}`", key.takes, key.example),
        };
        mistakes.add(self, sentence);
        None
    }
}

/// Why a key cannot be taken, if it cannot.
fn refusal(access: Access, key: &Ident, earlier: &[Entry]) -> Option<String> {
    let name = key.to_string();
    if let Some(noun) = keys::rule_noun(&name)
        && access == Access::Public
    {
        return Some(format!("a public endpoint has no {noun}; use `#[private_api]` or remove it"));
    }
    if keys::find(&name).is_none() {
        return Some(unknown(access, &name));
    }
    if earlier.iter().any(|entry| entry.key == name) {
        return Some(format!("`{name}` is written twice; remove one"));
    }
    let method = earlier.iter().find(|entry| keys::is_method(&entry.key.to_string()))?;
    keys::is_method(&name)
        .then(|| format!("an endpoint has one method; remove `{name}` or `{}`", method.key))
}

fn unknown(access: Access, name: &str) -> String {
    let names = || keys::allowed(access).map(|key| key.name);
    if name == "path" {
        return "unknown key `path`; the method is the key of the path: write `get = \"/items\"`"
            .to_owned();
    }
    if let Some(near) = nearest(name, names()) {
        return format!("unknown key `{name}`; did you mean `{near}`?");
    }
    let list: Vec<_> = names().map(|name| format!("`{name}`")).collect();
    format!("unknown key `{name}`; write one of {}", list.join(", "))
}

/// The arguments between commas, each read on its own.
pub(crate) fn entries(arguments: TokenStream) -> Vec<syn::Result<Entry>> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    // Those of `Json<Map<A, B>>` part no arguments.
    let mut open_generics = 0_usize;
    for token in arguments {
        let sign = if let TokenTree::Punct(punct) = &token { punct.as_char() } else { ' ' };
        match sign {
            '<' => open_generics += 1,
            '>' => open_generics = open_generics.saturating_sub(1),
            _ => {}
        }
        let is_comma = sign == ',' && open_generics == 0;
        // A comma after nothing stays, and is refused where a key should be.
        if !is_comma || part.is_empty() {
            part.push(token);
        }
        if is_comma {
            parts.push(std::mem::take(&mut part));
        }
    }
    parts.push(part);
    let written = parts.into_iter().filter(|part| !part.is_empty());
    written.map(|part| syn::parse2(part.into_iter().collect())).collect()
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            let text: LitStr = input.parse()?;
            let sentence = format!("write the key before its value: `get = {:?}`", text.value());
            return Err(Error::new(text.span(), sentence));
        }
        let key = input
            .call(Ident::parse_any)
            .map_err(|error| Error::new(error.span(), "write a key here, or remove this"))?;
        let has_sign = input.parse::<Option<Token![=]>>()?.is_some();
        let written: TokenStream = input.parse()?;
        let mut tokens = written.clone().into_iter();
        let value = match (tokens.next(), tokens.next()) {
            (None, _) => Value::Nothing,
            (Some(TokenTree::Group(group)), None) if !has_sign => Value::Nested(group.stream()),
            (Some(TokenTree::Literal(_) | TokenTree::Group(_)), Some(TokenTree::Ident(next))) => {
                return Err(Error::new(next.span(), format!("write a comma before `{next}`")));
            }
            _ if has_sign => value.parse2(written.clone()).unwrap_or(Value::Other),
            _ => Value::Other,
        };
        Ok(Self { key, value, written })
    }
}

fn value(input: ParseStream<'_>) -> syn::Result<Value> {
    if input.peek(LitStr) {
        input.parse().map(Value::Text)
    } else if input.peek(LitInt) {
        input.parse().map(Value::Number)
    } else if input.peek(LitBool) {
        input.parse().map(Value::Truth)
    } else {
        let list;
        syn::bracketed!(list in input);
        let texts = Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?;
        Ok(Value::Texts(texts.into_iter().collect()))
    }
}
