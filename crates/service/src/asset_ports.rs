//! The port part of an edit: what a person may say of where a port leads, and how it is written.
//!
//! A cable has two ends, each of which is in one cable. Said anew of an asset's own port, what stood there
//! is released; the port at the far end must be free, for nobody looks at it meanwhile.

use crate::assets::AssetEdit;
use crate::edit::{AssetChange, EditProblem, EditTrouble};
use crate::error::Result;
use crate::toml_doc::closest;
use cadastre_model::{Actor, AssetId, Change, FarPort, PortLock, Reason, Rev, Rule};
use cadastre_store::{AssetPorts, WriteTx};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// The longest name of a port that a person may give, in characters.
const MAX_PORT: usize = 128;

/// Ports that an error names.
const NAMED: usize = 5;

/// A port of an asset.
type End = (AssetId, String);

/// A lock with the asset at whose end it was set.
type Cable = (AssetId, PortLock);

/// Where a port is said to lead.
struct Said {
    /// The part of the edit that says so, from 0.
    index: usize,
    end: End,
    far: Option<FarPort>,
}

/// The ports of an edit, found to be possible.
#[derive(Default)]
pub(crate) struct PortEdits {
    /// Ends that are to be free, before any is set.
    freed: Vec<End>,
    set: Vec<Said>,
    /// What stands at any of the assets.
    standing: Vec<Cable>,
    assets: BTreeMap<AssetId, AssetPorts>,
}

impl PortEdits {
    /// Reads what edits say of ports. Adds everything wrong with it to `problems`.
    pub async fn read(
        tx: &WriteTx<'_>,
        changes: &[AssetChange],
        standing: &BTreeMap<AssetId, (AssetId, Rev)>,
        problems: &mut Vec<EditProblem>,
    ) -> Result<PortEdits> {
        let edits: Vec<(usize, AssetId, &AssetEdit)> = changes
            .iter()
            .enumerate()
            .filter(|(_, change)| has_ports(&change.edit))
            .filter_map(|(index, change)| Some((index, standing.get(&change.id)?.0, &change.edit)))
            .collect();
        if edits.is_empty() {
            return Ok(PortEdits::default());
        }
        let ends = edits.iter().flat_map(|(_, asset, edit)| {
            let far = edit.port_set.iter().filter_map(|(_, far)| Some(far.as_ref()?.asset));
            far.chain([*asset])
        });
        let assets: Vec<AssetId> = ends.collect::<BTreeSet<_>>().into_iter().collect();
        let standing = tx.port_locks(&assets).await?;
        let mut all: BTreeSet<AssetId> = assets.into_iter().collect();
        all.extend(standing.iter().flat_map(|(asset, lock)| {
            [*asset].into_iter().chain(lock.far.as_ref().map(|far| far.asset))
        }));
        let all: Vec<AssetId> = all.into_iter().collect();
        let mut read =
            PortEdits { standing, assets: tx.asset_ports(&all).await?, ..PortEdits::default() };
        let problem = |index: usize| {
            move |message| EditProblem { index, trouble: EditTrouble::Port, message }
        };
        for (index, asset, edit) in edits {
            let mut wrong = Vec::new();
            read.take(index, asset, edit, &mut wrong);
            problems.extend(wrong.into_iter().map(problem(index)));
        }
        for (index, message) in read.wrong_far_ends() {
            problems.push(problem(index)(message));
        }
        Ok(read)
    }

    fn take(&mut self, index: usize, asset: AssetId, edit: &AssetEdit, wrong: &mut Vec<String>) {
        for (port, far) in &edit.port_set {
            let port = self.port(asset, port, wrong);
            let far = far.as_ref().map(|far| self.far(asset, &port, far, wrong));
            self.free((asset, port.clone()), wrong);
            self.set.push(Said { index, end: (asset, port), far });
        }
        for port in &edit.port_release {
            self.free(self.held(asset, port.trim()), wrong);
        }
    }

    /// The end that is held under this name; it need not be a port that is there still.
    fn held(&self, asset: AssetId, named: &str) -> End {
        let mut held = self.standing.iter().flat_map(ends).filter(|end| end.0 == asset);
        let found = held.find(|end| end.1.to_lowercase() == named.to_lowercase());
        found.unwrap_or_else(|| (asset, named.to_owned()))
    }

    fn free(&mut self, end: End, wrong: &mut Vec<String>) {
        if self.freed.contains(&end) {
            wrong.push(format!("port `{}`: named twice; say once where it leads", shown(&end.1)));
        }
        self.freed.push(end);
    }

    /// The port of an asset that a person named, as the asset calls it.
    fn port(&self, asset: AssetId, named: &str, wrong: &mut Vec<String>) -> String {
        let named = named.trim();
        if let Some(what) = unusable(named) {
            wrong.push(format!("port `{}`: {what}", shown(named)));
            return named.to_owned();
        }
        let Some(AssetPorts { name, ports }) = self.assets.get(&asset) else {
            return named.to_owned();
        };
        let alike = |port: &&String| port.to_lowercase() == named.to_lowercase();
        let found = ports.iter().find(|port| *port == named).or_else(|| ports.iter().find(alike));
        if let Some(port) = found {
            return port.clone();
        }
        // Of an asset whose ports nobody has read, a person may say what they are.
        if !ports.is_empty() {
            let hint = match closest(named, ports.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it has {}", some_of(ports)),
            };
            wrong.push(format!("port `{named}`: {name} has none of that name; {hint}"));
        }
        named.to_owned()
    }

    fn far(&self, here: AssetId, port: &str, far: &FarPort, wrong: &mut Vec<String>) -> FarPort {
        let shown = shown(port);
        if !self.assets.contains_key(&far.asset) {
            wrong.push(format!("port `{shown}`: there is no asset {} to lead to", far.asset));
        }
        if far.asset == here {
            wrong.push(format!("port `{shown}`: cannot lead to asset {here} itself"));
        }
        let named = far.port.as_deref().map(str::trim).filter(|port| !port.is_empty());
        FarPort { asset: far.asset, port: named.map(|port| self.port(far.asset, port, wrong)) }
    }

    /// What is wrong with far ends: each is to be free, or to become so, and to be led to once.
    fn wrong_far_ends(&self) -> Vec<(usize, String)> {
        let mut wrong = Vec::new();
        let mut taken: BTreeSet<End> = self.set.iter().map(|said| said.end.clone()).collect();
        for Said { index, end: (_, port), far } in &self.set {
            let Some(end) = far.as_ref().and_then(far_end) else { continue };
            let cables = self.standing.iter().filter(|cable| is_at(cable, &end));
            let mut left = cables.filter(|cable| !self.freed.iter().any(|one| is_at(cable, one)));
            let name = self.assets.get(&end.0).map_or("that asset", |asset| &asset.name);
            let (port, far) = (shown(port), format!("{} of {name}", shown(&end.1)));
            if let Some(cable) = left.next() {
                let leads = self.told(cable, &end).unwrap_or_default();
                let what =
                    format!("{far} is held already, it leads to {leads}; release that first");
                wrong.push((*index, format!("port `{port}`: {what}")));
            }
            if !taken.insert(end) {
                wrong.push((*index, format!("port `{port}`: {far} is named twice")));
            }
        }
        wrong
    }

    /// What a cable leads to from one of its ends, for people; `None`: it is not its end.
    fn told(&self, (asset, lock): &Cable, end: &End) -> Option<String> {
        let name = |asset: &AssetId| match self.assets.get(asset) {
            Some(known) => known.name.clone(),
            None => format!("asset {asset}"),
        };
        if (*asset, &lock.port) == (end.0, &end.1) {
            let Some(far) = &lock.far else { return Some("nothing".to_owned()) };
            let port = far.port.as_ref().map(|port| format!(" {port}")).unwrap_or_default();
            return Some(format!("{}{port}", name(&far.asset)));
        }
        let is_far = lock.far.as_ref().and_then(far_end).as_ref() == Some(end);
        is_far.then(|| format!("{} {}", name(asset), lock.port))
    }

    /// Tells the audit log what is done to the ports of one asset.
    pub fn tell(&self, asset: AssetId, told: &mut Map<String, Json>) {
        let here = |end: &&End| end.0 == asset;
        for (_, port) in self.freed.iter().filter(here) {
            if self.standing.iter().any(|cable| is_at(cable, &(asset, port.clone()))) {
                told.insert(format!("released port {port}"), Json::Bool(true));
            }
        }
        for said in self.set.iter().filter(|said| said.end.0 == asset) {
            told.insert(format!("set port {}", said.end.1), json!(said.far));
        }
    }

    /// Writes the locks, with what they change in the history of the assets at both ends.
    pub async fn write(&self, tx: &mut WriteTx<'_>, actor: &Actor) -> Result<()> {
        if self.freed.is_empty() {
            return Ok(());
        }
        let released: Vec<&Cable> = self
            .standing
            .iter()
            .filter(|cable| self.freed.iter().any(|end| is_at(cable, end)))
            .collect();
        for (asset, lock) in &released {
            tx.port_lock_release(*asset, &lock.port).await?;
        }
        let mut set = Vec::new();
        for Said { end: (asset, port), far, .. } in &self.set {
            let (port, far) = (port.clone(), far.clone());
            let lock = PortLock { port, far, actor: actor.name.clone(), set_at: tx.moment() };
            tx.port_lock_set(*asset, &lock).await?;
            set.push((*asset, lock));
        }
        let changes = self.changes(&released, &set);
        let reason = Reason::new(Rule::Person, format!("edited by {}", actor.name));
        tx.ports_told(&changes, &reason).await?;
        tx.settle_ports(&changes.iter().map(|(asset, _)| *asset).collect()).await?;
        Ok(())
    }

    /// What becomes of each end of these cables.
    fn changes(&self, released: &[&Cable], set: &[Cable]) -> Vec<(AssetId, Change)> {
        let cables = released.iter().copied().chain(set);
        let ends: BTreeSet<End> = cables.flat_map(ends).collect();
        let change = |end: End| {
            let before = released.iter().find_map(|cable| self.told(cable, &end));
            let after = set.iter().find_map(|cable| self.told(cable, &end));
            let subject = match end.1.as_str() {
                "" => "port".to_owned(),
                port => format!("port {port}"),
            };
            (before != after).then_some((end.0, Change { subject, before, after }))
        };
        ends.into_iter().filter_map(change).collect()
    }
}

fn has_ports(edit: &AssetEdit) -> bool {
    !edit.port_set.is_empty() || !edit.port_release.is_empty()
}

/// The end that a far port is, if it is named.
fn far_end(far: &FarPort) -> Option<End> {
    Some((far.asset, far.port.clone()?))
}

/// Both ends of a cable.
fn ends((asset, lock): &Cable) -> Vec<End> {
    let far = lock.far.as_ref().and_then(far_end);
    [(*asset, lock.port.clone())].into_iter().chain(far).collect()
}

fn is_at(cable: &Cable, end: &End) -> bool {
    ends(cable).contains(end)
}

fn some_of(ports: &[String]) -> String {
    let more = if ports.len() > NAMED { " and more" } else { "" };
    let first: Vec<&str> = ports.iter().take(NAMED).map(String::as_str).collect();
    format!("{}{more}", first.join(", "))
}

/// What is wrong with the name of a port, if anything.
fn unusable(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("a port has a name; expected one, such as Gi1/0/1".to_owned());
    }
    let length = name.chars().count();
    if length > MAX_PORT {
        return Some(format!("its name has {length} characters; at most {MAX_PORT}"));
    }
    let is_odd = name.chars().any(char::is_control);
    is_odd.then(|| "its name holds a control character, such as the end of a line".to_owned())
}

/// A name as an error shows it.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}
