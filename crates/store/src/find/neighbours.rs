//! Neighbours: what devices say of the far ends of their ports, and which assets those are.

use super::condition::Translator;
use super::fetch::RecordPage;
use crate::at::At;
use crate::bulk::CHUNK;
use crate::db::Store;
use crate::error::Result;
use crate::json;
use crate::sql::Sql;
use cadastre_model::query::Shown;
use cadastre_model::{AssetDoc, AssetId, Claim, Interface, Kind, PortLock, RelationType, Target};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The scheme and indexed value that a neighbour announces itself by.
pub(super) type KnownBy = (i16, String);

/// An asset that something is known to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The asset.
    pub asset: AssetId,
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
}

/// What one port's neighbour is, as the device was told or a person said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// The device's port, by its name or else its native id; empty if a person named the device alone.
    pub port: String,
    /// The neighbour's port, as it calls it or as a person said.
    pub far_port: Option<String>,
    /// What the neighbour calls itself.
    pub far_name: Option<String>,
    /// How it is known: `lldp`, `cdp`, `people`.
    pub by: Option<String>,
    /// The asset that it is; `None`: the register knows none, or several.
    pub known: Option<Known>,
    /// The person's word, if it is one; without an asset it says that the port deliberately leads nowhere.
    pub held: Option<PortLock>,
}

/// A device with the neighbours of its ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wired {
    /// The device.
    pub device: Known,
    /// Its neighbours, by port.
    pub neighbours: Vec<Neighbour>,
}

/// The part of a record's document that says what its ports are and lead to.
#[derive(Deserialize)]
pub(crate) struct Wires {
    #[serde(default)]
    pub interfaces: Vec<Interface>,
    #[serde(default)]
    pub claims: BTreeSet<Claim>,
}

impl Store {
    /// All devices that tell of neighbours or are held to have one, each with what its ports lead to, in order
    /// of asset.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn wiring(&self, at: At) -> Result<Vec<Wired>> {
        let translator = Translator::new(self.dialect(), at, Shown::EVERYTHING);
        let mut sql = Sql::new(self.dialect());
        sql.raw(
            "SELECT v.asset_id, v.doc, r.doc FROM link l JOIN record_version r \
             ON r.record_key = l.record_key JOIN asset_version v ON v.asset_id = l.asset_id \
             WHERE l.record_key IN (SELECT c.record_key FROM claim c WHERE ",
        );
        translator.holds(&mut sql, "c");
        sql.push(" AND c.relation = ?)", [RelationType::ConnectedTo.code().into()]);
        for alias in ["l", "r", "v"] {
            sql.raw(" AND ");
            translator.holds(&mut sql, alias);
        }
        sql.raw(" ORDER BY v.asset_id, l.record_key");
        let mut devices: Vec<(Known, Vec<Wires>)> = Vec::new();
        for row in sql.all(self.reader(), "reading what is connected").await? {
            let id: i64 = row.get(0)?;
            let wires = json::read("record_version", id, &row.get::<String>(2)?)?;
            match devices.last_mut() {
                Some((device, all)) if device.asset.0 == id => all.push(wires),
                _ => devices.push((Known::read(id, &row.get::<String>(1)?)?, vec![wires])),
            }
        }
        let told = devices.iter().flat_map(|(_, wires)| wires).flat_map(|wires| &wires.claims);
        let known = self.neighbours_known(&translator, told.filter_map(known_by)).await?;
        let held = self.held_ports(&translator, None).await?;
        let mut wired: BTreeMap<AssetId, Wired> = BTreeMap::new();
        for (device, wires) in devices {
            let sides = wires.iter().map(|wires| (wires.interfaces.as_slice(), &wires.claims));
            let neighbours = held.over(device.asset, by_port(sides, &known));
            wired.insert(device.asset, Wired { device, neighbours });
        }
        for asset in held.assets() {
            let Some(device) = held.known(asset) else { continue };
            let told = || Wired { device: device.clone(), neighbours: held.of(asset).collect() };
            wired.entry(asset).or_insert_with(told);
        }
        Ok(wired.into_values().collect())
    }

    /// The neighbours that an asset's records tell of and people hold, by port.
    pub(super) async fn neighbours(
        &self,
        translator: &Translator,
        asset: AssetId,
        records: &[RecordPage],
    ) -> Result<Vec<Neighbour>> {
        let told = records.iter().flat_map(|record| &record.doc.claims);
        let told = told.filter(|claim| claim.port.is_some()).filter_map(known_by);
        let known = self.neighbours_known(translator, told).await?;
        let sides =
            records.iter().map(|record| (record.doc.interfaces.as_slice(), &record.doc.claims));
        let held = self.held_ports(translator, Some(&BTreeSet::from([asset]))).await?;
        Ok(held.over(asset, by_port(sides, &known)))
    }

    /// The assets that are known by these, each that is one asset's alone.
    pub(super) async fn neighbours_known(
        &self,
        translator: &Translator,
        named: impl Iterator<Item = KnownBy>,
    ) -> Result<BTreeMap<KnownBy, Known>> {
        let named: Vec<KnownBy> = named.collect::<BTreeSet<_>>().into_iter().collect();
        let mut found: BTreeMap<KnownBy, Option<Known>> = BTreeMap::new();
        for chunk in named.chunks(CHUNK) {
            let mut sql = Sql::new(self.dialect());
            sql.raw(
                "SELECT i.scheme, i.value, v.asset_id, v.doc FROM identifier i \
                 JOIN link l ON l.record_key = i.record_key \
                 JOIN asset_version v ON v.asset_id = l.asset_id WHERE (i.scheme, i.value) IN ",
            );
            sql.tuples(
                chunk.iter().map(|(scheme, value)| [(*scheme).into(), value.as_str().into()]),
            );
            for alias in ["i", "l", "v"] {
                sql.raw(" AND ");
                translator.holds(&mut sql, alias);
            }
            for row in sql.all(self.reader(), "reading neighbours").await? {
                let asset: i64 = row.get(2)?;
                let one = Known::read(asset, &row.get::<String>(3)?)?;
                let stands = found.entry((row.get(0)?, row.get(1)?)).or_insert(Some(one.clone()));
                if stands.as_ref().is_some_and(|other| other.asset != one.asset) {
                    *stands = None;
                }
            }
        }
        Ok(found.into_iter().filter_map(|(key, known)| Some((key, known?))).collect())
    }
}

impl Known {
    pub(super) fn read(asset: i64, doc: &str) -> Result<Known> {
        let doc: AssetDoc = json::read("asset_version", asset, doc)?;
        Ok(Known { asset: AssetId(asset), kind: doc.kind, name: doc.name })
    }
}

/// What records tell of neighbours, each neighbour of a port once.
fn by_port<'a>(
    sides: impl Iterator<Item = (&'a [Interface], &'a BTreeSet<Claim>)>,
    known: &BTreeMap<KnownBy, Known>,
) -> Vec<Neighbour> {
    let mut neighbours: BTreeMap<(String, Option<String>), Neighbour> = BTreeMap::new();
    for (interfaces, claims) in sides {
        let of_one = claims.iter().filter_map(|claim| {
            let (port, key) = (claim.port.as_deref()?, known_by(claim)?);
            Some(Neighbour {
                port: port_name(interfaces, port).to_owned(),
                far_port: claim.far_port.clone(),
                far_name: claim.far_name.clone(),
                by: claim.by.clone(),
                known: known.get(&key).cloned(),
                held: None,
            })
        });
        for one in of_one {
            // Several claims may be about one neighbour; the one that leads to an asset counts.
            let place = (one.port.clone(), one.far_port.clone());
            let stands = neighbours.entry(place).or_insert_with(|| one.clone());
            if stands.known.is_none() && one.known.is_some() {
                *stands = one;
            }
        }
    }
    neighbours.into_values().collect()
}

/// What people call a port: its interface's name, or else its native id.
pub(crate) fn port_name<'a>(interfaces: &'a [Interface], native: &'a str) -> &'a str {
    let interface = interfaces.iter().find(|one| one.native_id == native);
    interface.and_then(|one| one.name.as_deref()).unwrap_or(native)
}

/// What a claim's neighbour announces itself by.
pub(super) fn known_by(claim: &Claim) -> Option<KnownBy> {
    match &claim.target {
        Target::Identifier(one) if claim.relation == RelationType::ConnectedTo => {
            Some((one.scheme.code(), one.index_value()))
        }
        _ => None,
    }
}
