//! What is held: each asset's terms, text and place in the order of names, at one revision.

use super::entry::{Axis, Entry};
use super::posting::Posting;
use super::seen::Seen;
use super::texts::{Place, Texts};
use cadastre_model::policy::Policy;
use cadastre_model::query::Shown;
use cadastre_model::{Freshness, Lifecycle, Rev};
use roaring::RoaringBitmap;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

struct Slot {
    name: Arc<str>,
    /// Places in `postings`.
    terms: Box<[u32]>,
    text: Place,
    seen: Seen,
}

/// The register at one revision.
pub struct State {
    /// `None` while it is brought to another.
    pub rev: Option<Rev>,
    pub policy: Policy,
    /// By asset id.
    slots: Vec<Option<Slot>>,
    /// Key and value, and the place of their assets in `postings`. A term that nobody has any more
    /// stays, with no asset.
    terms: BTreeMap<(i16, Box<str>), u32>,
    postings: Vec<Posting>,
    /// By sort name, then id.
    pub order: BTreeSet<(Arc<str>, u32)>,
    pub everything: RoaringBitmap,
    pub texts: Texts,
}

impl State {
    pub fn new(policy: Policy) -> State {
        State {
            rev: None,
            policy,
            slots: Vec::new(),
            terms: BTreeMap::new(),
            postings: Vec::new(),
            order: BTreeSet::new(),
            everything: RoaringBitmap::new(),
            texts: Texts::default(),
        }
    }

    /// An asset as it is from now on.
    pub fn put(&mut self, entry: Entry) {
        let Entry { id, name, text, terms, seen } = entry;
        let mut terms: Vec<u32> =
            terms.into_iter().map(|(key, value)| self.place_of(key, value)).collect();
        terms.sort_unstable();
        terms.dedup();
        let index = id as usize;
        if self.slots.len() <= index {
            self.slots.resize_with(index + 1, || None);
        }
        let before = self.slots.get_mut(index).and_then(Option::take);
        let before_terms = before.as_ref().map_or(&[][..], |slot| &slot.terms);
        for place in before_terms.iter().filter(|place| terms.binary_search(place).is_err()) {
            if let Some(posting) = self.postings.get_mut(*place as usize) {
                posting.remove(id);
            }
        }
        for place in terms.iter().filter(|place| before_terms.binary_search(place).is_err()) {
            if let Some(posting) = self.postings.get_mut(*place as usize) {
                posting.insert(id);
            }
        }
        let text = match &before {
            None => self.texts.put(id, &text),
            Some(before) => self.texts.replace(before.text, id, &text),
        };
        if before.as_ref().is_none_or(|before| before.name != name) {
            if let Some(before) = before {
                self.order.remove(&(before.name, id));
            }
            self.order.insert((name.clone(), id));
        }
        self.everything.insert(id);
        if let Some(slot) = self.slots.get_mut(index) {
            *slot = Some(Slot { name, terms: terms.into(), text, seen });
        }
    }

    fn place_of(&mut self, key: i16, value: String) -> u32 {
        let next = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
        let place = *self.terms.entry((key, value.into())).or_insert(next);
        if place == next {
            self.postings.push(Posting::default());
        }
        place
    }

    /// The sort name of an asset.
    pub fn name(&self, id: u32) -> Option<&Arc<str>> {
        self.slots.get(id as usize)?.as_ref().map(|slot| &slot.name)
    }

    /// When an asset was seen.
    pub fn seen(&self, id: u32) -> Option<&Seen> {
        self.slots.get(id as usize)?.as_ref().map(|slot| &slot.seen)
    }

    /// Lets go of the texts that are nobody's any more, if those are many.
    pub fn tidy(&mut self) {
        if !self.texts.is_wasteful() {
            return;
        }
        let slots = &mut self.slots;
        self.texts.close_up(|id, place| {
            if let Some(slot) = slots.get_mut(id as usize).and_then(Option::as_mut) {
                slot.text = place;
            }
        });
    }

    /// The values of a key from `first` on, in their order, with their assets.
    pub fn values<'s>(
        &'s self,
        key: i16,
        first: &str,
    ) -> impl Iterator<Item = (&'s str, &'s Posting)> + use<'s> {
        let from = Bound::Included((key, Box::from(first)));
        self.terms
            .range((from, Bound::Unbounded))
            .take_while(move |((of, _), _)| *of == key)
            .filter_map(|((_, value), place)| {
                Some((value.as_ref(), self.postings.get(*place as usize)?))
            })
    }

    /// The assets that have an axis so.
    pub fn axis(&self, axis: Axis) -> RoaringBitmap {
        let (key, value) = axis.term();
        let mut found = RoaringBitmap::new();
        if let Some((_, posting)) = self.values(key, &value).next().filter(|(is, _)| *is == value) {
            posting.union_into(&mut found);
        }
        found
    }

    /// The assets that lists show.
    pub fn shows(&self, shown: Shown) -> RoaringBitmap {
        let mut all = self.everything.clone();
        if !shown.gone {
            all -= self.axis(Axis::Freshness(Freshness::Gone));
        }
        if !shown.hidden {
            all -= self.axis(Axis::Hidden);
        }
        if !shown.disposed {
            all -= self.axis(Axis::Lifecycle(Lifecycle::Disposed));
        }
        all
    }
}
