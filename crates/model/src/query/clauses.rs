//! The part of the parser that reads a word: an identifier, a bare word, or a clause with what
//! belongs to it in parentheses (a relation's query, a list of values).

use super::ast::Query;
use super::clause::{Clause, Op, clause};
use super::error::ParseError;
use super::keys::{Key, resolve};
use super::lexer::{Token, TokenKind};
use super::parser::{Parsed, Parser, name_of, never_closed};
use super::shape::{Shape, shape};
use super::term::{bare, leaf, tag_with_value, value_of};
use super::word::{Letter, Part};

impl<'t> Parser<'t> {
    pub(super) fn word(&mut self, word: Part<'t>) -> Parsed {
        match shape(word) {
            Ok(Some(Shape::Sure(query))) => return self.leaf(word, Ok(query)),
            Ok(Some(Shape::Text)) => return self.leaf(word, bare(word)),
            Ok(Some(Shape::Either(query))) => {
                return self.deeper(word.column, |parser| {
                    let lookup = parser.leaf(word, Ok(query))?;
                    let text = parser.leaf(word, bare(word))?;
                    Ok(Query::any_of(vec![lookup, text]))
                });
            }
            Ok(None) => {}
            Err(error) => return self.leaf(word, Err(error)),
        }
        let clause = match clause(word) {
            Ok(Some(clause)) => clause,
            Ok(None) => return self.leaf(word, bare(word)),
            Err(error) => return self.skip(error),
        };
        match resolve(clause.key, clause.reverse) {
            Ok(Key::Relation { .. }) if clause.op != Op::Is => {
                let sign = clause.op.sign();
                let column = clause.value.column.saturating_sub(sign.len());
                let message = format!("`{sign}` does not go with a relation");
                self.skip(ParseError::new(column, sign.len(), message).expected("`:`"))
            }
            Ok(key @ Key::Relation { .. }) => self.related(word, key, clause),
            Ok(key) => self.clause(word, key, clause),
            Err(error) => self.skip(error),
        }
    }

    fn leaf(&mut self, at: Part<'_>, made: Result<Query, ParseError>) -> Parsed {
        self.count(at)?;
        Ok(made.unwrap_or_else(|error| self.note(error)))
    }

    /// Notes what is wrong with a key, and passes over the parentheses that belong to it.
    fn skip(&mut self, error: ParseError) -> Parsed {
        let query = self.note(error);
        let Some(open) = self.take_glued_open() else {
            return Ok(query);
        };
        let mut level = 1_usize;
        while let Some(token) = self.peek() {
            self.at += 1;
            match token.kind {
                TokenKind::Open => level += 1,
                TokenKind::Close => level -= 1,
                _ => {}
            }
            if level == 0 {
                return Ok(query);
            }
        }
        Err(never_closed(open))
    }

    /// `relation:(query)`, `relation:*`, or a single term without parentheses.
    fn related(&mut self, word: Part<'t>, key: Key, clause: Clause<'t>) -> Parsed {
        let Key::Relation { relation, reverse } = key else {
            return Ok(Query::All);
        };
        self.count(word)?;
        let value = clause.value;
        let other = self.other_end(word, |parser| {
            if value.is_star() {
                return Ok(Query::All);
            }
            if !value.is_empty() {
                return parser.deeper(value.column, |parser| parser.term_of_value(value));
            }
            if let Some(open) = parser.take_glued_open() {
                return parser.group(open);
            }
            let message = format!("nothing after `{}:`", key.name());
            Ok(parser.note(ParseError::new(value.column, 1, message).expected(value_of(key))))
        })?;
        Ok(Query::Related { relation, reverse, other: Box::new(other) })
    }

    /// `web01` or `-web01`, standing as the value of a relation.
    fn term_of_value(&mut self, value: Part<'t>) -> Parsed {
        if value.plain_at(0) != Some('-') {
            return self.word(value);
        }
        let rest = value.split(1).1;
        if rest.is_empty() {
            return Err(ParseError::new(value.column, 1, "this `-` stands alone")
                .expected("what to leave out right after it"));
        }
        Ok(self.deeper(value.column, |parser| parser.term_of_value(rest))?.negated())
    }

    /// A clause of a key that is no relation: one value, or a list of them in parentheses.
    fn clause(&mut self, word: Part<'t>, key: Key, clause: Clause<'t>) -> Parsed {
        let Clause { op, value, .. } = clause;
        let days = self.days;
        if value.is_empty()
            && let Some(open) = self.take_glued_open()
        {
            return self.list(open, op, |item| leaf(key, op, item, days));
        }
        // `tag:team=(a OR b)`
        if key == Key::Tag
            && op == Op::Is
            && value.ends_plain('=')
            && let Some(open) = self.take_glued_open()
        {
            let tag_key = value.find(|c| c == '=').map_or(value, |at| value.split(at).0);
            return self.list(open, op, |item| tag_with_value(tag_key, item));
        }
        self.leaf(word, leaf(key, op, value, days))
    }

    /// `value { "OR" value } ")"`
    fn list(
        &mut self,
        open: &Token,
        op: Op,
        make: impl Fn(Part<'t>) -> Result<Query, ParseError>,
    ) -> Parsed {
        if op != Op::Is {
            let sign = op.sign();
            let column = open.column.saturating_sub(sign.len());
            return Err(ParseError::new(column, sign.len(), "a list cannot be compared")
                .expected("`:` before the parentheses"));
        }
        self.deeper(open.column, |parser| {
            let mut items = Vec::new();
            loop {
                let (letters, token) = parser.list_value(open)?;
                let item = Part::new(letters, token.column);
                items.push(parser.leaf(item, make(item))?);
                if parser.take(&TokenKind::Close) {
                    return Ok(Query::any_of(items));
                }
                if !parser.take(&TokenKind::Or) {
                    return Err(parser.no_list_value(open, "`OR` or `)`"));
                }
            }
        })
    }

    fn list_value(&mut self, open: &Token) -> Result<(&'t [Letter], &'t Token), ParseError> {
        let Some(token) = self.peek() else {
            return Err(never_closed(open));
        };
        let TokenKind::Word(letters) = &token.kind else {
            return Err(self.no_list_value(open, "a value"));
        };
        self.at += 1;
        Ok((letters, token))
    }

    fn no_list_value(&self, open: &Token, expected: &str) -> ParseError {
        let Some(token) = self.peek() else {
            return never_closed(open);
        };
        let hint = match token.kind {
            TokenKind::Minus => "; to leave values out, put `-` before the key",
            TokenKind::Word(_) => "; put quotes around a value of several words",
            _ => "",
        };
        let message = format!("found {} in a list of values", name_of(token));
        ParseError::new(token.column, token.length, message).expected(format!("{expected}{hint}"))
    }
}
