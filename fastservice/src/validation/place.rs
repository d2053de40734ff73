use std::fmt;

use crate::error::Loc;

/// Where in the input a value is.
///
/// A chain on the stack: a place costs nothing until a rule is broken there.
#[derive(Clone, Copy)]
pub struct Place<'p> {
    outer: Option<&'p Place<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Root,
    Member(&'static str),
    /// A header, by its name as an argument.
    Header(&'static str),
    Index(usize),
    Key(&'p dyn fmt::Display),
}

impl<'p> Place<'p> {
    /// The value itself.
    pub const ROOT: Place<'static> = Place { outer: None, step: Step::Root };

    /// A source of input: `path`, `query`, `header`, `cookie` or `body`.
    #[must_use]
    pub const fn source(name: &'static str) -> Place<'static> {
        Place { outer: None, step: Step::Member(name) }
    }

    /// A member of the value here, by the name that a client writes.
    #[must_use]
    pub const fn member(&'p self, name: &'static str) -> Self {
        Self { outer: Some(self), step: Step::Member(name) }
    }

    /// A value of the list here.
    #[must_use]
    pub const fn index(&'p self, index: usize) -> Self {
        Self { outer: Some(self), step: Step::Index(index) }
    }

    /// A value of the map here. A client chose its key, which is cut after 64 characters.
    #[must_use]
    pub const fn key(&'p self, key: &'p dyn fmt::Display) -> Self {
        Self { outer: Some(self), step: Step::Key(key) }
    }

    // Not public API. The place around this one.
    #[doc(hidden)]
    #[must_use]
    pub const fn outer(&'p self) -> &'p Self {
        match self.outer {
            Some(outer) => outer,
            None => self,
        }
    }

    /// The header with the name of the argument here.
    pub(crate) const fn header(&self, source: &'p Place<'p>) -> Self {
        let step = match self.step {
            Step::Member(name) => Step::Header(name),
            step => step,
        };
        Self { outer: Some(source), step }
    }

    /// The same last step from another source.
    pub(crate) const fn within(&self, source: &'p Place<'p>) -> Self {
        Self { outer: Some(source), step: self.step }
    }

    /// As the `loc` of an input error: outermost first.
    pub(super) fn loc(&self) -> Vec<Loc> {
        let mut loc = self.outer.map(Place::loc).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Member(name) => loc.push(name.into()),
            Step::Header(name) => loc.push(name.replace('_', "-").into()),
            Step::Index(index) => loc.push(index.into()),
            Step::Key(key) => {
                loc.push(key.to_string().chars().take(64).collect::<String>().into());
            }
        }
        loc
    }
}

impl fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.loc()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(place: &Place<'_>) -> Vec<String> {
        place.loc().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_place_is_read_from_the_outside() {
        let body = Place::source("body");
        let (items, long) = (body.member("items"), "k".repeat(100));
        let item = items.index(3);
        let key = item.key(&long);

        assert_eq!(text(&key), ["body", "items", "3", &"k".repeat(64)]);
        assert_eq!(text(&Place::ROOT.member("name")), ["name"]);
        assert!(text(&Place::ROOT).is_empty());
    }

    #[test]
    fn a_header_is_named_as_it_is_sent() {
        let (query, header) = (Place::source("query"), Place::source("header"));

        assert_eq!(text(&query.member("x_api_key").header(&header)), ["header", "x-api-key"]);
    }
}
