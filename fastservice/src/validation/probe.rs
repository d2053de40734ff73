//! How generated code checks a value only if its type has rules: method calls prefer the
//! receiver with fewer references, so that the first trait below that fits is taken.
//!
//! Not public API. It works on types that are known where the code is generated, so never
//! on a generic parameter.

use std::{fmt::Display, marker::PhantomData};

use super::{Place, Report, Validate};
use crate::error::Result;

/// Types that have declared rules, or hold values of such.
///
/// Beside [`Validate`], whose implementation may hang on a bound: what has rules is never
/// left unchecked because of it, but does not compile.
pub trait Rules {}

/// A member of a value. Call as `(&&Member(value)).check_member(..)`.
#[derive(Debug)]
pub struct Member<'v, T: ?Sized>(pub &'v T);

/// A member with rules.
pub trait CheckMember {
    /// Checks it.
    fn check_member(&self, place: &Place<'_>, report: &mut Report);
}

impl<T: Validate + ?Sized> CheckMember for &Member<'_, T> {
    #[inline]
    fn check_member(&self, place: &Place<'_>, report: &mut Report) {
        self.0.check(place, report);
    }
}

/// A member whose rules cannot be checked: a mistake.
pub trait DemandMember {
    /// What has no `Validate`.
    type Value: ?Sized;

    /// Checks it.
    fn check_member(&self, place: &Place<'_>, report: &mut Report)
    where
        Self::Value: Validate;
}

impl<T: Rules + ?Sized> DemandMember for &&Member<'_, T> {
    type Value = T;

    fn check_member(&self, place: &Place<'_>, report: &mut Report)
    where
        T: Validate,
    {
        self.0.check(place, report);
    }
}

/// A member without rules.
pub trait SkipMember {
    /// Does nothing.
    fn check_member(&self, place: &Place<'_>, report: &mut Report);
}

impl<T: ?Sized> SkipMember for Member<'_, T> {
    #[inline]
    fn check_member(&self, _: &Place<'_>, _: &mut Report) {}
}

/// The text of a key that is written as its one member. Call as
/// `(&&Member(value)).as_key()`.
pub trait MemberKey<'v> {
    /// What a client writes for it, if that is known.
    fn as_key(&self) -> Option<&'v dyn Display>;
}

impl<'v, T: Validate + ?Sized> MemberKey<'v> for &Member<'v, T> {
    #[inline]
    fn as_key(&self) -> Option<&'v dyn Display> {
        self.0.as_key()
    }
}

/// The text of a key that is not known.
pub trait NoKey {
    /// Nothing.
    fn as_key(&self) -> Option<&'static dyn Display>;
}

impl<T: ?Sized> NoKey for Member<'_, T> {
    #[inline]
    fn as_key(&self) -> Option<&'static dyn Display> {
        None
    }
}

/// A member whose type holds `A`, beside others. Call as `(&&Holder::<A, T>::new()).demand()`.
///
/// [`Rules`] cannot say that one of several types has rules.
#[derive(Debug)]
pub struct Holder<A: ?Sized, T: ?Sized>(PhantomData<A>, PhantomData<T>);

impl<A: ?Sized, T: ?Sized> Holder<A, T> {
    /// Only the types count.
    #[allow(clippy::new_without_default, reason = "for generated code only")]
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData, PhantomData)
    }
}

/// What it holds has rules, so it has to check them.
pub trait DemandHolder {
    /// The whole.
    type Value: ?Sized;

    /// Compiles if it does.
    fn demand(&self)
    where
        Self::Value: Validate;
}

impl<A: Rules + ?Sized, T: ?Sized> DemandHolder for &Holder<A, T> {
    type Value = T;

    #[inline]
    fn demand(&self)
    where
        T: Validate,
    {
    }
}

/// What it holds has no rules.
pub trait FreeHolder {
    /// Does nothing.
    fn demand(&self);
}

impl<A: ?Sized, T: ?Sized> FreeHolder for Holder<A, T> {
    #[inline]
    fn demand(&self) {}
}

/// What was made for an argument of a handler. Call as
/// `(&mut &mut Made(&mut result)).check_argument(..)`.
#[derive(Debug)]
pub struct Made<'v, T>(pub &'v mut Result<T>);

/// An argument with rules.
pub trait CheckArgument {
    /// Replaces a value that breaks rules by the error that names them.
    fn check_argument(&mut self, source: &'static str, name: &'static str);
}

impl<T: Validate> CheckArgument for &mut Made<'_, T> {
    #[inline]
    fn check_argument(&mut self, source: &'static str, name: &'static str) {
        check_made(self.0, source, name);
    }
}

/// An argument whose rules cannot be checked: a mistake.
pub trait DemandArgument {
    /// What has no `Validate`.
    type Value;

    /// Checks it.
    fn check_argument(&mut self, source: &'static str, name: &'static str)
    where
        Self::Value: Validate;
}

#[allow(clippy::mut_mut, reason = "the second reference is what makes it second choice")]
impl<T: Rules> DemandArgument for &mut &mut Made<'_, T> {
    type Value = T;

    fn check_argument(&mut self, source: &'static str, name: &'static str)
    where
        T: Validate,
    {
        check_made(self.0, source, name);
    }
}

/// An argument without rules.
pub trait SkipArgument {
    /// Does nothing.
    fn check_argument(&mut self, source: &'static str, name: &'static str);
}

impl<T> SkipArgument for Made<'_, T> {
    #[inline]
    fn check_argument(&mut self, _: &'static str, _: &'static str) {}
}

#[inline]
fn check_made<T: Validate>(made: &mut Result<T>, source: &'static str, name: &'static str) {
    let Ok(value) = made else { return };
    if !T::HAS_RULES {
        return;
    }
    let mut report = Report::new();
    let source = Place::source(source);
    let argument = source.member(name);
    // A whole body has no name.
    let place = if name.is_empty() { &source } else { &argument };
    value.check_argument(place, &mut report);
    if let Err(error) = report.into_result() {
        *made = Err(error);
    }
}
