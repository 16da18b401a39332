//! A page of the assets found, in the order of a list.

use super::seen::Seen;
use super::state::State;
use crate::find::{Sort, SortKey};
use roaring::RoaringBitmap;
use std::ops::Bound;
use std::sync::Arc;

/// Where the page before ended: sort name and id.
pub type After<'a> = Option<(&'a str, u32)>;

/// A row of a page, as far as it is held.
pub struct Placed {
    pub id: u32,
    /// Its sort name.
    pub name: Arc<str>,
    pub seen: Seen,
}

/// Which of the hits a page shows.
struct Wanted<'a> {
    descending: bool,
    after: After<'a>,
    limit: usize,
}

impl State {
    /// The next `limit` of them; `None`: by an attribute, which is not held.
    pub fn page(
        &self,
        hits: &RoaringBitmap,
        sort: Sort,
        after: After<'_>,
        limit: usize,
    ) -> Option<Vec<Placed>> {
        let wanted = Wanted { descending: sort.descending, after, limit };
        let ids = match sort.key {
            SortKey::Attr(_) => return None,
            SortKey::Id => Self::by_id(hits, &wanted),
            SortKey::Name => {
                self.walked(hits, &wanted).unwrap_or_else(|| self.picked(hits, &wanted))
            }
        };
        let placed = |id: u32| {
            let (name, seen) = (self.name(id)?.clone(), self.seen(id)?.clone());
            Some(Placed { id, name, seen })
        };
        Some(ids.into_iter().filter_map(placed).collect())
    }

    fn by_id(hits: &RoaringBitmap, wanted: &Wanted<'_>) -> Vec<u32> {
        let Wanted { descending, after, limit } = *wanted;
        let mut iter = hits.iter();
        if descending {
            let before = |id: &u32| after.is_none_or(|(_, mark)| *id < mark);
            return iter.rev().filter(before).take(limit).collect();
        }
        if let Some((_, mark)) = after {
            iter.advance_to(mark.saturating_add(1));
        }
        iter.take(limit).collect()
    }

    /// Walks the order of names until the page is full: quick if hits are many or lie near. `None`:
    /// they do not, after as many steps as picking them out would take.
    fn walked(&self, hits: &RoaringBitmap, wanted: &Wanted<'_>) -> Option<Vec<u32>> {
        let Wanted { descending, after, limit } = *wanted;
        let mark = after.map(|(name, id)| (Arc::from(name), id));
        let steps = usize::try_from(hits.len()).unwrap_or(usize::MAX);
        match (descending, mark) {
            (false, None) => full(self.order.iter(), hits, limit, steps),
            (true, None) => full(self.order.iter().rev(), hits, limit, steps),
            (false, Some(mark)) => {
                let rest = self.order.range((Bound::Excluded(mark), Bound::Unbounded));
                full(rest, hits, limit, steps)
            }
            (true, Some(mark)) => full(self.order.range(..mark).rev(), hits, limit, steps),
        }
    }

    /// The first after the mark, out of all hits.
    fn picked(&self, hits: &RoaringBitmap, wanted: &Wanted<'_>) -> Vec<u32> {
        let Wanted { descending, after, limit } = *wanted;
        let order = |a: &(&Arc<str>, u32), b: &(&Arc<str>, u32)| {
            let ascending = a.cmp(b);
            if descending { ascending.reverse() } else { ascending }
        };
        let lies_after = |one: &(&Arc<str>, u32)| {
            after.is_none_or(|(name, id)| {
                let here = (one.0.as_ref(), one.1);
                if descending { here < (name, id) } else { here > (name, id) }
            })
        };
        let named = hits.iter().filter_map(|id| Some((self.name(id)?, id)));
        let mut rest: Vec<(&Arc<str>, u32)> = named.filter(lies_after).collect();
        if rest.len() > limit && limit > 0 {
            rest.select_nth_unstable_by(limit - 1, order);
            rest.truncate(limit);
        }
        rest.sort_unstable_by(order);
        rest.into_iter().map(|(_, id)| id).collect()
    }
}

/// The first `limit` hits, or all there are; `None`: neither came to light in so many steps.
fn full<'o>(
    mut order: impl Iterator<Item = &'o (Arc<str>, u32)>,
    hits: &RoaringBitmap,
    limit: usize,
    steps: usize,
) -> Option<Vec<u32>> {
    let walked = order.by_ref().take(steps).map(|(_, id)| *id);
    let page: Vec<u32> = walked.filter(|id| hits.contains(*id)).take(limit).collect();
    (page.len() == limit || order.next().is_none()).then_some(page)
}
