//! Asking for things by name where one unknown name spoils the whole request.
//!
//! EC2 says which name it was, mostly; then it is asked for the others.

use std::collections::BTreeSet;

/// What to ask instead: the names that the message does not name; if it names none of them, each half
/// by itself. Fewer each time, so it comes to an end.
pub(super) fn without_unknown(names: Vec<String>, message: &str) -> Vec<Vec<String>> {
    let named: BTreeSet<&str> = message
        .split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.'))
        .map(|word| word.trim_end_matches('.'))
        .collect();
    let left: Vec<String> =
        names.iter().filter(|name| !named.contains(name.as_str())).cloned().collect();
    if left.len() < names.len() {
        return if left.is_empty() { Vec::new() } else { vec![left] };
    }
    if names.len() <= 1 {
        return Vec::new();
    }
    let (first, second) = names.split_at(names.len() / 2);
    vec![second.to_vec(), first.to_vec()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn unknown_names_are_taken_out_by_name_or_by_halving() {
        let one = "The image id '[ami-2]' does not exist";
        assert_eq!(without_unknown(names("ami-1 ami-2 ami-3"), one), [names("ami-1 ami-3")]);
        let all = "The image ids '[ami-1, ami-2]' do not exist";
        assert!(without_unknown(names("ami-1 ami-2"), all).is_empty());
        let odd = "Invalid id: \"x\" (expecting \"ami-...\")";
        assert_eq!(without_unknown(names("ami-1 x"), odd), [names("ami-1")]);
        assert_eq!(without_unknown(names("a b c"), "?"), [names("b c"), names("a")]);
        assert!(without_unknown(names("a"), "?").is_empty());
        let types = "The following supplied instance types do not exist: [x9.nope, x9.none]";
        let asked = names("m5.large x9.none x9.nope");
        assert_eq!(without_unknown(asked, types), [names("m5.large")]);
        assert_eq!(without_unknown(names("a.b c.d"), "no such type: a.b."), [names("c.d")]);
    }
}
