//! "Did you mean": the known word nearest to one that is not known.

/// The candidate that `word` was most likely meant to be: at most one edit for every three
/// characters away, a swap of neighbours counting as one. `None` if nothing is near.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.to_lowercase();
    let limit = (folded.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&folded, &candidate.to_lowercase());
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 4] = ["listen", "zone", "name", "database"];

    #[test]
    fn finds_a_slip() {
        assert_eq!(closest("lisen", KEYS), Some("listen"));
        assert_eq!(closest("Listne", KEYS), Some("listen"));
        assert_eq!(closest("dtabasse", KEYS), Some("database"));
    }

    #[test]
    fn guesses_nothing_far() {
        assert_eq!(closest("port", KEYS), None);
        assert_eq!(closest("nine", KEYS), None);
        assert_eq!(closest("", KEYS), None);
    }
}
