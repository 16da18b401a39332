//! Facets counted in memory.

use super::state::State;
use crate::find::{Facet, FacetValue};
use roaring::RoaringBitmap;

impl State {
    /// The facet of a key among the assets found, most frequent first.
    pub fn facet(&self, key: i16, name: &str, among: &RoaringBitmap, top: usize) -> Option<Facet> {
        let mut values: Vec<FacetValue> = self
            .values(key, "")
            .map(|(value, posting)| (value, posting.count_among(among)))
            .filter(|(_, count)| *count > 0)
            .map(|(value, count)| FacetValue { value: value.to_owned(), count })
            .collect();
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        values.truncate(top);
        (!values.is_empty()).then(|| Facet { key: name.to_owned(), values })
    }
}
