//! Words of a query: characters that remember whether they stood in quotes, and where.
//!
//! What separates key, operator and value counts only outside quotes; `*` is a wildcard inside
//! quotes too, unless escaped. So a word keeps this for each character until its parts are known.

/// One character of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Glyph {
    /// Outside quotes.
    Plain(char),
    /// Inside quotes, escapes resolved.
    Quoted(char),
    /// A wildcard.
    Star,
    /// An opening or closing quote: no text, but what stands there was not left out.
    Quote,
}

/// A character with its column, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) glyph: Glyph,
    pub(super) column: usize,
}

/// A word or a part of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    letters: &'a [Letter],
    /// Where it begins, also if it is empty.
    pub(super) column: usize,
}

impl<'a> Part<'a> {
    pub(super) fn new(letters: &'a [Letter], column: usize) -> Part<'a> {
        Part { letters, column }
    }

    /// The text without quotes; wildcards as `*`.
    pub(super) fn text(self) -> String {
        self.letters
            .iter()
            .filter_map(|letter| match letter.glyph {
                Glyph::Plain(c) | Glyph::Quoted(c) => Some(c),
                Glyph::Star => Some('*'),
                Glyph::Quote => None,
            })
            .collect()
    }

    /// The text between wildcards; one piece if there is none.
    pub(super) fn pieces(self) -> Vec<String> {
        let mut pieces = vec![String::new()];
        for letter in self.letters {
            match letter.glyph {
                Glyph::Star => pieces.push(String::new()),
                Glyph::Plain(c) | Glyph::Quoted(c) => {
                    if let Some(piece) = pieces.last_mut() {
                        piece.push(c);
                    }
                }
                Glyph::Quote => {}
            }
        }
        pieces
    }

    /// How many columns it takes, at least 1.
    pub(super) fn length(self) -> usize {
        self.letters.last().map_or(1, |last| last.column + 1 - self.column)
    }

    /// Nothing, not even quotes.
    pub(super) fn is_empty(self) -> bool {
        self.letters.is_empty()
    }

    pub(super) fn is_quoted(self) -> bool {
        self.letters.iter().any(|letter| letter.glyph == Glyph::Quote)
    }

    pub(super) fn has_star(self) -> bool {
        self.letters.iter().any(|letter| letter.glyph == Glyph::Star)
    }

    /// `*` and nothing else.
    pub(super) fn is_star(self) -> bool {
        self.has_star()
            && self.letters.iter().all(|letter| matches!(letter.glyph, Glyph::Star | Glyph::Quote))
    }

    /// The first character outside quotes that fulfils `wanted`.
    pub(super) fn find(self, wanted: impl Fn(char) -> bool) -> Option<usize> {
        self.letters.iter().position(|letter| matches!(letter.glyph, Glyph::Plain(c) if wanted(c)))
    }

    /// The character at `index`, if it stands outside quotes.
    pub(super) fn plain_at(self, index: usize) -> Option<char> {
        match self.letters.get(index)?.glyph {
            Glyph::Plain(c) => Some(c),
            _ => None,
        }
    }

    pub(super) fn ends_plain(self, wanted: char) -> bool {
        self.letters.last().is_some_and(|last| last.glyph == Glyph::Plain(wanted))
    }

    /// What stands before `index`, and what from there on.
    pub(super) fn split(self, index: usize) -> (Part<'a>, Part<'a>) {
        let (left, right) =
            self.letters.split_at_checked(index).unwrap_or((self.letters, Default::default()));
        let after = left.last().map_or(self.column, |last| last.column + 1);
        let column = right.first().map_or(after, |first| first.column);
        (Part::new(left, self.column), Part::new(right, column))
    }

    /// What stands on either side of `..` outside quotes.
    pub(super) fn split_range(self) -> Option<(Part<'a>, Part<'a>)> {
        let dots = |pair: &[Letter]| pair.iter().all(|one| one.glyph == Glyph::Plain('.'));
        let at = self.letters.windows(2).position(dots)?;
        let (left, rest) = self.split(at);
        Some((left, rest.split(2).1))
    }
}
