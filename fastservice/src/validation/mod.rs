//! Rules that a value keeps beyond its type, checked before the handler runs.

mod argument;
mod place;
mod report;
mod provided;
#[doc(hidden)]
pub mod probe;
#[cfg(feature = "validation")]
pub mod rules;

use std::fmt::Display;

pub(crate) use self::argument::around_argument;
pub use self::{
    place::Place,
    report::{Report, Violation},
};
use crate::error::Result;

/// A value with rules that its type cannot express.
///
/// `#[derive(Validate)]` (feature `validation`) makes it from attributes. Every argument
/// of a handler whose type has it is checked before the handler runs.
///
/// Written by hand where no attribute fits:
///
/// ```
/// use fastservice::{prelude::*, validation::{Place, Report, Violation}};
///
/// struct Even(i64);
///
/// impl Validate for Even {
///     fn check(&self, place: &Place<'_>, report: &mut Report) {
///         if self.0 % 2 != 0 {
///             report.add(place, Violation::new("odd_number", "Input should be even"));
///         }
///     }
/// }
///
/// assert!(Even(2).validate().is_ok());
/// assert_eq!(Even(3).validate().unwrap_err().inputs()[0].kind(), "odd_number");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no rules to check",
    label = "does not implement `Validate`",
    note = "add `#[derive(Validate)]` to `{Self}`, or implement `Validate` by hand"
)]
pub trait Validate {
    // Not public API. Lists of values without rules are not walked through.
    #[doc(hidden)]
    const HAS_RULES: bool = true;

    /// Reports each broken rule of the value that is at `place`.
    fn check(&self, place: &Place<'_>, report: &mut Report);

    // Not public API. Some arguments know better where they come from.
    #[doc(hidden)]
    #[inline]
    fn check_argument(&self, place: &Place<'_>, report: &mut Report) {
        self.check(place, report);
    }

    // Not public API. What a client writes for it where it is the key of a map.
    #[doc(hidden)]
    #[inline]
    fn as_key(&self) -> Option<&dyn Display> {
        None
    }

    /// Checks a value that is no argument. Each `loc` begins at the value.
    ///
    /// # Errors
    /// 422 `invalid_input` with every broken rule, of the first 100.
    fn validate(&self) -> Result<()> {
        let mut report = Report::new();
        self.check(&Place::ROOT, &mut report);
        report.into_result()
    }
}
