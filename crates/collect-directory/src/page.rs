//! One answer to a search: objects, references, and how it ended; and its form in a recording.

use crate::entry::Entry;
use crate::errors::{Fault, cut_fault, search_fault};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cadastre_collect::Cause;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One answer. What was read stands, also if it ended badly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// The objects in it.
    pub entries: Vec<Entry>,
    /// Other servers that the directory would ask, as URLs.
    pub referrals: Vec<String>,
    /// How it ended.
    pub end: End,
    /// There is a next page.
    pub more: bool,
    /// Of a question for changes: where the next one goes on. Not kept in a recording, which is
    /// always of everything.
    pub mark: Option<Vec<u8>>,
}

/// How an answer ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum End {
    /// With the directory's own word: 0 is well.
    Result {
        /// The result code (RFC 4511, A.1).
        code: u32,
        /// What the directory says of it.
        text: String,
    },
    /// Before its end.
    Cut {
        /// The sort of end.
        cause: Cause,
        /// In words.
        why: String,
    },
}

impl End {
    /// What is wrong with it, if something is. `question`: what was read.
    pub(crate) fn fault(&self, question: &str) -> Option<Fault> {
        match self {
            End::Result { code: 0, .. } => None,
            End::Result { code, text } => Some(search_fault(question, *code, text)),
            End::Cut { cause, why } => Some(cut_fault(question, *cause, why)),
        }
    }

    /// The directory asked for patience (busy, unavailable).
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, End::Result { code: 51 | 52, .. })
    }

    /// The number that a recording shows: the result code, or 0.
    pub(crate) fn status(&self) -> u16 {
        match self {
            End::Result { code, .. } => u16::try_from(*code).unwrap_or(u16::MAX),
            End::Cut { .. } => 0,
        }
    }
}

/// A piece of an answer in a recording: a line of a recording has its limit.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Piece {
    entries: Vec<TakenEntry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    referrals: Vec<String>,
    /// The last piece says how it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<End>,
    #[serde(default)]
    more: bool,
}

/// An object, octets in base64.
#[derive(Debug, Serialize, Deserialize)]
struct TakenEntry {
    dn: String,
    attributes: BTreeMap<String, Vec<String>>,
}

/// A piece holds about this many octets of objects; one object may be larger.
const PIECE_BYTES: usize = 8 << 20;

/// The pieces of an answer, in order. `hide` masks what must not be kept.
pub(crate) fn pieces(page: &Page, hide: impl Fn(&[u8]) -> Vec<u8>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut piece = Piece::default();
    let mut size = 0;
    for entry in &page.entries {
        if size > PIECE_BYTES {
            pieces.push(std::mem::take(&mut piece));
            size = 0;
        }
        size += entry.size();
        let attributes = entry.attributes.iter().map(|(key, values)| {
            (key.clone(), values.iter().map(|value| STANDARD.encode(hide(value))).collect())
        });
        let dn = STANDARD.encode(hide(&entry.dn));
        piece.entries.push(TakenEntry { dn, attributes: attributes.collect() });
    }
    piece.referrals.clone_from(&page.referrals);
    piece.end = Some(page.end.clone());
    piece.more = page.more;
    pieces.push(piece);
    pieces
}

/// Lays pieces together again.
#[derive(Debug, Default)]
pub(crate) struct Gathering {
    entries: Vec<Entry>,
}

impl Gathering {
    /// Takes a piece; gives the page if it was the last.
    ///
    /// # Errors
    /// It is no piece.
    pub(crate) fn take(&mut self, body: &str) -> Result<Option<Page>, String> {
        let piece: Piece = serde_json::from_str(body).map_err(|error| error.to_string())?;
        let octets = |text: &String| STANDARD.decode(text).map_err(|error| error.to_string());
        for taken in piece.entries {
            let mut entry = Entry { dn: octets(&taken.dn)?, attributes: BTreeMap::new() };
            for (key, values) in taken.attributes {
                let values: Result<Vec<Vec<u8>>, String> = values.iter().map(octets).collect();
                entry.attributes.insert(key, values?);
            }
            self.entries.push(entry);
        }
        let entries = std::mem::take(&mut self.entries);
        let Some(end) = piece.end else {
            self.entries = entries;
            return Ok(None);
        };
        let (referrals, more) = (piece.referrals, piece.more);
        Ok(Some(Page { entries, referrals, end, more, mark: None }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn page(count: usize, size: usize) -> Page {
        let entry = |number: usize| Entry {
            dn: format!("CN={number}").into_bytes(),
            attributes: [("cn".to_owned(), vec![vec![0xff; size]])].into(),
        };
        Page {
            entries: (0..count).map(entry).collect(),
            referrals: vec!["ldap://x/".to_owned()],
            end: End::Result { code: 4, text: "many".to_owned() },
            more: true,
            mark: None,
        }
    }

    fn there_and_back(page: &Page) -> (usize, Page) {
        let pieces = pieces(page, <[u8]>::to_vec);
        let mut gathering = Gathering::default();
        for piece in &pieces {
            let body = serde_json::to_string(piece).unwrap();
            if let Some(page) = gathering.take(&body).unwrap() {
                return (pieces.len(), page);
            }
        }
        panic!("no last piece");
    }

    #[test]
    fn an_answer_comes_back_as_it_was() {
        let small = page(3, 10);
        assert_eq!(there_and_back(&small), (1, small));
        let large = page(9, 3 << 20);
        assert_eq!(there_and_back(&large), (3, large));
        let cut = Page {
            entries: vec![],
            referrals: vec![],
            end: End::Cut { cause: Cause::BrokenOff, why: "x".to_owned() },
            more: false,
            mark: None,
        };
        assert_eq!(there_and_back(&cut), (1, cut));
    }

    #[test]
    fn what_is_hidden_is_not_kept() {
        let pieces = pieces(&page(1, 2), |_| b"***".to_vec());
        let text = serde_json::to_string(&pieces).unwrap();
        assert!(!text.contains(&STANDARD.encode([0xff, 0xff])) && text.contains("Kioq"));
    }
}
