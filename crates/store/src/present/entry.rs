//! One asset as it is held, made ready before what is held is locked.

use super::seen::Seen;
use cadastre_model::policy::Policy;
use cadastre_model::registry::ValueType;
use cadastre_model::terms::{TermKey, search_text, terms_of};
use cadastre_model::text::sort_key;
use cadastre_model::{AssetDoc, Freshness, Lifecycle, Power};
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
    pub fn term(self) -> (i16, String) {
        match self {
            Axis::Lifecycle(one) => (-1, one.code().to_string()),
            Axis::Power(one) => (-2, one.code().to_string()),
            Axis::Freshness(one) => (-3, one.code().to_string()),
            Axis::Conflicted => (-4, String::new()),
            Axis::Hidden => (-5, String::new()),
        }
    }
}

/// What an asset is found by and shown with.
pub struct Entry {
    pub id: u32,
    pub name: Arc<str>,
    pub text: String,
    /// Key and value.
    pub terms: Vec<(i16, String)>,
    pub seen: Seen,
}

impl Entry {
    pub fn new(id: u32, doc: &AssetDoc, seen: Seen, policy: &Policy) -> Entry {
        let held = terms_of(doc, policy).into_iter().filter(|term| is_held(term.key));
        let held = held.map(|term| (term.key.code(), shown_null(term.value)));
        Entry {
            id,
            name: shown_null(sort_key(&doc.name)).into(),
            text: shown_null(search_text(doc)),
            terms: held.chain(axes(doc).map(Axis::term)).collect(),
            seen,
        }
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
