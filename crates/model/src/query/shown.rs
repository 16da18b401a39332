//! The outermost rule: what is gone, hidden or disposed is left out unless the query asks for it.

use super::ast::Query;
use crate::asset::{AssetDoc, Freshness, Lifecycle};

/// What a query brings back of that which lists leave out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// What is gone.
    pub gone: bool,
    /// What is hidden.
    pub hidden: bool,
    /// What is disposed.
    pub disposed: bool,
}

impl Shown {
    /// Everything.
    pub const EVERYTHING: Shown = Shown { gone: true, hidden: true, disposed: true };

    /// Whether an asset passes the rule, whatever the query says of it.
    #[must_use]
    pub fn lets(self, doc: &AssetDoc) -> bool {
        (self.gone || doc.freshness != Freshness::Gone)
            && (self.hidden || doc.hidden.is_none())
            && (self.disposed || doc.lifecycle != Lifecycle::Disposed)
    }

    fn or(self, other: Shown) -> Shown {
        Shown {
            gone: self.gone || other.gone,
            hidden: self.hidden || other.hidden,
            disposed: self.disposed || other.disposed,
        }
    }
}

impl Query {
    /// What the query brings back: everything if it says `is:any`, else each of the three that it
    /// asks for without a negation. What stands inside a relation is about the other end and
    /// brings back nothing.
    #[must_use]
    pub fn shown(&self) -> Shown {
        shown(self, true)
    }
}

fn shown(query: &Query, asked_for: bool) -> Shown {
    match query {
        Query::Any => Shown::EVERYTHING,
        Query::And(items) | Query::Or(items) => {
            items.iter().map(|item| shown(item, asked_for)).fold(Shown::default(), Shown::or)
        }
        Query::Not(inner) => shown(inner, !asked_for),
        Query::Freshness(Freshness::Gone) => Shown { gone: asked_for, ..Shown::default() },
        Query::Hidden => Shown { hidden: asked_for, ..Shown::default() },
        Query::Lifecycle(Lifecycle::Disposed) => Shown { disposed: asked_for, ..Shown::default() },
        _ => Shown::default(),
    }
}
