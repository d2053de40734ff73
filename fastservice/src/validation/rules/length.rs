use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque},
    rc::Rc,
    sync::Arc,
};

use crate::{
    secret::Secret,
    validation::{Place, Report, Violation},
};

/// A value that the rule `length` is about: text in characters, lists and sets in values.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no length that JSON Schema counts",
    label = "`length` is for text, lists and sets",
    note = "for a map write `#[schemars(extend(\"maxProperties\" = 10))]`",
    note = "for a type of your own write the rule inside of it, and derive `Validate` there too"
)]
pub trait Length {
    /// What it is, as a message calls it.
    const NAME: &'static str;

    /// How long it is; `None` where there is no value.
    fn length(&self) -> Option<usize>;
}

const STRING: &str = "String";

macro_rules! counted {
    ($($name:ty, $called:expr, [$($generics:tt)*], $value:ident => $count:expr;)*) => {$(
        impl<$($generics)*> Length for $name {
            const NAME: &'static str = $called;

            #[inline]
            fn length(&self) -> Option<usize> {
                let $value = self;
                $count
            }
        }
    )*};
}

counted! {
    str, STRING, [], text => Some(text.chars().count());
    String, STRING, [], text => Some(text.chars().count());
    Cow<'_, str>, STRING, [], text => Some(text.chars().count());
    Vec<T>, "List", [T], list => Some(list.len());
    VecDeque<T>, "List", [T], list => Some(list.len());
    LinkedList<T>, "List", [T], list => Some(list.len());
    [T], "List", [T], list => Some(list.len());
    [T; N], "List", [T, const N: usize], list => Some(list.len());
    BTreeSet<T>, "Set", [T], set => Some(set.len());
    HashSet<T, S>, "Set", [T, S], set => Some(set.len());
    Option<T>, T::NAME, [T: Length], value => value.as_ref().and_then(T::length);
    Box<T>, T::NAME, [T: Length + ?Sized], value => T::length(value);
    Arc<T>, T::NAME, [T: Length + ?Sized], value => T::length(value);
    Rc<T>, T::NAME, [T: Length + ?Sized], value => T::length(value);
    Secret<T>, T::NAME, [T: Length], value => value.expose().length();
}

/// A map has as many members.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no members to count",
    label = "`minProperties` and `maxProperties` are for maps"
)]
pub trait Members {
    /// How many members there are; `None` where there is no value.
    fn members(&self) -> Option<usize>;
}

macro_rules! members {
    ($($name:ty, [$($generics:tt)*], $value:ident => $count:expr;)*) => {$(
        impl<$($generics)*> Members for $name {
            fn members(&self) -> Option<usize> {
                let $value = self;
                $count
            }
        }
    )*};
}

members! {
    BTreeMap<K, V>, [K, V], map => Some(map.len());
    HashMap<K, V, S>, [K, V, S], map => Some(map.len());
    Option<M>, [M: Members], value => value.as_ref().and_then(M::members);
    Box<M>, [M: Members], value => M::members(value);
    Arc<M>, [M: Members], value => M::members(value);
    Rc<M>, [M: Members], value => M::members(value);
    Secret<M>, [M: Members], value => value.expose().members();
}

/// At least this long.
#[inline]
pub fn min_length<T: Length + ?Sized>(
    value: &T,
    least: usize,
    place: &Place<'_>,
    report: &mut Report,
) {
    if let Some(length) = value.length()
        && length < least
    {
        report.add(place, short(T::NAME, length, least));
    }
}

/// At most this long.
#[inline]
pub fn max_length<T: Length + ?Sized>(
    value: &T,
    most: usize,
    place: &Place<'_>,
    report: &mut Report,
) {
    if let Some(length) = value.length()
        && length > most
    {
        report.add(place, long(T::NAME, length, most));
    }
}

/// A map with at least so many members.
#[inline]
pub fn min_properties(value: &impl Members, least: usize, place: &Place<'_>, report: &mut Report) {
    if let Some(length) = value.members()
        && length < least
    {
        report.add(place, short("Dictionary", length, least));
    }
}

/// A map with at most so many members.
#[inline]
pub fn max_properties(value: &impl Members, most: usize, place: &Place<'_>, report: &mut Report) {
    if let Some(length) = value.members()
        && length > most
    {
        report.add(place, long("Dictionary", length, most));
    }
}

#[cold]
fn short(name: &'static str, length: usize, least: usize) -> Violation {
    let violation = if name == STRING {
        let unit = plural("character", least);
        Violation::new("string_too_short", format!("String should have at least {unit}"))
    } else {
        counted("too_short", "at least", name, length, least)
    };
    violation.with_limit("min_length", least)
}

#[cold]
fn long(name: &'static str, length: usize, most: usize) -> Violation {
    let violation = if name == STRING {
        let unit = plural("character", most);
        Violation::new("string_too_long", format!("String should have at most {unit}"))
    } else {
        counted("too_long", "at most", name, length, most)
    };
    violation.with_limit("max_length", most)
}

fn counted(
    kind: &'static str,
    bound: &str,
    name: &'static str,
    length: usize,
    limit: usize,
) -> Violation {
    let unit = plural("item", limit);
    let msg = format!("{name} should have {bound} {unit} after validation, not {length}");
    Violation::new(kind, msg).with_limit("field_type", name).with_limit("actual_length", length)
}

fn plural(unit: &str, count: usize) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{ending}")
}
