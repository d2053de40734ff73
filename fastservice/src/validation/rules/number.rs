use std::{fmt::Display, rc::Rc, sync::Arc};

use serde_json::Value;

use crate::{
    secret::Secret,
    validation::{Place, Report, Violation},
};

/// A number, or what holds one, that the rule `range` is about.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number",
    label = "`range` is for numbers",
    note = "for a type of your own write the rule inside of it, and derive `Validate` there too"
)]
pub trait Number {
    /// The type of its limits.
    type Limit: PartialOrd + Copy + Display;

    /// The number; `None` where there is no value.
    fn number(&self) -> Option<Self::Limit>;

    /// A limit in JSON.
    fn json(limit: Self::Limit) -> Value;

    /// Whether it is a whole number of steps.
    fn is_multiple(number: Self::Limit, step: Self::Limit) -> bool;

    /// Whether JSON can say it.
    #[inline]
    #[must_use]
    fn is_finite(_: Self::Limit) -> bool {
        true
    }
}

macro_rules! integers {
    ($($number:ty)*) => {$(
        impl Number for $number {
            type Limit = Self;

            #[inline]
            fn number(&self) -> Option<Self> {
                Some(*self)
            }

            fn json(limit: Self) -> Value {
                // JSON of these libraries has no larger numbers than those of 64 bits.
                match (i64::try_from(limit), u64::try_from(limit)) {
                    (Ok(limit), _) => limit.into(),
                    (_, Ok(limit)) => limit.into(),
                    _ => limit.to_string().into(),
                }
            }

            #[inline]
            fn is_multiple(number: Self, step: Self) -> bool {
                number.checked_rem(step).is_none_or(|rest| rest == 0)
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

macro_rules! floats {
    ($($number:ty)*) => {$(
        impl Number for $number {
            type Limit = Self;

            #[inline]
            fn number(&self) -> Option<Self> {
                Some(*self)
            }

            fn json(limit: Self) -> Value {
                limit.into()
            }

            #[inline]
            fn is_multiple(number: Self, step: Self) -> bool {
                // 0.3 is three times 0.1, though its binary form is a little less.
                let steps = number / step;
                (steps - steps.round()).abs() <= steps.abs().max(1.0) * 2.0 * Self::EPSILON
            }

            #[inline]
            fn is_finite(number: Self) -> bool {
                number.is_finite()
            }
        }
    )*};
}

floats!(f32 f64);

macro_rules! holders {
    ($($name:ident => |$value:ident| $inner:expr;)*) => {$(
        impl<T: Number> Number for $name<T> {
            type Limit = T::Limit;

            #[inline]
            fn number(&self) -> Option<T::Limit> {
                let $value = self;
                $inner
            }

            fn json(limit: T::Limit) -> Value {
                T::json(limit)
            }

            #[inline]
            fn is_multiple(number: T::Limit, step: T::Limit) -> bool {
                T::is_multiple(number, step)
            }

            #[inline]
            fn is_finite(number: T::Limit) -> bool {
                T::is_finite(number)
            }
        }
    )*};
}

holders! {
    Option => |value| value.as_ref().and_then(T::number);
    Box => |value| T::number(value);
    Arc => |value| T::number(value);
    Rc => |value| T::number(value);
    Secret => |value| value.expose().number();
}

/// Not a number breaks every bound: it fulfils none. The infinite one that fulfils it is
/// refused too, as it comes from an overflow or from a form, and JSON has no words for it.
macro_rules! bounds {
    ($($(#[$doc:meta])* $name:ident, $sign:tt, $kind:literal, $words:literal;)*) => {$(
        $(#[$doc])*
        #[inline]
        #[allow(clippy::neg_cmp_op_on_partial_ord, reason = "NaN fulfils no comparison")]
        pub fn $name<T: Number>(
            value: &T,
            limit: T::Limit,
            place: &Place<'_>,
            report: &mut Report,
        ) {
            let Some(number) = value.number() else { return };
            if !(number $sign limit) {
                let words = concat!("Input should be ", $words);
                report.add(place, broken::<T>($kind, words, stringify!($name), limit));
            } else if !T::is_finite(number) {
                report.add(place, infinite());
            }
        }
    )*};
}

bounds! {
    /// At least `limit`.
    ge, >=, "greater_than_equal", "greater than or equal to";
    /// More than `limit`.
    gt, >, "greater_than", "greater than";
    /// At most `limit`.
    le, <=, "less_than_equal", "less than or equal to";
    /// Less than `limit`.
    lt, <, "less_than", "less than";
}

/// A whole number of `step`s.
#[inline]
pub fn multiple_of<T: Number>(value: &T, step: T::Limit, place: &Place<'_>, report: &mut Report) {
    if let Some(number) = value.number()
        && !T::is_multiple(number, step)
    {
        let words = "Input should be a multiple of";
        report.add(place, broken::<T>("multiple_of", words, "multiple_of", step));
    }
}

#[cold]
fn broken<T: Number>(
    kind: &'static str,
    words: &str,
    limit_name: &str,
    limit: T::Limit,
) -> Violation {
    Violation::new(kind, format!("{words} {limit}")).with_limit(limit_name, T::json(limit))
}

#[cold]
fn infinite() -> Violation {
    Violation::new("finite_number", "Input should be a finite number")
}
