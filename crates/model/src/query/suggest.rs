//! What was probably meant by a word nobody knows.

/// The candidate nearest to `word`, if one is near enough to be worth naming. Compare in one case.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 2 || letters.len() > 40 {
        return None;
    }
    let allowed = if letters.len() < 6 { 1 } else { 2 };
    let rank = |candidate: &'a str| {
        let other: Vec<char> = candidate.chars().collect();
        let distance = distance(&letters, &other);
        let other_beginning = letters.first() != other.first();
        if distance <= allowed {
            return Some((0, distance, other_beginning, candidate));
        }
        is_short_or_long_form(word, candidate).then_some((1, distance, other_beginning, candidate))
    };
    candidates.into_iter().filter_map(rank).min().map(|(_, _, _, candidate)| candidate)
}

/// `environment` for `env`, `mem` for `memory`; but `cost` is not `cost_centre`.
fn is_short_or_long_form(word: &str, candidate: &str) -> bool {
    const SHORTEST: usize = 3;
    const LEFT_OUT: usize = 4;
    let lengthened = candidate.len() >= SHORTEST && word.starts_with(candidate);
    let shortened = word.len() >= SHORTEST
        && candidate.strip_prefix(word).is_some_and(|rest| rest.len() <= LEFT_OUT);
    lengthened || shortened
}

/// Letters left out, put in, changed, or swapped with their neighbour.
fn distance(left: &[char], right: &[char]) -> usize {
    let width = right.len();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=width).collect();
    for (row, a) in left.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, b) in right.iter().enumerate() {
            let cell = |cells: &[usize], at: usize| cells.get(at).copied().unwrap_or(usize::MAX);
            let changed = cell(&above, column) + usize::from(a != b);
            let mut best = changed.min(cell(&above, column + 1) + 1).min(cell(&line, column) + 1);
            let swapped = row > 0
                && column > 0
                && left.get(row - 1) == Some(b)
                && right.get(column - 1) == Some(a);
            if swapped {
                best = best.min(cell(&before, column - 1) + 1);
            }
            line.push(best);
        }
        before = std::mem::replace(&mut above, line);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_near_and_only_that() {
        let keys = ["owner", "os", "env", "memory", "cost_centre", "power"];
        assert_eq!(nearest("onwer", keys), Some("owner"));
        assert_eq!(nearest("ower", keys), Some("owner"));
        assert_eq!(nearest("environment", keys), Some("env"));
        assert_eq!(nearest("mem", keys), Some("memory"));
        assert_eq!(nearest("cost_center", keys), Some("cost_centre"));
        for unlike in ["cost", "port", "x", "colour", ""] {
            assert_eq!(nearest(unlike, keys), None, "{unlike}");
        }
    }
}
