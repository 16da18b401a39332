//! A small estate in memory, and random ones.

use super::{any_asset_doc, any_moment, pools};
use crate::asset::Asset;
use crate::ids::AssetId;
use crate::policy::Policy;
use crate::query::{Derived, Estate, Query, Subject, is_found};
use crate::relation::RelationType;
use crate::time::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::{BTreeMap, BTreeSet};

/// Assets with their relations, in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryEstate {
    /// The assets, with what is derived of them and whether a lock holds on them.
    pub assets: BTreeMap<AssetId, (Asset, Derived, bool)>,
    /// The relations: subject, type, other end.
    pub relations: BTreeSet<(AssetId, RelationType, AssetId)>,
}

impl MemoryEstate {
    /// Takes an asset in.
    pub fn insert(&mut self, asset: Asset, locked: bool, policy: &Policy) {
        let derived = Derived::of(&asset.doc, policy);
        self.assets.insert(asset.id, (asset, derived, locked));
    }

    /// The assets that a list of the query's hits names.
    #[must_use]
    pub fn found(&self, query: &Query, now: Timestamp) -> BTreeSet<AssetId> {
        let is_hit = |id: &AssetId| {
            self.subject(*id).is_some_and(|subject| is_found(query, &subject, self, now))
        };
        self.assets.keys().copied().filter(is_hit).collect()
    }
}

impl Estate for MemoryEstate {
    fn related(&self, id: AssetId, relation: RelationType, reverse: bool) -> Vec<AssetId> {
        self.relations
            .iter()
            .filter(|(_, one, _)| *one == relation)
            .filter_map(|(subject, _, other)| match reverse {
                false if *subject == id => Some(*other),
                true if *other == id => Some(*subject),
                _ => None,
            })
            .collect()
    }

    fn subject(&self, id: AssetId) -> Option<Subject<'_>> {
        let (asset, derived, locked) = self.assets.get(&id)?;
        Some(Subject::new(asset, derived, *locked))
    }
}

/// An estate of up to `most` assets, numbered from 1, with relations between them.
pub fn any_estate(most: usize) -> impl Strategy<Value = MemoryEstate> {
    let asset = (any_asset_doc(), any_moment(), any_moment(), any::<bool>());
    let relation = (
        any::<prop::sample::Index>(),
        select(pools::RELATIONS.to_vec()),
        any::<prop::sample::Index>(),
    );
    (vec(asset, 1..=most), vec(relation, 0..=most)).prop_map(|(assets, relations)| {
        let policy = Policy::default();
        let mut estate = MemoryEstate::default();
        let count = assets.len();
        for (id, (doc, a, b, locked)) in (1..).zip(assets) {
            let (first_seen, last_seen) = (a.min(b), a.max(b));
            let asset = Asset { id: AssetId(id), doc, first_seen, last_seen };
            estate.insert(asset, locked, &policy);
        }
        let id = |index: prop::sample::Index| {
            AssetId(i64::try_from(index.index(count)).unwrap_or_default() + 1)
        };
        estate.relations = relations
            .into_iter()
            .map(|(subject, relation, other)| (id(subject), relation, id(other)))
            .collect();
        estate
    })
}
