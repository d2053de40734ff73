use std::{borrow::Cow, rc::Rc, sync::Arc};

use regex::Regex;

use crate::{
    secret::Secret,
    validation::{Place, Report, Violation},
};

/// A text, or what holds one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no text",
    label = "this rule is for text",
    note = "for a type of your own write the rule inside of it, and derive `Validate` there too"
)]
pub trait Text {
    /// The text; `None` where there is no value.
    fn text(&self) -> Option<&str>;
}

macro_rules! texts {
    ($($name:ty, [$($generics:tt)*], $value:ident => $text:expr;)*) => {$(
        impl<$($generics)*> Text for $name {
            #[inline]
            fn text(&self) -> Option<&str> {
                let $value = self;
                $text
            }
        }
    )*};
}

texts! {
    str, [], text => Some(text);
    String, [], text => Some(text);
    Cow<'_, str>, [], text => Some(text);
    Option<T>, [T: Text], value => value.as_ref().and_then(T::text);
    Box<T>, [T: Text + ?Sized], value => T::text(value);
    Arc<T>, [T: Text + ?Sized], value => T::text(value);
    Rc<T>, [T: Text + ?Sized], value => T::text(value);
    Secret<T>, [T: Text], value => value.expose().text();
}

/// A pattern, compiled when it is used first. That it can be compiled is checked where it
/// is written; one that cannot, for its size, matches nothing.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    regex: Option<Regex>,
}

impl Pattern {
    /// Compiles a pattern.
    #[must_use]
    pub fn new(source: &'static str) -> Self {
        Self { source, regex: Regex::new(source).ok() }
    }
}

/// Text in which the pattern is found.
pub fn pattern<T: Text + ?Sized>(
    value: &T,
    pattern: &Pattern,
    place: &Place<'_>,
    report: &mut Report,
) {
    let Some(text) = value.text() else { return };
    if pattern.regex.as_ref().is_some_and(|regex| regex.is_match(text)) {
        return;
    }
    let msg = format!("String should match pattern '{}'", pattern.source);
    let violation = Violation::new("string_pattern_mismatch", msg);
    report.add(place, violation.with_limit("pattern", pattern.source));
}

/// Text with this in it.
pub fn contains<T: Text + ?Sized>(value: &T, part: &str, place: &Place<'_>, report: &mut Report) {
    if value.text().is_some_and(|text| !text.contains(part)) {
        let violation =
            Violation::new("string_pattern_mismatch", format!("String should contain '{part}'"));
        report.add(place, violation.with_limit("contains", part));
    }
}

/// Text without this in it.
pub fn does_not_contain<T: Text + ?Sized>(
    value: &T,
    part: &str,
    place: &Place<'_>,
    report: &mut Report,
) {
    if value.text().is_some_and(|text| text.contains(part)) {
        let msg = format!("String should not contain '{part}'");
        let violation = Violation::new("string_pattern_mismatch", msg);
        report.add(place, violation.with_limit("does_not_contain", part));
    }
}
