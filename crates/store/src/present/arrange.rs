//! A page of the assets found, in the order of a list.

use super::seen::Seen;
use super::state::State;
use crate::find::{Sort, SortKey};
use roaring::RoaringBitmap;
use std::ops::Bound;
use std::sync::Arc;

/// Of more hits than this the order of names is walked until the page is full; of fewer, the first
/// are picked out of all.
const CROWD: u64 = 20_000;

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
            SortKey::Name if hits.len() > CROWD => self.walked(hits, &wanted),
            SortKey::Name => self.picked(hits, &wanted),
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

    fn walked(&self, hits: &RoaringBitmap, wanted: &Wanted<'_>) -> Vec<u32> {
        let Wanted { descending, after, limit } = *wanted;
        let mark = after.map(|(name, id)| (Arc::from(name), id));
        let hit = |(_, id): &(Arc<str>, u32)| hits.contains(*id).then_some(*id);
        match (descending, mark) {
            (false, None) => self.order.iter().filter_map(hit).take(limit).collect(),
            (true, None) => self.order.iter().rev().filter_map(hit).take(limit).collect(),
            (false, Some(mark)) => {
                let rest = self.order.range((Bound::Excluded(mark), Bound::Unbounded));
                rest.filter_map(hit).take(limit).collect()
            }
            (true, Some(mark)) => {
                self.order.range(..mark).rev().filter_map(hit).take(limit).collect()
            }
        }
    }

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
