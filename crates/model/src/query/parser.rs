//! Builds the tree out of the pieces. `docs/QUERY.md` has the grammar.
//!
//! A bad key or value is noted and the rest read on, so that people see all of them at once; where
//! the structure is broken (parentheses, operators without operands, limits) reading stops there.

use super::ast::Query;
use super::days::DayStart;
use super::error::{ParseError, quoted};
use super::lexer::{Token, TokenKind, lex};
use super::word::Part;

/// The longest query, in bytes of UTF-8, as typed and as written by its `Display`.
pub const MAX_BYTES: usize = 4_096;
/// How deep parentheses, negations and relations may nest.
pub const MAX_DEPTH: usize = 32;
/// How many relations may stand one within the other.
pub const MAX_RELATIONS: usize = 4;
/// How many terms a query may have; each value of a list counts.
pub const MAX_TERMS: usize = 256;

/// Reads a query. Dates begin where `days` says.
///
/// # Errors
/// Everything found to be wrong, from left to right; at least one.
pub fn parse(text: &str, days: &dyn DayStart) -> Result<Query, Vec<ParseError>> {
    if text.len() > MAX_BYTES {
        return Err(vec![too_long(text)]);
    }
    let tokens = lex(text).map_err(|error| vec![error])?;
    let end = text.chars().count() + 1;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        end,
        days,
        depth: 0,
        relations: 0,
        terms: 0,
        errors: Vec::new(),
    };
    let outcome = parser.whole();
    let mut errors = parser.errors;
    let query = match outcome {
        Ok(query) if errors.is_empty() => query,
        Ok(_) => return Err(errors),
        Err(stop) => {
            errors.push(stop);
            return Err(errors);
        }
    };
    // Lists and dates are longer when written out; what is saved must be readable again.
    let written = query.to_string().len();
    if written > MAX_BYTES {
        let message = format!("written out in full, this query is {written} bytes long");
        return Err(vec![
            ParseError::new(1, end - 1, message).expected(format!("at most {MAX_BYTES} bytes")),
        ]);
    }
    Ok(query)
}

fn too_long(text: &str) -> ParseError {
    let fitting = text.char_indices().take_while(|(at, c)| at + c.len_utf8() <= MAX_BYTES).count();
    let message = format!("a query of {} bytes goes too far", text.len());
    ParseError::new(fitting + 1, text.chars().count() - fitting, message)
        .expected(format!("at most {MAX_BYTES} bytes"))
}

/// The error that ends reading.
pub(super) type Parsed = Result<Query, ParseError>;

pub(super) struct Parser<'t> {
    tokens: &'t [Token],
    pub(super) at: usize,
    /// One past the last column.
    end: usize,
    pub(super) days: &'t dyn DayStart,
    depth: usize,
    relations: usize,
    terms: usize,
    errors: Vec<ParseError>,
}

impl<'t> Parser<'t> {
    pub(super) fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn next_is(&self, kind: &TokenKind) -> bool {
        self.peek().is_some_and(|token| token.kind == *kind)
    }

    pub(super) fn take(&mut self, kind: &TokenKind) -> bool {
        let is_it = self.next_is(kind);
        self.at += usize::from(is_it);
        is_it
    }

    /// An opening parenthesis with nothing before it.
    pub(super) fn take_glued_open(&mut self) -> Option<&'t Token> {
        let token = self.peek()?;
        let is_it = token.glued && token.kind == TokenKind::Open;
        self.at += usize::from(is_it);
        is_it.then_some(token)
    }

    /// Notes an error and reads on as if nothing stood there.
    pub(super) fn note(&mut self, error: ParseError) -> Query {
        self.errors.push(error);
        Query::All
    }

    /// One term more.
    pub(super) fn count(&mut self, at: Part<'_>) -> Result<(), ParseError> {
        self.terms += 1;
        if self.terms <= MAX_TERMS {
            return Ok(());
        }
        Err(ParseError::new(at.column, at.length(), format!("this is term {}", self.terms))
            .expected(format!("at most {MAX_TERMS} terms in a query")))
    }

    /// Reads something one level deeper.
    pub(super) fn deeper(
        &mut self,
        column: usize,
        read: impl FnOnce(&mut Self) -> Parsed,
    ) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("nested {} levels deep", self.depth);
            return Err(
                ParseError::new(column, 1, message).expected(format!("at most {MAX_DEPTH} levels"))
            );
        }
        let query = read(self)?;
        self.depth -= 1;
        Ok(query)
    }

    /// Reads what the other end of a relation must fulfil.
    pub(super) fn other_end(
        &mut self,
        at: Part<'_>,
        read: impl FnOnce(&mut Self) -> Parsed,
    ) -> Parsed {
        self.relations += 1;
        if self.relations > MAX_RELATIONS {
            let message = format!("relation number {} one within the other", self.relations);
            return Err(ParseError::new(at.column, at.length(), message)
                .expected(format!("at most {MAX_RELATIONS}")));
        }
        let query = read(self)?;
        self.relations -= 1;
        Ok(query)
    }

    /// `[ or ]`
    fn whole(&mut self) -> Parsed {
        if self.tokens.is_empty() {
            return Ok(Query::All);
        }
        let query = self.or()?;
        match self.peek() {
            None => Ok(query),
            Some(token) => Err(ParseError::new(token.column, 1, "this `)` closes nothing")
                .expected("a `(` before it")),
        }
    }

    /// `and { "OR" and }`
    fn or(&mut self) -> Parsed {
        let mut items = vec![self.and()?];
        while self.take(&TokenKind::Or) {
            items.push(self.and()?);
        }
        Ok(Query::any_of(items))
    }

    /// `unary { [ "AND" ] unary }`
    fn and(&mut self) -> Parsed {
        let mut items = vec![self.unary()?];
        loop {
            let is_said = self.take(&TokenKind::And);
            let ends = self
                .peek()
                .is_none_or(|token| matches!(token.kind, TokenKind::Or | TokenKind::Close));
            if ends && !is_said {
                return Ok(Query::all_of(items));
            }
            items.push(self.unary()?);
        }
    }

    /// `( "-" | "NOT" ) unary | "(" or ")" | word`
    fn unary(&mut self) -> Parsed {
        let Some(token) = self.peek() else {
            return Err(self.no_operand());
        };
        match &token.kind {
            TokenKind::And | TokenKind::Or | TokenKind::Close => Err(self.no_operand()),
            TokenKind::Open => {
                self.at += 1;
                self.group(token)
            }
            TokenKind::Not => {
                self.at += 1;
                Ok(self.deeper(token.column, Self::unary)?.negated())
            }
            TokenKind::Minus => {
                self.at += 1;
                if !self.peek().is_some_and(|next| next.glued && next.kind != TokenKind::Close) {
                    return Err(ParseError::new(token.column, 1, "this `-` stands alone")
                        .expected("what to leave out right after it, as in `-kind:vm`"));
                }
                Ok(self.deeper(token.column, Self::unary)?.negated())
            }
            TokenKind::Word(letters) => {
                self.at += 1;
                self.word(Part::new(letters, token.column))
            }
        }
    }

    /// What follows an opening parenthesis.
    pub(super) fn group(&mut self, open: &Token) -> Parsed {
        if let Some(close) = self.peek().filter(|token| token.kind == TokenKind::Close) {
            let length = close.column + 1 - open.column;
            let message = "nothing stands between the parentheses";
            return Err(ParseError::new(open.column, length, message).expected("at least one term"));
        }
        let query = self.deeper(open.column, Self::or)?;
        if self.take(&TokenKind::Close) {
            return Ok(query);
        }
        Err(never_closed(open))
    }

    /// A term was due.
    fn no_operand(&self) -> ParseError {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let after = before.map_or(String::new(), |token| format!(" after {}", name_of(token)));
        let error = match self.peek() {
            Some(token) => {
                ParseError::new(token.column, token.length, format!("found {}", name_of(token)))
            }
            None => ParseError::new(self.end, 1, "the query ends"),
        };
        error.expected(format!("a term{after}, such as `web01` or `kind:vm`"))
    }
}

pub(super) fn never_closed(open: &Token) -> ParseError {
    ParseError::new(open.column, 1, "this `(` is never closed").expected("a `)` after it")
}

pub(super) fn name_of(token: &Token) -> String {
    match &token.kind {
        TokenKind::Open => "`(`".to_owned(),
        TokenKind::Close => "`)`".to_owned(),
        TokenKind::Minus => "`-`".to_owned(),
        TokenKind::And => "`AND`".to_owned(),
        TokenKind::Or => "`OR`".to_owned(),
        TokenKind::Not => "`NOT`".to_owned(),
        TokenKind::Word(letters) => quoted(&Part::new(letters, token.column).text()),
    }
}
