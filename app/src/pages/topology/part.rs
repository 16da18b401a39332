//! The part of a network that a page shows: what lies around one device, or what hangs together most.

use cadastre_model::AssetId;
use cadastre_service::{Node, Topology};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Devices that one drawing shows.
pub const SHOWN: usize = 150;

/// Cables between a device and what is shown around it, at most.
const AROUND: usize = 2;

/// What lies around a device.
pub fn around(topology: &Topology, device: AssetId) -> Topology {
    let mut near = BTreeSet::from([Node::Device(device)]);
    for _ in 0..AROUND {
        let ends = topology
            .links
            .iter()
            .filter(|link| near.contains(&link.from) || near.contains(&link.to));
        let further: Vec<Node> =
            ends.flat_map(|link| [link.from.clone(), link.to.clone()]).collect();
        near.extend(further);
    }
    only(topology, &near)
}

/// Of more devices than can be shown, those with the most links.
pub fn most_connected(topology: &Topology) -> Topology {
    let mut links: BTreeMap<&Node, usize> = topology.nodes.keys().map(|node| (node, 0)).collect();
    for link in &topology.links {
        for end in [&link.from, &link.to] {
            *links.entry(end).or_default() += 1;
        }
    }
    let mut ranked: Vec<(&Node, usize)> = links.into_iter().collect();
    ranked.sort_by_key(|(node, links)| (Reverse(*links), *node));
    let most = ranked.into_iter().take(SHOWN).map(|(node, _)| node.clone()).collect();
    only(topology, &most)
}

fn only(topology: &Topology, nodes: &BTreeSet<Node>) -> Topology {
    let here = topology.nodes.iter().filter(|(node, _)| nodes.contains(node));
    let links = topology.links.iter();
    let links = links.filter(|link| nodes.contains(&link.from) && nodes.contains(&link.to));
    Topology {
        nodes: here.map(|(node, facts)| (node.clone(), facts.clone())).collect(),
        links: links.cloned().collect(),
    }
}
