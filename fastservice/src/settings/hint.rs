//! Names that are set but read by nobody, and which name was meant.

use std::collections::BTreeSet;

use super::{place::Place, source::Source};

/// A line for each name that may be misspelt. Nobody else puts names into `env_config`,
/// so there each unknown one is; elsewhere only what is nearly a setting.
pub(super) fn unknown_names(source: &Source, known: &BTreeSet<String>) -> Vec<String> {
    let names = source.places().iter().flat_map(|place| {
        let is_ours = matches!(place, Place::Lines { .. });
        place.names().into_iter().map(move |(name, origin)| (name, origin, is_ours))
    });
    names.filter_map(|(name, origin, is_ours)| hint(name, &origin, is_ours, known)).collect()
}

fn hint(written: &str, origin: &str, is_ours: bool, known: &BTreeSet<String>) -> Option<String> {
    let name = written.to_ascii_uppercase();
    let of_file = name.strip_suffix("_FILE");
    if known.contains(&name) || of_file.is_some_and(|name| known.contains(name)) {
        return None;
    }
    let is_ours = is_ours || name.starts_with("FASTSERVICE_");
    if !is_plain(written) {
        return is_ours.then(|| format!("{origin} sets what is not a setting"));
    }
    let meant = nearest(&name, known).map(str::to_owned);
    let meant = meant.or_else(|| Some(format!("{}_FILE", nearest(of_file?, known)?)));
    match meant {
        Some(meant) => Some(format!("{name} ({origin}) is not a setting; did you mean {meant}?")),
        None => is_ours.then(|| format!("{name} ({origin}) is not a setting of this service")),
    }
}

/// The setting that is one or two slips away. Short words are near to each other by
/// themselves: `HOME` is no slip of `HOST`.
fn nearest<'k>(name: &str, known: &'k BTreeSet<String>) -> Option<&'k str> {
    let allowed = if name.len() < 8 { 1 } else { 2 };
    // Most are too long or too short, and are not compared letter by letter.
    let alike = known.iter().filter(|known| known.len().abs_diff(name.len()) <= allowed);
    let distances = alike.map(|known| (strsim::osa_distance(name, known), known.as_str()));
    let near = distances.filter(|(distance, _)| *distance <= allowed);
    near.min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

/// Whether this may be repeated. The last line of a key in Base64 looks like `NAME=`,
/// but has letters of both cases.
fn is_plain(name: &str) -> bool {
    let is_mixed = name.contains(|c: char| c.is_ascii_lowercase())
        && name.contains(|c: char| c.is_ascii_uppercase());
    !is_mixed && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognized_and_another_word_is_not() {
        let known =
            ["HOST", "PORT", "API_CLIENT_SECRET", "LOGGING_LEVEL"].map(str::to_owned).into();

        for (name, meant) in [
            ("PROT", Some("PORT")),
            ("HOSTS", Some("HOST")),
            ("API_CLIENT_SECERT", Some("API_CLIENT_SECRET")),
            ("LOGING_LEVEL", Some("LOGGING_LEVEL")),
            ("HOME", None),
            ("PATH", None),
            ("HOSTNAME", None),
            ("API_CLIENT_ID", None),
        ] {
            assert_eq!(nearest(name, &known), meant, "{name}");
        }
    }
}
