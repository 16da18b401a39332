//! Patterns: text with places to take something from. No regular expressions: a pattern is read by people
//! who look at a `sysDescr`, and takes time in step with the text.

/// The longest thing a place takes, in characters: longer is no version and no model.
const TAKEN_MAX_CHARS: usize = 64;

/// How often the beginning of a pattern is looked for in one text.
const PLACES_MAX: usize = 16;

/// What a place is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    /// Version of the operating system.
    Version,
    /// What comes behind the version in brackets.
    Release,
    /// Model.
    Model,
    /// Serial number.
    Serial,
    /// Build number, which stands for a version.
    Build,
    /// Nothing; it only stands in the way.
    Skip,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Take { field: Field, is_greedy: bool },
}

/// A pattern, ready to be held against texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Piece>);

impl Pattern {
    /// Reads a pattern; `None` if it is none, or takes two things with nothing between them.
    pub(super) fn parse(text: &str) -> Option<Pattern> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            } else if matches!(pieces.last(), Some(Piece::Take { .. })) {
                return None;
            }
            let (name, is_greedy) = match name.strip_suffix('+') {
                Some(name) => (name, true),
                None => (name, false),
            };
            pieces.push(Piece::Take { field: field(name)?, is_greedy });
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        (!pieces.is_empty()).then_some(Pattern(pieces))
    }

    /// What the places take of a text, if all of the pattern is found in it.
    ///
    /// A pattern that begins with text is looked for anywhere; one that begins with a place stands at the
    /// start.
    pub(super) fn find(&self, text: &str) -> Option<Vec<(Field, String)>> {
        let Some((Piece::Text(first), pieces)) = self.0.split_first() else {
            return take(&self.0, text);
        };
        let places = text.match_indices(first.as_str()).take(PLACES_MAX);
        let mut rests = places.filter_map(|(at, found)| text.get(at + found.len()..));
        rests.find_map(|rest| take(pieces, rest))
    }
}

/// What the places take, one after the other from the start of `rest`.
fn take(pieces: &[Piece], mut rest: &str) -> Option<Vec<(Field, String)>> {
    let mut taken = Vec::new();
    let mut pieces = pieces.iter();
    while let Some(piece) = pieces.next() {
        let Piece::Take { field, is_greedy } = piece else { return None };
        let found = match pieces.next() {
            Some(Piece::Text(until)) => {
                let (found, after) = rest.split_once(until.as_str())?;
                rest = after;
                found
            }
            _ if *is_greedy => rest,
            _ => word(rest),
        };
        let found = found.trim();
        if *field == Field::Skip {
            continue;
        }
        if found.is_empty() || found.chars().count() > TAKEN_MAX_CHARS {
            return None;
        }
        taken.push((*field, found.to_owned()));
    }
    Some(taken)
}

/// Up to a blank, a comma or semicolon, or a bracket that closes none inside.
fn word(text: &str) -> &str {
    let mut open = 0;
    let end = text.find(|letter| match letter {
        '(' => {
            open += 1;
            false
        }
        ')' => {
            open -= 1;
            open < 0
        }
        _ => matches!(letter, ' ' | ',' | ';'),
    });
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

fn field(name: &str) -> Option<Field> {
    match name {
        "version" => Some(Field::Version),
        "release" => Some(Field::Release),
        "model" => Some(Field::Model),
        "serial" => Some(Field::Serial),
        "build" => Some(Field::Build),
        "_" => Some(Field::Skip),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn taken(pattern: &str, text: &str) -> Option<Vec<String>> {
        let found = Pattern::parse(pattern).unwrap().find(text)?;
        Some(found.into_iter().map(|(_, text)| text).collect())
    }

    #[test]
    fn takes_the_fewest_letters() {
        for (pattern, text, expected) in [
            ("Version {version},", "IOS, Version 15.0(2a)EX5, RELEASE", Some(vec!["15.0(2a)EX5"])),
            ("{model} ({version})", "VSP-7432CQ (8.0.5.0)", Some(vec!["VSP-7432CQ", "8.0.5.0"])),
            ("RouterOS {model+}", "RouterOS CRS317 1G", Some(vec!["CRS317 1G"])),
            ("v{version}", "v1.2;x", Some(vec!["1.2"])),
            ("a {_} b {model} c", "a 1 2 b 3 c", Some(vec!["3"])),
            ("Version {version},", "Version 15", None),
            ("{model} x", " x", None),
            ("HP {model}, r", "HP HP J1 2, r", Some(vec!["HP J1 2"])),
            ("on {model} by", "on a on b by", Some(vec!["a on b"])),
            ("X{version}y", "Xy X1y", Some(vec!["1"])),
        ] {
            let expected = expected.map(|it| it.into_iter().map(str::to_owned).collect());
            assert_eq!(taken(pattern, text), expected, "{pattern} on {text}");
        }
        assert_eq!(taken("a{model+}", &format!("a{}", "x".repeat(65))), None);
    }

    #[test]
    fn refuses_what_is_no_pattern() {
        for text in ["", "{model", "{colour}", "{model}{version}"] {
            assert_eq!(Pattern::parse(text), None, "{text}");
        }
    }
}
