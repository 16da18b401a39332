//! Cuts a query's text into words, parentheses and operators.

use super::error::ParseError;
use super::word::{Glyph, Letter};

/// A piece of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// Where it begins, counted from 1.
    pub(super) column: usize,
    /// How many columns it takes.
    pub(super) length: usize,
    /// No white space before it.
    pub(super) glued: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Open,
    Close,
    /// `-` at the beginning of a word.
    Minus,
    And,
    Or,
    Not,
    Word(Vec<Letter>),
}

/// The pieces in order. Fails only on quotes that are never closed.
pub(super) fn lex(text: &str) -> Result<Vec<Token>, ParseError> {
    let chars: Vec<char> = text.chars().collect();
    let mut lexer = Lexer { chars: &chars, at: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.token()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'a> {
    chars: &'a [char],
    at: usize,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// The next character and its column.
    fn take(&mut self) -> Option<(char, usize)> {
        let c = self.peek()?;
        self.at += 1;
        Some((c, self.at))
    }

    fn token(&mut self) -> Result<Option<Token>, ParseError> {
        let before = self.at;
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        let start = self.at;
        let Some(first) = self.peek() else {
            return Ok(None);
        };
        let kind = match first {
            '(' => self.single(TokenKind::Open),
            ')' => self.single(TokenKind::Close),
            '-' => self.single(TokenKind::Minus),
            _ => word_or_operator(self.word()?),
        };
        let glued = start > 0 && start == before;
        Ok(Some(Token { kind, column: start + 1, length: self.at - start, glued }))
    }

    fn single(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    fn word(&mut self) -> Result<Vec<Letter>, ParseError> {
        let mut letters = Vec::new();
        while self.peek().is_some_and(|c| !c.is_whitespace() && c != '(' && c != ')') {
            let Some((c, column)) = self.take() else { break };
            match c {
                '"' => self.quotes(column, &mut letters)?,
                '*' => letters.push(Letter { glyph: Glyph::Star, column }),
                c => letters.push(Letter { glyph: Glyph::Plain(c), column }),
            }
        }
        Ok(letters)
    }

    /// What stands in quotes, the first of which is taken already.
    fn quotes(&mut self, opened: usize, letters: &mut Vec<Letter>) -> Result<(), ParseError> {
        letters.push(Letter { glyph: Glyph::Quote, column: opened });
        while let Some((c, column)) = self.take() {
            let glyph = match (c, self.peek()) {
                ('"', _) => {
                    letters.push(Letter { glyph: Glyph::Quote, column });
                    return Ok(());
                }
                ('*', _) => Glyph::Star,
                ('\\', Some(escaped @ ('"' | '\\' | '*'))) => {
                    self.at += 1;
                    Glyph::Quoted(escaped)
                }
                (c, _) => Glyph::Quoted(c),
            };
            letters.push(Letter { glyph, column });
        }
        Err(ParseError::new(opened, 1, "the quotes opened here are never closed")
            .expected("`\"` after the text"))
    }
}

fn word_or_operator(letters: Vec<Letter>) -> TokenKind {
    let spells =
        |word: &str| letters.iter().map(|letter| letter.glyph).eq(word.chars().map(Glyph::Plain));
    if spells("AND") {
        TokenKind::And
    } else if spells("OR") {
        TokenKind::Or
    } else if spells("NOT") {
        TokenKind::Not
    } else {
        TokenKind::Word(letters)
    }
}
