//! Contradiction: strong identifiers of one scheme of which two things cannot both be the owner.

use super::tie::spellings;
use cadastre_model::{Identifier, Record, Scheme};
use std::collections::BTreeSet;

/// Schemes of which a thing has one value, or a set that never changes altogether. What network
/// gear calls itself by (LLDP, SNMP engine) is not among them: it changes with a reset.
const SINGULAR: [Scheme; 6] = [
    Scheme::SmbiosUuid,
    Scheme::Serial,
    Scheme::CloudInstance,
    Scheme::AdGuid,
    Scheme::AdSid,
    Scheme::AwsArn,
];

/// Two identifiers that cannot belong to one thing.
pub(crate) struct Odds {
    pub ours: Identifier,
    pub theirs: Identifier,
}

/// The first scheme in which `record` and `others` share no value though both have one.
///
/// Junk says nothing, so it contradicts nothing.
pub(crate) fn odds<'a>(
    record: &Record,
    others: impl Iterator<Item = &'a Record> + Clone,
) -> Option<Odds> {
    SINGULAR.into_iter().find_map(|scheme| {
        let ours: BTreeSet<&Identifier> = stated(record, scheme).collect();
        let first = *ours.first()?;
        let theirs: BTreeSet<&Identifier> =
            others.clone().flat_map(|other| stated(other, scheme)).collect();
        let their_first = *theirs.first()?;
        let agree = ours.iter().any(|one| spellings(one).iter().any(|form| theirs.contains(form)));
        (!agree).then(|| Odds { ours: first.clone(), theirs: their_first.clone() })
    })
}

fn stated(record: &Record, scheme: Scheme) -> impl Iterator<Item = &Identifier> {
    record.doc.identifiers.iter().filter(move |one| one.scheme == scheme && one.junk().is_none())
}
