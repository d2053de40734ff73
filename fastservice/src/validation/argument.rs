//! Arguments that hold one value, each with a place of its own in a request.

/// The rules of the type `$name<T>`, which has one field, are those of what it holds. As an
/// argument it is at `$real`, made of the place `$given` that its name says.
macro_rules! around_argument {
    ($name:ident, $given:ident => $real:expr) => {
        impl<T: $crate::validation::Validate> $crate::validation::Validate for $name<T> {
            const HAS_RULES: bool = T::HAS_RULES;

            #[inline]
            fn check(&self, place: &Place<'_>, report: &mut $crate::validation::Report) {
                self.0.check(place, report);
            }

            #[inline]
            fn check_argument(&self, $given: &Place<'_>, report: &mut $crate::validation::Report) {
                self.0.check($real, report);
            }
        }

        impl<T: $crate::validation::probe::Rules> $crate::validation::probe::Rules for $name<T> {}
    };
}

pub(crate) use around_argument;
