//! Prometheus' text format, version 0.0.4.

use std::{
    collections::BTreeSet,
    fmt::{self, Display, Write},
};

use super::histogram::Histogram;

/// What a family of samples counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by size.
    Histogram,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// Names and values; the names are valid label names.
pub(crate) type Labels<'a> = &'a [(&'a str, &'a str)];

/// The page that is served.
#[derive(Debug, Default)]
pub(crate) struct Page {
    text: String,
    families: BTreeSet<String>,
}

impl Page {
    /// Begins a family; its samples follow. False when the page has it already,
    /// which would make the whole page invalid.
    pub(crate) fn family(&mut self, name: &str, kind: Kind, help: &str) -> bool {
        if !self.families.insert(name.to_owned()) {
            return false;
        }
        if !help.is_empty() {
            self.write(format_args!("# HELP {name} {}\n", Escaped(help, false)));
        }
        self.write(format_args!("# TYPE {name} {}\n", kind.as_str()));
        true
    }

    /// A sample of the family that was begun last.
    pub(crate) fn sample(&mut self, name: &str, labels: Labels<'_>, value: impl Display) {
        self.labelled(name, labels, None);
        self.write(format_args!(" {value}\n"));
    }

    pub(super) fn histogram(&mut self, name: &str, labels: Labels<'_>, histogram: &Histogram) {
        let mut all = 0;
        let bucket = format!("{name}_bucket");
        for (bound, count) in histogram.cumulative() {
            self.labelled(&bucket, labels, Some(bound));
            self.write(format_args!(" {count}\n"));
            all = count;
        }
        self.sample(&format!("{name}_sum"), labels, Number(histogram.sum()));
        self.sample(&format!("{name}_count"), labels, all);
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn labelled(&mut self, name: &str, labels: Labels<'_>, bound: Option<f64>) {
        self.text.push_str(name);
        let mut separator = '{';
        for (name, value) in labels {
            self.write(format_args!("{separator}{name}=\"{}\"", Escaped(value, true)));
            separator = ',';
        }
        if let Some(bound) = bound {
            self.write(format_args!("{separator}le=\"{}\"", Number(bound)));
            separator = ',';
        }
        if separator == ',' {
            self.text.push('}');
        }
    }

    fn write(&mut self, text: fmt::Arguments<'_>) {
        // A `String` takes all that is written.
        let _ = self.text.write_fmt(text);
    }
}

/// A number as Prometheus writes it.
pub(crate) struct Number(pub(crate) f64);

impl Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            f64::INFINITY => f.write_str("+Inf"),
            f64::NEG_INFINITY => f.write_str("-Inf"),
            number => number.fmt(f),
        }
    }
}

/// A text in which a line or a label's value does not end early; quotes are
/// escaped in labels only.
struct Escaped<'a>(&'a str, bool);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(mut rest, is_label) = *self;
        let is_special = |c: char| c == '\\' || c == '\n' || (is_label && c == '"');
        while let Some((before, from)) = rest.find(is_special).map(|at| rest.split_at(at)) {
            f.write_str(before)?;
            let mut special = from.chars();
            match special.next() {
                Some('\n') => f.write_str("\\n")?,
                Some(other) => write!(f, "\\{other}")?,
                None => {}
            }
            rest = special.as_str();
        }
        f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_page_is_in_prometheus_text_format() {
        let histogram = Histogram::new(Arc::new([0.5]));
        histogram.add(0.25);
        let mut page = Page::default();

        page.family("size", Kind::Gauge, "How\nlarge.");
        page.sample("size", &[], Number(f64::INFINITY));
        page.family("time", Kind::Histogram, "");
        page.histogram("time", &[("route", "/a\"b\\c\n")], &histogram);

        let expected = r#"# HELP size How\nlarge.
# TYPE size gauge
size +Inf
# TYPE time histogram
time_bucket{route="/a\"b\\c\n",le="0.5"} 1
time_bucket{route="/a\"b\\c\n",le="+Inf"} 1
time_sum{route="/a\"b\\c\n"} 0.25
time_count{route="/a\"b\\c\n"} 1
"#;
        assert_eq!(page.into_text(), expected);
    }

    #[test]
    fn a_family_is_there_once() {
        let mut page = Page::default();

        assert!(page.family("size", Kind::Gauge, ""));
        assert!(!page.family("size", Kind::Counter, ""));
    }
}
