//! Finds the word that a mistyped one was meant to be.
use std::iter;

/// The candidate that is one or two letters away from `word`, or has the same letters.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let allowed = if word.len() <= 3 { 1 } else { 2 };
    candidates
        .map(|candidate| {
            let is_swapped = letters(word) == letters(candidate);
            (if is_swapped { 1 } else { distance(word, candidate) }, candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The letters in alphabetical order: two that were swapped are the usual slip.
fn letters(word: &str) -> Vec<char> {
    let mut letters: Vec<_> = word.chars().collect();
    letters.sort_unstable();
    letters
}

/// How many letters to insert, remove or replace (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (index, letter) in from.chars().enumerate() {
        let first = index + 1;
        let pairs = row.iter().zip(row.iter().skip(1));
        let rest = pairs.zip(to.chars()).scan(first, |left, ((diagonal, above), other)| {
            let replaced = diagonal + usize::from(letter != other);
            *left = replaced.min(above + 1).min(*left + 1);
            Some(*left)
        });
        row = iter::once(first).chain(rest).collect();
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_letters() {
        assert_eq!(distance("", ""), 0);
        assert_eq!(distance("", "get"), 3);
        assert_eq!(distance("scope", "scope"), 0);
        assert_eq!(distance("scopes", "scope"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn nearest_prefers_the_closest_and_refuses_the_far() {
        let words = ["put", "post", "patch"];

        assert_eq!(nearest("psot", words.into_iter()), Some("post"));
        assert_eq!(nearest("pat", words.into_iter()), Some("put"));
        assert_eq!(nearest("elephant", words.into_iter()), None);
    }
}
