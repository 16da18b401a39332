//! Ties: what a record has in common with the records of an asset.

use super::crowd::Crowd;
use crate::draft::Draft;
use cadastre_model::identifier::uuid_swapped;
use cadastre_model::registry::Family;
use cadastre_model::{AssetId, Decision, Identifier, Record, RecordKey, Scheme, Strength};
use std::collections::{BTreeMap, BTreeSet};

/// One identifier in common.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// As the record in question spells it.
    pub identifier: Identifier,
    /// Who else has it.
    pub holder: RecordKey,
}

/// Everything a record has in common with one asset.
#[derive(Debug, Default)]
pub(crate) struct Tie {
    pairs: Vec<Pair>,
}

impl Tie {
    /// What may decide by itself: strong identifiers, and Ethernet addresses where there are two.
    pub fn strong(&self) -> Vec<&Pair> {
        let macs_decide = self.macs() >= 2;
        let strong = |pair: &&Pair| match pair.identifier.scheme {
            Scheme::Mac => macs_decide,
            scheme => scheme.strength() == Strength::Strong,
        };
        self.pairs.iter().filter(strong).collect()
    }

    /// What may only suggest: names, and a single Ethernet address.
    pub fn weak(&self) -> Vec<&Pair> {
        let weak = |pair: &&Pair| pair.identifier.scheme.strength() == Strength::Weak;
        self.pairs.iter().filter(weak).collect()
    }

    /// Whether any of these identifiers is among what is in common.
    pub fn rests_on(&self, identifiers: &[Identifier]) -> bool {
        self.pairs.iter().any(|pair| identifiers.contains(&pair.identifier))
    }

    fn macs(&self) -> usize {
        let macs = self.pairs.iter().map(|pair| &pair.identifier);
        macs.filter(|one| one.scheme == Scheme::Mac).collect::<BTreeSet<_>>().len()
    }
}

/// What a record has in common with which assets, its own left out.
///
/// Kinds that only their own source can identify match nobody; nor do kinds of two families, junk,
/// and what a person has ruled out.
pub(crate) fn ties(
    draft: &Draft<'_>,
    crowd: &Crowd<'_>,
    record: &Record,
) -> BTreeMap<AssetId, Tie> {
    let mut ties: BTreeMap<AssetId, Tie> = BTreeMap::new();
    if record.doc.kind.family() == Family::Own {
        return ties;
    }
    for identifier in &record.doc.identifiers {
        if identifier.scheme.strength() == Strength::LookupOnly || !crowd.admits(identifier) {
            continue;
        }
        for spelling in spellings(identifier).iter().filter(|one| crowd.admits(one)) {
            for holder in holders(draft, record, spelling) {
                let pair = Pair { identifier: identifier.clone(), holder: holder.key };
                ties.entry(holder.asset).or_default().pairs.push(pair);
            }
        }
    }
    ties
}

fn holders<'d>(
    draft: &'d Draft<'_>,
    record: &Record,
    spelling: &Identifier,
) -> impl Iterator<Item = &'d Record> {
    let keys = draft.snapshot.holders.get(spelling).into_iter().flatten();
    keys.filter_map(|key| draft.record(*key)).filter(move |holder| {
        let ruled_out = draft.snapshot.decisions.get(&(record.key, holder.asset));
        holder.key != record.key
            && holder.doc.kind.family() == record.doc.kind.family()
            // The record as this batch leaves it; it may have given the identifier up.
            && holder.doc.identifiers.contains(spelling)
            && ruled_out != Some(&Decision::Reject)
            && (holder.asset != record.asset)
    })
}

/// The identifier as others may spell it: firmware UUIDs come in two byte orders.
pub(crate) fn spellings(identifier: &Identifier) -> Vec<Identifier> {
    let mut spellings = vec![identifier.clone()];
    if identifier.scheme == Scheme::SmbiosUuid
        && let Some(value) = uuid_swapped(&identifier.value)
        && value != identifier.value
    {
        spellings.push(Identifier { scheme: Scheme::SmbiosUuid, value });
    }
    spellings
}

/// The identifiers of these pairs, each once.
pub(crate) fn evidence<'a>(pairs: impl IntoIterator<Item = &'a Pair>) -> Vec<Identifier> {
    let each: BTreeSet<&Identifier> = pairs.into_iter().map(|pair| &pair.identifier).collect();
    each.into_iter().cloned().collect()
}
