//! The assets that have one term.

use roaring::RoaringBitmap;

/// Most values of names, ids and moments are had by one asset: a bitmap each would be too large.
const FEW: usize = 16;

/// Ids of assets: a short list, or a bitmap.
pub enum Posting {
    Few(Vec<u32>),
    Many(RoaringBitmap),
}

impl Default for Posting {
    fn default() -> Posting {
        Posting::Few(Vec::new())
    }
}

impl Posting {
    pub fn insert(&mut self, id: u32) {
        match self {
            Posting::Few(ids) if ids.contains(&id) => {}
            Posting::Few(ids) if ids.len() < FEW => ids.push(id),
            Posting::Few(ids) => {
                let mut many: RoaringBitmap = ids.iter().copied().collect();
                many.insert(id);
                *self = Posting::Many(many);
            }
            Posting::Many(many) => {
                many.insert(id);
            }
        }
    }

    pub fn remove(&mut self, id: u32) {
        match self {
            Posting::Few(ids) => ids.retain(|one| *one != id),
            Posting::Many(many) => {
                many.remove(id);
            }
        }
    }

    /// Adds its assets to `all`.
    pub fn union_into(&self, all: &mut RoaringBitmap) {
        match self {
            Posting::Few(ids) => all.extend(ids.iter().copied()),
            Posting::Many(many) => *all |= many,
        }
    }

    /// How many of `those` it has.
    pub fn count_among(&self, those: &RoaringBitmap) -> u64 {
        match self {
            Posting::Few(ids) => ids.iter().filter(|id| those.contains(**id)).count() as u64,
            Posting::Many(many) => many.intersection_len(those),
        }
    }
}
