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

use super::{Place, Report, Validate, probe::Rules};
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

without_rules! {
    () bool char str String Duration IpAddr Ipv4Addr Ipv6Addr serde_json::Value uuid::Uuid
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

/// The body, whatever the argument is called.
impl<T: Validate> Validate for Json<T> {
    const HAS_RULES: bool = T::HAS_RULES;

    #[inline]
    fn check(&self, place: &Place<'_>, report: &mut Report) {
        self.0.check(place, report);
    }

    #[inline]
    fn check_argument(&self, _: &Place<'_>, report: &mut Report) {
        self.0.check(&Place::source("body"), report);
    }
}

impl<T: Rules> Rules for Json<T> {}

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

impl<T: Validate + ToOwned + ?Sized> Validate for Cow<'_, T> {
    const HAS_RULES: bool = T::HAS_RULES;

    #[inline]
    fn check(&self, place: &Place<'_>, report: &mut Report) {
        T::check(self, place, report);
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

/// Each value with its key.
macro_rules! maps {
    ($($name:ty, [$($generics:tt)*];)*) => {$(
        impl<K: Display, T: Validate, $($generics)*> Validate for $name {
            const HAS_RULES: bool = T::HAS_RULES;

            #[inline]
            fn check(&self, place: &Place<'_>, report: &mut Report) {
                if T::HAS_RULES {
                    for (key, value) in self {
                        if report.is_full() {
                            return;
                        }
                        value.check(&place.key(key), report);
                    }
                }
            }
        }

        impl<K, T: Rules, $($generics)*> Rules for $name {}
    )*};
}

maps! {
    BTreeMap<K, T>, [];
    HashMap<K, T, S>, [S];
}
