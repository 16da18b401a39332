//! Which port of which device an Ethernet address was seen on.
//!
//! Every switch on the way sees an address: the ones between by the port that leads on. So each row says what is
//! known of the far end of its port; who asks decides which port is the one.

use super::condition::Translator;
use super::neighbours::{Known, KnownBy, Neighbour, Wires, known_by, port_name};
use crate::at::At;
use crate::bulk::CHUNK;
use crate::db::Store;
use crate::error::Result;
use crate::json;
use crate::key::key_of;
use crate::sql::{Row, Sql};
use cadastre_model::query::Shown;
use cadastre_model::registry::Family;
use cadastre_model::{AssetDoc, AssetId, Kind, PortLock, RelationType, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of the far end of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FarEnd {
    /// Nothing: no neighbour announces itself.
    Silent,
    /// A neighbour that is a machine of the register.
    Machine,
    /// A neighbour that the register does not know.
    Unknown,
    /// Another network device of the register: the port leads on.
    Network,
}

/// An Ethernet address on a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortSighting {
    /// The device that saw it.
    pub device: AssetId,
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The port, by its name or else its native id.
    pub port: String,
    /// The address.
    pub mac: String,
    /// The VLAN.
    pub vlan: Option<i64>,
    /// When it was seen there first.
    pub first_seen: Timestamp,
    /// When it was seen there last; `None`: it still is.
    pub last_seen: Option<Timestamp>,
    /// Other addresses on the port now.
    pub beside: u64,
    /// What is at the other end of the port.
    pub far_end: FarEnd,
}

/// A row as it is read, before its port is looked up.
struct Seen {
    record: i64,
    port: String,
    sighting: PortSighting,
}

impl Store {
    /// Where these addresses were seen up to a point in time, still seen ones first.
    ///
    /// Five statements, however many addresses and devices there are.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn ports_of(&self, macs: &[String], at: At) -> Result<Vec<PortSighting>> {
        let translator = Translator::new(self.dialect(), at, Shown::EVERYTHING);
        let mut seen = Vec::new();
        for chunk in macs.chunks(CHUNK) {
            seen.extend(self.seen_on_ports(&translator, chunk).await?);
        }
        if seen.is_empty() {
            return Ok(Vec::new());
        }
        let records: BTreeSet<i64> = seen.iter().map(|one| one.record).collect();
        let ports = self.ports_of_records(&translator, &records).await?;
        let claims = ports.values().flat_map(|ports| &ports.claims);
        let known = self.neighbours_known(&translator, claims.filter_map(known_by)).await?;
        let devices = seen.iter().map(|one| one.sighting.device).collect();
        let held = self.held_ports(&translator, Some(&devices)).await?;
        for one in &mut seen {
            let Some(ports) = ports.get(&one.record) else { continue };
            let named = ports.interfaces.iter().find(|port| key_of(&port.native_id) == one.port);
            let Some(port) = named else { continue };
            one.sighting.port = port_name(&ports.interfaces, &port.native_id).to_owned();
            let held: Vec<Neighbour> = held.of(one.sighting.device).collect();
            one.sighting.far_end = far_end(ports, &port.native_id, &known, &held);
        }
        let mut sightings: Vec<PortSighting> = seen.into_iter().map(|one| one.sighting).collect();
        sightings.sort_by(|a, b| order(a).cmp(&order(b)));
        Ok(sightings)
    }

    async fn seen_on_ports(&self, translator: &Translator, macs: &[String]) -> Result<Vec<Seen>> {
        let mut sql = Sql::new(self.dialect());
        sql.raw(
            "SELECT s.record_key, s.mac, s.port, s.vlan, s.first_seen, s.last_seen, l.asset_id, \
             v.doc, (SELECT count(DISTINCT o.mac) FROM sighting o \
             WHERE o.record_key = s.record_key AND o.port = s.port AND o.address = '' \
             AND o.last_seen IS NULL AND o.mac <> s.mac) FROM sighting s \
             JOIN link l ON l.record_key = s.record_key \
             JOIN asset_version v ON v.asset_id = l.asset_id \
             WHERE s.address = '' AND s.port <> '' AND s.mac IN ",
        );
        sql.list(macs.iter().map(String::as_str));
        sql.push(" AND s.first_seen <= ? AND ", [translator.at.moment.0.into()]);
        translator.holds(&mut sql, "l");
        sql.raw(" AND ");
        translator.holds(&mut sql, "v");
        let rows = sql.all(self.reader(), "looking for the ports of an address").await?;
        rows.iter().map(|row| read_seen(row, translator.at.moment)).collect()
    }

    async fn ports_of_records(
        &self,
        translator: &Translator,
        records: &BTreeSet<i64>,
    ) -> Result<BTreeMap<i64, Wires>> {
        let mut ports = BTreeMap::new();
        let records: Vec<i64> = records.iter().copied().collect();
        for chunk in records.chunks(CHUNK) {
            let mut sql = Sql::new(self.dialect());
            sql.raw("SELECT v.record_key, v.doc FROM record_version v WHERE v.record_key IN ");
            sql.list(chunk.iter().copied());
            sql.raw(" AND ");
            translator.holds(&mut sql, "v");
            for row in sql.all(self.reader(), "reading ports").await? {
                let key: i64 = row.get(0)?;
                ports.insert(key, json::read("record_version", key, &row.get::<String>(1)?)?);
            }
        }
        Ok(ports)
    }
}

fn read_seen(row: &Row, now: Timestamp) -> Result<Seen> {
    let port: String = row.get(2)?;
    let vlan: i64 = row.get(3)?;
    let last_seen = row.get::<Option<i64>>(5)?.map(Timestamp);
    let device: i64 = row.get(6)?;
    let doc: AssetDoc = json::read("asset_version", device, &row.get::<String>(7)?)?;
    let sighting = PortSighting {
        device: AssetId(device),
        kind: doc.kind,
        name: doc.name,
        port: port.clone(),
        mac: row.get(1)?,
        vlan: (vlan > 0).then_some(vlan),
        first_seen: Timestamp(row.get(4)?),
        // What ended later than the moment asked for was there still.
        last_seen: last_seen.filter(|last| *last < now),
        beside: u64::try_from(row.get::<i64>(8)?).unwrap_or(0),
        far_end: FarEnd::Silent,
    };
    Ok(Seen { record: row.get(0)?, port, sighting })
}

/// What is at the other end of a port, or of the ports it is made of.
fn far_end(
    ports: &Wires,
    port: &str,
    known: &BTreeMap<KnownBy, Known>,
    held: &[Neighbour],
) -> FarEnd {
    let is_part = |one: &str| {
        let mut members = ports.interfaces.iter().filter(|part| part.lag.as_deref() == Some(port));
        one == port || members.any(|part| part.native_id == one)
    };
    let held_at = |native: &str| {
        let name = port_name(&ports.interfaces, native);
        held.iter().find(|one| one.port == name)
    };
    let neighbours = ports.claims.iter().filter(|claim| {
        let port = claim.port.as_deref().filter(|port| is_part(port) && held_at(port).is_none());
        claim.relation == RelationType::ConnectedTo && port.is_some()
    });
    let told = neighbours.map(|claim| match known_by(claim).map(|key| known.get(&key)) {
        // By native id: of the device's own source.
        None => FarEnd::Network,
        Some(known) => end_at(known),
    });
    let parts = ports.interfaces.iter().filter(|one| is_part(&one.native_id));
    let said = parts.filter_map(|part| held_at(&part.native_id)).map(|one| match &one.held {
        Some(PortLock { far: None, .. }) => FarEnd::Silent,
        _ => end_at(one.known.as_ref()),
    });
    let ends: BTreeSet<FarEnd> = told.chain(said).collect();
    // Of several claims about one neighbour, the one that says most.
    let most = [FarEnd::Network, FarEnd::Machine, FarEnd::Unknown];
    most.into_iter().find(|end| ends.contains(end)).unwrap_or(FarEnd::Silent)
}

fn end_at(known: Option<&Known>) -> FarEnd {
    match known {
        Some(known) if known.kind.family() == Family::NetworkDevice => FarEnd::Network,
        Some(_) => FarEnd::Machine,
        None => FarEnd::Unknown,
    }
}

/// Still seen before past, access ports before those that lead on, few neighbours before many.
fn order(
    one: &PortSighting,
) -> (bool, bool, std::cmp::Reverse<Option<Timestamp>>, u64, AssetId, &str) {
    (
        one.last_seen.is_some(),
        one.far_end == FarEnd::Network,
        std::cmp::Reverse(one.last_seen),
        one.beside,
        one.device,
        &one.port,
    )
}
