//! One search: where, for what, and which attributes.

use ldap3::Scope;
use std::fmt;

/// A search. The same question has the same key in every run.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// What is read, for people: `computers`. Part of the key.
    pub name: &'static str,
    /// Under which object.
    pub base: String,
    /// How far down.
    pub scope: Scope,
    /// For what (RFC 4515).
    pub filter: String,
    /// The attributes wanted, and no others.
    pub attributes: Vec<&'static str>,
    /// Attributes wanted by an option that is made up while reading: `member;range=1500-2999`.
    pub pieces: Vec<String>,
    /// Deleted objects too.
    pub deleted: bool,
    /// Objects on a page, at most. 0: not in pages.
    pub page_size: i32,
    /// Only what changed since the answer that left this; empty: since the beginning.
    pub since: Option<Vec<u8>>,
}

impl Question {
    /// About one object.
    pub(crate) fn of_one(
        name: &'static str,
        base: impl Into<String>,
        attributes: &[&'static str],
    ) -> Question {
        Question {
            name,
            base: base.into(),
            scope: Scope::Base,
            filter: "(objectClass=*)".to_owned(),
            attributes: attributes.to_vec(),
            pieces: Vec::new(),
            deleted: false,
            page_size: 0,
            since: None,
        }
    }

    /// About all below a place, page by page.
    pub(crate) fn of_all(
        name: &'static str,
        base: impl Into<String>,
        filter: impl Into<String>,
        attributes: &[&'static str],
        page_size: i32,
    ) -> Question {
        Question {
            name,
            base: base.into(),
            scope: Scope::Subtree,
            filter: filter.into(),
            attributes: attributes.to_vec(),
            pieces: Vec::new(),
            deleted: false,
            page_size,
            since: None,
        }
    }

    /// What is asked for, options and all.
    pub(crate) fn wanted(&self) -> Vec<&str> {
        let plain = self.attributes.iter().copied();
        plain.chain(self.pieces.iter().map(String::as_str)).collect()
    }

    /// What a recording knows a page by. `whom`: the address that is asked.
    pub(crate) fn key(&self, whom: &str, page: u32) -> String {
        let pieces = self.pieces.join(",");
        format!("{whom}/{}/{}?{pieces}&page={page}", self.name, self.base)
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deleted = if self.deleted { " with deleted objects" } else { "" };
        let attributes = self.wanted().join(" ");
        let Question { base, scope, filter, .. } = self;
        write!(f, "{scope:?} `{base}` {filter}{deleted}: {attributes}")
    }
}
