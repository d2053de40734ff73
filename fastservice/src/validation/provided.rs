//! Types of others: those that hold values check each, the rest has no rules.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque},
    fmt::Display,
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use super::{Place, Report, Validate, around_argument, probe::Rules};
use crate::{json::Json, secret::Secret};

/// Types that no rule of ours is about.
macro_rules! without_rules {
    ($($name:ty)*) => {$(
        impl Validate for $name {
            const HAS_RULES: bool = false;

            #[inline]
            fn check(&self, _: &Place<'_>, _: &mut Report) {}
        }
    )*};
}

without_rules!(() str Duration serde_json::Value);

/// Those that are keys of maps too, in the words of their `Display`.
macro_rules! keys {
    ($($name:ty)*) => {$(
        impl Validate for $name {
            const HAS_RULES: bool = false;

            #[inline]
            fn check(&self, _: &Place<'_>, _: &mut Report) {}

            #[inline]
            fn as_key(&self) -> Option<&dyn Display> {
                Some(self)
            }
        }
    )*};
}

keys! {
    bool char String IpAddr Ipv4Addr Ipv6Addr uuid::Uuid
    i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64
}

#[cfg(feature = "chrono")]
without_rules! {
    chrono::NaiveDate chrono::NaiveTime chrono::NaiveDateTime chrono::DateTime<chrono::Utc>
    chrono::DateTime<chrono::FixedOffset>
}

impl<T: ?Sized> Validate for PhantomData<T> {
    const HAS_RULES: bool = false;

    #[inline]
    fn check(&self, _: &Place<'_>, _: &mut Report) {}
}

impl<T: Validate> Validate for Option<T> {
    const HAS_RULES: bool = T::HAS_RULES;

    #[inline]
    fn check(&self, place: &Place<'_>, report: &mut Report) {
        if let Some(value) = self {
            value.check(place, report);
        }
    }

    #[inline]
    fn check_argument(&self, place: &Place<'_>, report: &mut Report) {
        if let Some(value) = self {
            value.check_argument(place, report);
        }
    }
}

impl<T: Rules> Rules for Option<T> {}

around_argument!(Json, _place => &Place::source("body"));

/// Types that hold one value, without a name of its own.
macro_rules! around_one {
    ($($name:ident<$held:ident $(: ?$sized:ident)?>: $value:ident => $inner:expr;)*) => {$(
        impl<$held: Validate $(+ ?$sized)?> Validate for $name<$held> {
            const HAS_RULES: bool = $held::HAS_RULES;

            #[inline]
            fn check(&self, place: &Place<'_>, report: &mut Report) {
                let $value = self;
                $held::check($inner, place, report);
            }

            #[inline]
            fn check_argument(&self, place: &Place<'_>, report: &mut Report) {
                let $value = self;
                $held::check_argument($inner, place, report);
            }
        }

        impl<$held: Rules $(+ ?$sized)?> Rules for $name<$held> {}
    )*};
}

around_one! {
    Box<T: ?Sized>: value => value;
    Arc<T: ?Sized>: value => value;
    Rc<T: ?Sized>: value => value;
    Secret<T>: value => value.expose();
}

impl<T: Validate + ?Sized> Validate for &T {
    const HAS_RULES: bool = T::HAS_RULES;

    #[inline]
    fn check(&self, place: &Place<'_>, report: &mut Report) {
        T::check(self, place, report);
    }
}

impl<T: Rules + ?Sized> Rules for &T {}

impl<T: Validate + ToOwned + ?Sized> Validate for Cow<'_, T> {
    const HAS_RULES: bool = T::HAS_RULES;

    #[inline]
    fn check(&self, place: &Place<'_>, report: &mut Report) {
        T::check(self, place, report);
    }

    #[inline]
    fn as_key(&self) -> Option<&dyn Display> {
        T::as_key(self)
    }
}

impl<T: Rules + ToOwned + ?Sized> Rules for Cow<'_, T> {}

/// Each value with its position.
macro_rules! lists {
    ($($name:ty, [$($generics:tt)*];)*) => {$(
        impl<T: Validate, $($generics)*> Validate for $name {
            const HAS_RULES: bool = T::HAS_RULES;

            #[inline]
            fn check(&self, place: &Place<'_>, report: &mut Report) {
                if T::HAS_RULES {
                    each(self.iter(), place, report);
                }
            }
        }

        impl<T: Rules, $($generics)*> Rules for $name {}
    )*};
}

lists! {
    Vec<T>, [];
    VecDeque<T>, [];
    LinkedList<T>, [];
    [T], [];
    [T; N], [const N: usize];
}

fn each<'v, T: Validate + 'v>(
    values: impl Iterator<Item = &'v T>,
    place: &Place<'_>,
    report: &mut Report,
) {
    for (index, value) in values.enumerate() {
        if report.is_full() {
            return;
        }
        value.check(&place.index(index), report);
    }
}

/// The values of a set have no position, and one that is wrong says enough.
macro_rules! sets {
    ($($name:ty, [$($generics:tt)*];)*) => {$(
        impl<T: Validate, $($generics)*> Validate for $name {
            const HAS_RULES: bool = T::HAS_RULES;

            #[inline]
            fn check(&self, place: &Place<'_>, report: &mut Report) {
                if T::HAS_RULES {
                    let found = report.len();
                    for value in self {
                        if report.len() > found {
                            return;
                        }
                        value.check(place, report);
                    }
                }
            }
        }

        impl<T: Rules, $($generics)*> Rules for $name {}
    )*};
}

sets! {
    BTreeSet<T>, [];
    HashSet<T, S>, [S];
}

/// Each key and its value.
macro_rules! maps {
    ($($name:ty, [$($generics:tt)*];)*) => {$(
        impl<K: Validate, T: Validate, $($generics)*> Validate for $name {
            const HAS_RULES: bool = K::HAS_RULES || T::HAS_RULES;

            #[inline]
            fn check(&self, place: &Place<'_>, report: &mut Report) {
                if Self::HAS_RULES {
                    entries(self.iter(), place, report);
                }
            }
        }

        impl<K, T: Rules, $($generics)*> Rules for $name {}
    )*};
}

/// Both are where the key is, or where the map is if no text of the key is known.
fn entries<'v, K: Validate + 'v, T: Validate + 'v>(
    entries: impl Iterator<Item = (&'v K, &'v T)>,
    place: &Place<'_>,
    report: &mut Report,
) {
    for (key, value) in entries {
        if report.is_full() {
            return;
        }
        let inside = key.as_key().map(|key| place.key(key));
        let inside = inside.as_ref().unwrap_or(place);
        key.check(inside, report);
        value.check(inside, report);
    }
}

maps! {
    BTreeMap<K, T>, [];
    HashMap<K, T, S>, [S];
}

/// Each value with its position.
macro_rules! tuples {
    ($(($($name:ident $index:tt)*))*) => {$(
        impl<$($name: Validate),*> Validate for ($($name,)*) {
            const HAS_RULES: bool = $($name::HAS_RULES)||*;

            #[inline]
            fn check(&self, place: &Place<'_>, report: &mut Report) {
                $(self.$index.check(&place.index($index), report);)*
            }
        }
    )*};
}

tuples! {
    (A 0)
    (A 0 B 1)
    (A 0 B 1 C 2)
    (A 0 B 1 C 2 D 3)
    (A 0 B 1 C 2 D 3 E 4)
    (A 0 B 1 C 2 D 3 E 4 F 5)
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6)
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7)
}
