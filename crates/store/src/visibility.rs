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

    pub(crate) fn query(&self) -> &Query {
        &self.0
    }

    pub(crate) fn is_all(&self) -> bool {
        self.0 == Query::All
    }
}
