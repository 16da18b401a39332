//! Interfaces: of all records, each once.

use super::order::Witnesses;
use cadastre_model::{Interface, SourceId};
use std::collections::BTreeSet;

/// An interface, and what is known of it by which source.
struct Merged<'a> {
    interface: Interface,
    origins: BTreeSet<(SourceId, &'a str)>,
}

impl Merged<'_> {
    fn is_from(&self, source: SourceId) -> bool {
        self.origins.iter().any(|(of, _)| *of == source)
    }
}

/// Within one source an interface is known by its native id, across sources by its Ethernet
/// address: the first in order of authority is kept, later ones fill in what it leaves out and add
/// their addresses.
///
/// Where two sources use one native id for what is not the same, the later one's is written
/// `SOURCE/ID`: native ids are unique within an asset. In order of native id.
pub(crate) fn merge_interfaces(witnesses: &Witnesses<'_>) -> Vec<Interface> {
    let speaking = witnesses.speaking(None, |record| !record.doc.interfaces.is_empty());
    if let [only] = speaking.as_slice() {
        return only.doc.interfaces.clone();
    }
    let mut all: Vec<Merged<'_>> = Vec::new();
    for record in speaking {
        for interface in &record.doc.interfaces {
            let origin = (record.source, interface.native_id.as_str());
            if all.iter().any(|one| one.origins.contains(&origin)) {
                continue;
            }
            let same = |one: &&mut Merged<'_>| {
                interface.mac.is_some()
                    && one.interface.mac == interface.mac
                    && !one.is_from(record.source)
            };
            if let Some(one) = all.iter_mut().find(same) {
                fill(&mut one.interface, interface);
                one.origins.insert(origin);
                continue;
            }
            let mut interface = interface.clone();
            while all.iter().any(|one| one.interface.native_id == interface.native_id) {
                let name = witnesses.source_name(record).unwrap_or("other");
                interface.native_id = format!("{name}/{}", interface.native_id);
            }
            all.push(Merged { interface, origins: BTreeSet::from([origin]) });
        }
    }
    let mut interfaces: Vec<Interface> = all.into_iter().map(|one| one.interface).collect();
    interfaces.sort();
    interfaces
}

fn fill(kept: &mut Interface, other: &Interface) {
    let addresses: BTreeSet<String> =
        kept.addresses.iter().chain(&other.addresses).cloned().collect();
    kept.addresses = addresses.into_iter().collect();
    kept.vlan = kept.vlan.or(other.vlan);
    kept.speed = kept.speed.or(other.speed);
    for (kept, other) in [
        (&mut kept.name, &other.name),
        (&mut kept.state, &other.state),
        (&mut kept.network, &other.network),
    ] {
        if kept.is_none() {
            kept.clone_from(other);
        }
    }
}
