//! What is held: each asset's terms, text and place in the order of names, at one revision.

use super::posting::Posting;
use super::texts::{Place, Texts};
use cadastre_model::policy::Policy;
use cadastre_model::query::Shown;
use cadastre_model::registry::ValueType;
use cadastre_model::terms::{TermKey, search_text, terms_of};
use cadastre_model::text::sort_key;
use cadastre_model::{AssetDoc, Freshness, Lifecycle, Power, Rev};
use roaring::RoaringBitmap;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

/// Whether terms of this key are held: the kind, sources, tags, facets and numbers. Other texts, and
/// moments, are nearly as many as assets, and the database's index finds the few that have one.
pub fn is_held(key: TermKey) -> bool {
    match key {
        TermKey::Source | TermKey::Tag | TermKey::Kind => true,
        TermKey::Attr(attr) => {
            let of = attr.def().value_type;
            attr.def().facet || (of.is_number() && of != ValueType::Moment)
        }
    }
}

/// What an asset has beside its terms; numbered like the keys of terms, below all of those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    Lifecycle(Lifecycle),
    Power(Power),
    Freshness(Freshness),
    Conflicted,
    Hidden,
}

impl Axis {
    fn term(self) -> (i16, String) {
        match self {
            Axis::Lifecycle(one) => (-1, one.code().to_string()),
            Axis::Power(one) => (-2, one.code().to_string()),
            Axis::Freshness(one) => (-3, one.code().to_string()),
            Axis::Conflicted => (-4, String::new()),
            Axis::Hidden => (-5, String::new()),
        }
    }
}

struct Slot {
    name: Arc<str>,
    /// Places in `postings`.
    terms: Box<[u32]>,
    text: Place,
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
    pub fn put(&mut self, id: u32, doc: &AssetDoc) {
        let name: Arc<str> = shown_null(sort_key(&doc.name)).into();
        let text = shown_null(search_text(doc));
        let mut terms: Vec<u32> = terms_of(doc, &self.policy)
            .into_iter()
            .filter(|term| is_held(term.key))
            .map(|term| (term.key.code(), shown_null(term.value)))
            .chain(axes(doc).map(Axis::term))
            .map(|(key, value)| self.place_of(key, value))
            .collect();
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
        let text = match before {
            None => self.texts.put(id, &text),
            Some(before) => {
                if before.name != name {
                    self.order.remove(&(before.name, id));
                }
                self.texts.replace(before.text, id, &text)
            }
        };
        self.order.insert((name.clone(), id));
        self.everything.insert(id);
        if let Some(slot) = self.slots.get_mut(index) {
            *slot = Some(Slot { name, terms: terms.into(), text });
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

fn axes(doc: &AssetDoc) -> impl Iterator<Item = Axis> {
    let always =
        [Axis::Lifecycle(doc.lifecycle), Axis::Power(doc.power), Axis::Freshness(doc.freshness)];
    let conflicted = doc.conflicted.then_some(Axis::Conflicted);
    let hidden = doc.hidden.is_some().then_some(Axis::Hidden);
    always.into_iter().chain(conflicted).chain(hidden)
}

/// As the database stores it, see [`crate::sql::storable`].
pub fn shown_null(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}
