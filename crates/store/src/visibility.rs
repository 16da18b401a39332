//! Visibility: which assets a reader may learn of at all. A conjunct of every read.

use cadastre_model::query::Query;

/// What a reader may see: a query that every asset shown, counted or suggested fulfils.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visibility(Query);

impl Visibility {
    /// Everything.
    #[must_use]
    pub fn all() -> Visibility {
        Visibility(Query::All)
    }

    /// Only what fulfils the query.
    #[must_use]
    pub fn only(query: Query) -> Visibility {
        Visibility(query)
    }

    /// The query narrowed to what the reader may see. What is gone, hidden or disposed still goes by
    /// [`Query::shown`] of the reader's own query.
    pub(crate) fn applied(&self, query: &Query) -> Query {
        Query::all_of(vec![query.clone(), self.0.clone()])
    }

    pub(crate) fn is_all(&self) -> bool {
        self.0 == Query::All
    }
}
