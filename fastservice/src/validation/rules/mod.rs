//! One function for each rule. Generated code calls them; nothing is allocated unless a
//! rule is broken.
//!
//! Types and messages are pydantic's, where it has the rule.

mod format;
mod length;
mod number;
mod text;
mod inner;
#[cfg(test)]
mod tests;

pub use self::{
    format::{email, ip, ipv4, ipv6, url},
    inner::{Items, inner},
    length::{Length, Members, max_length, max_properties, min_length, min_properties},
    number::{Number, ge, gt, le, lt, multiple_of},
    text::{Pattern, Text, contains, does_not_contain, pattern},
};
use super::{Place, Report, Violation};

/// A value that must be there, though its type can be without.
#[allow(clippy::ref_option, reason = "it is called as every rule is")]
pub fn required<T>(value: &Option<T>, place: &Place<'_>, report: &mut Report) {
    if value.is_none() {
        report.add(place, Violation::new("missing", "Field required"));
    }
}
