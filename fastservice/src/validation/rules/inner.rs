use std::{
    collections::{BTreeSet, HashSet, LinkedList, VecDeque},
    rc::Rc,
    sync::Arc,
};

use crate::{
    secret::Secret,
    validation::{Place, Report},
};

/// A list or a set, whose values have rules.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list and no set",
    label = "`inner` is for the values of lists and sets",
    note = "for other types write the rule in a type of your own for the values, and derive \
            `Validate` there"
)]
pub trait Items {
    /// What is in it.
    type Item;

    /// Whether a value has a position that the client knows.
    const HAS_POSITIONS: bool;

    /// What is in it; nothing where there is no value.
    fn items(&self) -> impl Iterator<Item = &Self::Item>;
}

macro_rules! items {
    ($($name:ty, $has_positions:literal, [$($generics:tt)*];)*) => {$(
        impl<T, $($generics)*> Items for $name {
            type Item = T;
            const HAS_POSITIONS: bool = $has_positions;

            fn items(&self) -> impl Iterator<Item = &T> {
                self.iter()
            }
        }
    )*};
}

items! {
    Vec<T>, true, [];
    VecDeque<T>, true, [];
    LinkedList<T>, true, [];
    [T; N], true, [const N: usize];
    BTreeSet<T>, false, [];
    HashSet<T, S>, false, [S];
}

impl<C: Items> Items for Option<C> {
    type Item = C::Item;
    const HAS_POSITIONS: bool = C::HAS_POSITIONS;

    fn items(&self) -> impl Iterator<Item = &C::Item> {
        self.iter().flat_map(C::items)
    }
}

/// Types that hold one list or set.
macro_rules! holders {
    ($($name:ident: $value:ident => $held:expr;)*) => {$(
        impl<C: Items> Items for $name<C> {
            type Item = C::Item;
            const HAS_POSITIONS: bool = C::HAS_POSITIONS;

            fn items(&self) -> impl Iterator<Item = &C::Item> {
                let $value = self;
                C::items($held)
            }
        }
    )*};
}

holders! {
    Box: value => value;
    Arc: value => value;
    Rc: value => value;
    Secret: value => value.expose();
}

/// Checks each value. Of a set the first wrong one is reported, in the set's place: its
/// values have no position any more.
pub fn inner<C: Items>(
    value: &C,
    place: &Place<'_>,
    report: &mut Report,
    check: impl Fn(&C::Item, &Place<'_>, &mut Report),
) {
    let found = report.len();
    for (index, item) in value.items().enumerate() {
        if C::HAS_POSITIONS {
            check(item, &place.index(index), report);
        } else {
            check(item, place, report);
        }
        if report.is_full() || (!C::HAS_POSITIONS && report.len() > found) {
            return;
        }
    }
}
