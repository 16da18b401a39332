//! How network devices hang together: what each end says of a cable, brought to one link.
//!
//! Pure but for [`Service::topology`], which reads. A link says which ends told of it; a neighbour that the
//! register does not know stays one, by the name it calls itself.

use crate::error::Result;
use crate::service::Service;
use cadastre_model::registry::Family;
use cadastre_model::text::fold;
use cadastre_model::{Actor, AssetId, Kind, Timestamp};
use cadastre_store::{Neighbour, Wired};
use std::collections::{BTreeMap, BTreeSet};

/// A device of the network, or something at the end of a port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// Of the register.
    Device(AssetId),
    /// Announced to this device, and not in the register: its name, or else the port it is at.
    Unknown(AssetId, String),
}

/// What a node looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeFacts {
    /// Its name.
    pub name: String,
    /// Its kind; `None` if the register does not know it.
    pub kind: Option<Kind>,
}

/// Who says that a link is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// A person, whatever the devices say.
    People,
    /// Both ends.
    BothEnds,
    /// One end; the other is read and says nothing of it, or is not read.
    OneEnd,
}

/// A cable, or an aggregate's part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// One end.
    pub from: Node,
    /// Its port.
    pub from_port: Option<String>,
    /// The other end.
    pub to: Node,
    /// Its port.
    pub to_port: Option<String>,
    /// How it is known: `lldp`, `cdp`, `people`.
    pub by: BTreeSet<String>,
    /// Who says so.
    pub confidence: Confidence,
}

/// The network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topology {
    /// Its devices.
    pub nodes: BTreeMap<Node, NodeFacts>,
    /// Its links, by their ends.
    pub links: Vec<Link>,
}

impl Service {
    /// The network as of a moment: devices of the register with their neighbours, machines left out.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn topology(&self, actor: &Actor, as_of: Option<Timestamp>) -> Result<Topology> {
        self.visibility(actor)?;
        let at = self.at(actor, as_of).await?;
        Ok(topology(&self.store().wiring(at).await?))
    }
}

/// One end's word for a link.
struct Half<'a> {
    from: AssetId,
    to: Node,
    told: &'a Neighbour,
}

/// Brings what devices say to links, each once.
#[must_use]
pub fn topology(wired: &[Wired]) -> Topology {
    let mut topology = Topology::default();
    let mut halves = Vec::new();
    for one in wired.iter().filter(|one| is_network(one.device.kind)) {
        let facts = NodeFacts { name: one.device.name.clone(), kind: Some(one.device.kind) };
        topology.nodes.insert(Node::Device(one.device.asset), facts);
        halves.extend(one.neighbours.iter().filter_map(|told| half(one.device.asset, told)));
    }
    for half in &halves {
        let known = half.told.known.as_ref();
        let name = known.map(|known| &known.name).or(half.told.far_name.as_ref());
        let facts = NodeFacts {
            name: name.unwrap_or(&half.told.port).clone(),
            kind: known.map(|known| known.kind),
        };
        topology.nodes.entry(half.to.clone()).or_insert(facts);
    }
    let mut is_paired = vec![false; halves.len()];
    for sure in [true, false] {
        pair(&halves, &mut is_paired, sure, &mut topology.links);
    }
    let alone = halves.iter().zip(&is_paired).filter(|(_, paired)| !**paired);
    topology.links.extend(alone.map(|(half, _)| link(half, None)));
    topology.links.sort_by(|a, b| ends(a).cmp(&ends(b)));
    topology
}

fn is_network(kind: Kind) -> bool {
    kind.family() == Family::NetworkDevice
}

fn half(from: AssetId, told: &Neighbour) -> Option<Half<'_>> {
    let to = match &told.known {
        Some(known) if known.asset == from || !is_network(known.kind) => return None,
        Some(known) => Node::Device(known.asset),
        // Deliberately nothing.
        None if told.held.is_some() => return None,
        None => {
            let name = told.far_name.as_ref().unwrap_or(&told.port);
            Node::Unknown(from, name.clone())
        }
    };
    Some(Half { from, to, told })
}

/// Joins halves that are each other's other side. If `sure`, one of them names the port of the other; else there
/// is only one left each way.
fn pair(halves: &[Half<'_>], is_paired: &mut [bool], sure: bool, links: &mut Vec<Link>) {
    let mut between: BTreeMap<(AssetId, &Node), Vec<usize>> = BTreeMap::new();
    for (at, half) in halves.iter().enumerate() {
        between.entry((half.from, &half.to)).or_default().push(at);
    }
    for (at, half) in halves.iter().enumerate() {
        let Node::Device(other) = half.to else { continue };
        let open = |from: AssetId, to: &Node| {
            let all = between.get(&(from, to)).into_iter().flatten().copied();
            all.filter(|at| is_paired.get(*at) == Some(&false)).collect::<Vec<_>>()
        };
        let (there, back) = (open(half.from, &half.to), open(other, &Node::Device(half.from)));
        if !there.contains(&at) {
            continue;
        }
        let found = match (sure, back.as_slice(), there.as_slice()) {
            (true, back, _) => {
                back.iter().copied().find(|at| halves.get(*at).is_some_and(|one| agree(half, one)))
            }
            (false, [only], [_]) => Some(*only),
            _ => None,
        };
        let Some((found, one)) = found.and_then(|at| Some((at, halves.get(at)?))) else { continue };
        links.push(link(half, Some(one)));
        for at in [at, found] {
            if let Some(paired) = is_paired.get_mut(at) {
                *paired = true;
            }
        }
    }
}

/// Whether one of two halves names the port of the other.
fn agree(one: &Half<'_>, other: &Half<'_>) -> bool {
    let names = |half: &Half<'_>, port: &str| {
        half.told.far_port.as_deref().is_some_and(|far| port_key(far) == port_key(port))
    };
    names(one, &other.told.port) || names(other, &one.told.port)
}

/// A port's name so that its long and short forms are alike: `GigabitEthernet1/0/1` and `Gi1/0/1`.
fn port_key(name: &str) -> String {
    let folded = fold(name);
    let letters: String = folded.chars().take_while(|c| c.is_alphabetic()).collect();
    let rest = folded.strip_prefix(letters.as_str()).unwrap_or_default();
    let short: String = letters.chars().take(2).collect();
    format!("{short}{rest}")
}

fn link(half: &Half<'_>, other: Option<&Half<'_>>) -> Link {
    let by = [Some(half), other].into_iter().flatten().filter_map(|half| half.told.by.clone());
    // A person may have named the device alone.
    let named = |port: &String| Some(port.clone()).filter(|port| !port.is_empty());
    let far_port = other.and_then(|other| named(&other.told.port));
    Link {
        from: Node::Device(half.from),
        from_port: named(&half.told.port),
        to: half.to.clone(),
        to_port: far_port.or_else(|| half.told.far_port.clone()),
        by: by.collect(),
        confidence: match (&half.told.held, other) {
            (Some(_), _) => Confidence::People,
            (None, Some(_)) => Confidence::BothEnds,
            (None, None) => Confidence::OneEnd,
        },
    }
}

fn ends(link: &Link) -> (&Node, &Option<String>, &Node, &Option<String>) {
    (&link.from, &link.from_port, &link.to, &link.to_port)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use cadastre_model::{FarPort, PortLock};
    use cadastre_store::KnownNeighbour;

    fn known(id: i64, kind: Kind) -> KnownNeighbour {
        KnownNeighbour { asset: AssetId(id), kind, name: format!("sw{id}") }
    }

    fn to(port: &str, id: i64, far_port: Option<&str>) -> Neighbour {
        Neighbour {
            port: port.to_owned(),
            far_port: far_port.map(str::to_owned),
            far_name: Some(format!("sw{id}")),
            by: Some("lldp".to_owned()),
            known: Some(known(id, Kind::Switch)),
            held: None,
        }
    }

    fn switch(id: i64, neighbours: &[Neighbour]) -> Wired {
        Wired { device: known(id, Kind::Switch), neighbours: neighbours.to_vec() }
    }

    fn told<'a>(links: &'a [Link]) -> Vec<(Option<&'a str>, Option<&'a str>, Confidence)> {
        let ends =
            |link: &'a Link| (link.from_port.as_deref(), link.to_port.as_deref(), link.confidence);
        links.iter().map(ends).collect()
    }

    #[test]
    fn what_both_ends_say_is_one_link() {
        let both = [
            switch(1, &[to("GigabitEthernet1/0/1", 2, Some("Gi1/0/24"))]),
            switch(2, &[to("GigabitEthernet1/0/24", 1, Some("Gi1/0/1"))]),
        ];
        let found = topology(&both);
        assert_eq!(found.nodes.len(), 2);
        assert_eq!(
            told(&found.links),
            [(Some("GigabitEthernet1/0/1"), Some("GigabitEthernet1/0/24"), Confidence::BothEnds)]
        );
    }

    #[test]
    fn what_a_person_says_is_one_link_whoever_named_which_port() {
        let lock = |far_port: Option<&str>| PortLock {
            port: "3".to_owned(),
            far: Some(FarPort { asset: AssetId(2), port: far_port.map(str::to_owned) }),
            actor: "user:ada".to_owned(),
            set_at: Timestamp(0),
        };
        let said = |port: &str, id, far_port, lock: &PortLock| Neighbour {
            by: Some("people".to_owned()),
            held: Some(lock.clone()),
            ..to(port, id, far_port)
        };
        for far_port in [Some("8"), None] {
            let lock = lock(far_port);
            let back = said(far_port.unwrap_or_default(), 1, Some("3"), &lock);
            let found =
                topology(&[switch(1, &[said("3", 2, far_port, &lock)]), switch(2, &[back])]);
            assert_eq!(told(&found.links), [(Some("3"), far_port, Confidence::People)]);
        }
        let nothing = PortLock { far: None, ..lock(None) };
        let nowhere = Neighbour { known: None, far_name: None, ..said("3", 2, None, &nothing) };
        assert_eq!(topology(&[switch(1, &[nowhere])]).links, []);
    }

    #[test]
    fn two_cables_stay_two() {
        let both = [
            switch(1, &[to("1", 2, Some("8")), to("2", 2, Some("7"))]),
            switch(2, &[to("7", 1, Some("2")), to("8", 1, Some("1"))]),
        ];
        let sure = Confidence::BothEnds;
        let expected = [(Some("1"), Some("8"), sure), (Some("2"), Some("7"), sure)];
        assert_eq!(told(&topology(&both).links), expected);
    }

    #[test]
    fn ports_that_cannot_be_compared_are_joined_only_if_one_is_left_each_way() {
        let mac = Some("00:50:56:00:00:01");
        let one = [switch(1, &[to("1", 2, mac)]), switch(2, &[to("7", 1, mac)])];
        assert_eq!(told(&topology(&one).links), [(Some("1"), Some("7"), Confidence::BothEnds)]);
        let two = [
            switch(1, &[to("1", 2, mac), to("2", 2, mac)]),
            switch(2, &[to("7", 1, mac), to("8", 1, mac)]),
        ];
        let links = topology(&two).links;
        assert_eq!(links.len(), 4, "nothing is guessed");
        assert!(links.iter().all(|link| link.confidence == Confidence::OneEnd));
    }

    #[test]
    fn who_is_not_known_stays_and_machines_are_left_out() {
        let stranger = Neighbour { known: None, ..to("3", 9, None) };
        let server = Neighbour { known: Some(known(5, Kind::Server)), ..to("4", 5, None) };
        let found = topology(&[switch(1, &[stranger, server])]);
        let unknown = Node::Unknown(AssetId(1), "sw9".to_owned());
        assert_eq!(found.nodes[&unknown], NodeFacts { name: "sw9".to_owned(), kind: None });
        assert_eq!(found.links.len(), 1);
        assert_eq!(found.links[0].to, unknown);
    }
}
