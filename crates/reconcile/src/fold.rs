//! Folding: an observation laid over what its record said before.
//!
//! A value that could not be read stays, and so does everything that follows from it: the
//! identifiers it was turned into and the addresses of its interfaces. What is stated as absent,
//! or no longer stated at all, is cleared.

use cadastre_model::{
    Attr, Fact, Identifier, Interface, Observation, Record, RecordDoc, Scheme, Strength, Value,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a record says after an observation.
pub(crate) struct Folded {
    pub doc: RecordDoc,
    pub latest: BTreeMap<Attr, Value>,
}

/// Lays `observation` over `before`.
pub(crate) fn fold(observation: &Observation, before: Option<&Record>) -> Folded {
    let mut values = BTreeMap::new();
    let mut latest = BTreeMap::new();
    for (attr, fact) in &observation.facts {
        let value = match fact {
            Fact::Value(value) => Some(value.clone()),
            Fact::Absent => None,
            Fact::NotRead(_) => before.and_then(|record| known(record, *attr)).cloned(),
        };
        let Some(value) = value else { continue };
        if attr.is_versioned() {
            values.insert(*attr, value);
        } else {
            latest.insert(*attr, value);
        }
    }
    let interfaces = interfaces(observation, before);
    let mut identifiers = observation.identifiers.clone();
    if let Some(before) = before {
        identifiers.extend(kept_identifiers(observation, before, &interfaces));
    }
    let doc = RecordDoc {
        kind: observation.kind,
        values,
        tags: observation.tags.clone(),
        identifiers,
        interfaces,
        claims: observation.claims.clone(),
        power: observation.power,
        tombstone: observation.tombstone.clone(),
    };
    Folded { doc, latest }
}

fn known(record: &Record, attr: Attr) -> Option<&Value> {
    record.doc.values.get(&attr).or_else(|| record.latest.get(&attr))
}

fn unread(observation: &Observation, attr: Attr) -> bool {
    matches!(observation.facts.get(&attr), Some(Fact::NotRead(_)))
}

/// Interfaces by native id, each once; addresses that could not be read are kept.
fn interfaces(observation: &Observation, before: Option<&Record>) -> Vec<Interface> {
    let mut interfaces = observation.interfaces.clone();
    interfaces.sort();
    interfaces.dedup_by(|later, first| later.native_id == first.native_id);
    let addresses_unread =
        unread(observation, Attr::PrivateIp) || unread(observation, Attr::PublicIp);
    let Some(before) = before.filter(|_| addresses_unread) else { return interfaces };
    for interface in interfaces.iter_mut().filter(|one| one.addresses.is_empty()) {
        let former = before.doc.interfaces.iter().find(|one| one.native_id == interface.native_id);
        if let Some(former) = former {
            interface.addresses.clone_from(&former.addresses);
        }
    }
    interfaces
}

/// Identifiers of before that stay: those of values that could not be read now, and of a thing
/// that ended (whose listing is stripped) those by which it can still be told from others.
fn kept_identifiers(
    observation: &Observation,
    before: &Record,
    interfaces: &[Interface],
) -> BTreeSet<Identifier> {
    let mut kept = BTreeSet::new();
    let former = &before.doc.identifiers;
    if observation.tombstone.is_some() {
        let lasting = |one: &&Identifier| {
            one.scheme.strength() == Strength::Strong || one.scheme == Scheme::Fqdn
        };
        kept.extend(former.iter().filter(lasting).cloned());
    }
    for (attr, fact) in &observation.facts {
        if !matches!(fact, Fact::NotRead(_)) {
            continue;
        }
        if *attr == Attr::SerialNumber {
            // The maker's part of it is not in the attribute.
            kept.extend(former.iter().filter(|one| one.scheme == Scheme::Serial).cloned());
        }
        kept.extend(known(before, *attr).into_iter().flat_map(|value| made_from(*attr, value)));
    }
    if unread(observation, Attr::PrivateIp) || unread(observation, Attr::PublicIp) {
        let addresses = interfaces.iter().flat_map(|one| &one.addresses);
        kept.extend(addresses.filter_map(|address| Identifier::ip(address)));
    }
    kept.retain(|one| former.contains(one));
    kept
}

fn made_from(attr: Attr, value: &Value) -> Vec<Identifier> {
    let make: fn(&str) -> Option<Identifier> = match attr {
        Attr::PrivateIp | Attr::PublicIp | Attr::DnsAddresses => Identifier::ip,
        Attr::DnsName | Attr::PrivateDns | Attr::PublicDns => Identifier::fqdn,
        Attr::SmbiosUuid => Identifier::smbios_uuid,
        Attr::Arn => Identifier::aws_arn,
        _ => return Vec::new(),
    };
    match value {
        Value::Text(text) => make(text).into_iter().collect(),
        Value::List(items) => items.iter().filter_map(|item| make(item)).collect(),
        Value::Bool(_) | Value::Int(_) => Vec::new(),
    }
}
