//! `include` and `exclude`: which of a source's things are wanted, by name or id.

/// Globs over ids and names. `*` stands for any letters, `?` for one; letters match in either case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    include: Vec<Vec<char>>,
    exclude: Vec<Vec<char>>,
}

impl Pattern {
    /// Wanted is what one of `include` matches (everything, if there are none) and none of
    /// `exclude`.
    #[must_use]
    pub fn new(include: &[String], exclude: &[String]) -> Pattern {
        let fold = |globs: &[String]| globs.iter().map(|glob| folded(glob)).collect();
        Pattern { include: fold(include), exclude: fold(exclude) }
    }

    /// Whether everything is wanted.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }

    /// Whether a thing known by these names (native id, id, name) is wanted.
    #[must_use]
    pub fn wants(&self, names: &[&str]) -> bool {
        if self.is_open() {
            return true;
        }
        let names: Vec<Vec<char>> = names.iter().map(|name| folded(name)).collect();
        let any = |globs: &[Vec<char>]| {
            globs.iter().any(|glob| names.iter().any(|name| matches(glob, name)))
        };
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude)
    }
}

fn folded(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Matches from left to right, going back to the last `*` when stuck: time is glob × text at most.
fn matches(glob: &[char], text: &[char]) -> bool {
    let (mut at_glob, mut at_text) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while let Some(letter) = text.get(at_text) {
        match glob.get(at_glob) {
            Some('*') => {
                back = Some((at_glob + 1, at_text));
                at_glob += 1;
            }
            Some(wanted) if wanted == letter || *wanted == '?' => {
                at_glob += 1;
                at_text += 1;
            }
            _ => {
                let Some((after_star, taken)) = back else { return false };
                back = Some((after_star, taken + 1));
                at_glob = after_star;
                at_text = taken + 1;
            }
        }
    }
    glob.iter().skip(at_glob).all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(include: &[&str], exclude: &[&str]) -> Pattern {
        let own = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>();
        Pattern::new(&own(include), &own(exclude))
    }

    #[test]
    fn globs() {
        for (glob, text, expected) in [
            ("*", "", true),
            ("web*", "WEB-01", true),
            ("web?", "web", false),
            ("*-test", "a-test-b-test", true),
            ("*-test", "a-tests", false),
            ("*/eu-west-1/*", "111122223333/eu-west-1/i-1", true),
            ("a*b*c", "aXXbXXc", true),
            ("a*b*c", "aXXcXXb", false),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(pattern(&[glob], &[]).wants(&[text]), expected, "{glob} on {text}");
        }
    }

    #[test]
    fn exclude_beats_include() {
        let wanted = pattern(&["web*", "i-1"], &["*-old"]);
        assert!(wanted.wants(&["i-9", "web1"]));
        assert!(wanted.wants(&["i-1", "db1"]));
        assert!(!wanted.wants(&["i-2", "db1"]));
        assert!(!wanted.wants(&["i-1", "web-old"]));
        assert!(pattern(&[], &[]).is_open());
        assert!(pattern(&[], &["x"]).wants(&["y"]));
    }

    #[test]
    fn many_stars_stay_quick() {
        let glob = "*a".repeat(40) + "b";
        assert!(!pattern(&[&glob], &[]).wants(&["a".repeat(5_000).as_str()]));
    }
}
