//! Ports that people hold: neighbours of both ends, in the place of what devices say there.

use super::condition::Translator;
use super::neighbours::{Known, Neighbour};
use crate::bulk::CHUNK;
use crate::db::Store;
use crate::error::Result;
use crate::port_lock::{PORT_LOCKS, at_either_end, read_port_lock};
use crate::sql::Sql;
use cadastre_model::{AssetId, FarPort, PortLock};
use std::collections::{BTreeMap, BTreeSet};

/// How a neighbour is known that a person named.
const BY_PEOPLE: &str = "people";

/// Port locks, with the assets at their ends.
pub(super) struct HeldPorts {
    locks: Vec<(AssetId, PortLock)>,
    known: BTreeMap<AssetId, Known>,
}

impl Store {
    /// The port locks with an end at one of these assets; all of them if none is named.
    pub(super) async fn held_ports(
        &self,
        translator: &Translator,
        among: Option<&BTreeSet<AssetId>>,
    ) -> Result<HeldPorts> {
        let mut held = HeldPorts { locks: Vec::new(), known: BTreeMap::new() };
        let ids: Option<Vec<i64>> = among.map(|all| all.iter().map(|asset| asset.0).collect());
        let chunks: Vec<Option<&[i64]>> = match &ids {
            None => vec![None],
            Some(ids) => ids.chunks(CHUNK / 2).map(Some).collect(),
        };
        for chunk in chunks {
            let mut sql = Sql::of(self.dialect(), PORT_LOCKS, []);
            translator.holds(&mut sql, "h");
            if let Some(assets) = chunk {
                sql.raw(" AND ");
                at_either_end(&mut sql, assets);
            }
            for row in sql.all(self.reader(), "reading port locks").await? {
                held.locks.push(read_port_lock(&row)?);
            }
        }
        held.locks.sort_by(|(a, one), (b, other)| (a, &one.port).cmp(&(b, &other.port)));
        held.locks.dedup();
        let ends: BTreeSet<i64> = held.assets().map(|asset| asset.0).collect();
        held.known = self.known_assets(translator, &ends).await?;
        Ok(held)
    }

    async fn known_assets(
        &self,
        translator: &Translator,
        assets: &BTreeSet<i64>,
    ) -> Result<BTreeMap<AssetId, Known>> {
        let mut known = BTreeMap::new();
        let assets: Vec<i64> = assets.iter().copied().collect();
        for chunk in assets.chunks(CHUNK) {
            let mut sql = Sql::new(self.dialect());
            sql.raw("SELECT v.asset_id, v.doc FROM asset_version v WHERE v.asset_id IN ");
            sql.list(chunk.iter().copied());
            sql.raw(" AND ");
            translator.holds(&mut sql, "v");
            for row in sql.all(self.reader(), "reading neighbours").await? {
                let asset: i64 = row.get(0)?;
                known.insert(AssetId(asset), Known::read(asset, &row.get::<String>(1)?)?);
            }
        }
        Ok(known)
    }
}

impl HeldPorts {
    /// The assets at either end.
    pub fn assets(&self) -> impl Iterator<Item = AssetId> + '_ {
        self.locks.iter().flat_map(|(asset, lock)| {
            [*asset].into_iter().chain(lock.far.as_ref().map(|far| far.asset))
        })
    }

    /// An asset at one of the ends.
    pub fn known(&self, asset: AssetId) -> Option<&Known> {
        self.known.get(&asset)
    }

    /// What people say that an asset's ports lead to.
    pub fn of(&self, asset: AssetId) -> impl Iterator<Item = Neighbour> + '_ {
        self.locks.iter().filter_map(move |(here, lock)| {
            let far = lock.far.as_ref();
            if *here == asset {
                return Some(self.neighbour(lock, Some(&lock.port), far.cloned()));
            }
            let far = far.filter(|far| far.asset == asset)?;
            let back = FarPort { asset: *here, port: Some(lock.port.clone()) };
            Some(self.neighbour(lock, far.port.as_ref(), Some(back)))
        })
    }

    fn neighbour(&self, lock: &PortLock, port: Option<&String>, far: Option<FarPort>) -> Neighbour {
        let known = far.as_ref().and_then(|far| self.known.get(&far.asset)).cloned();
        Neighbour {
            port: port.cloned().unwrap_or_default(),
            far_port: far.and_then(|far| far.port),
            far_name: None,
            by: Some(BY_PEOPLE.to_owned()),
            known,
            held: Some(lock.clone()),
        }
    }

    /// What an asset's ports lead to: what devices told, but for the ports that people hold.
    pub fn over(&self, asset: AssetId, told: Vec<Neighbour>) -> Vec<Neighbour> {
        let held: Vec<Neighbour> = self.of(asset).collect();
        let is_held = |one: &Neighbour| held.iter().any(|other| other.port == one.port);
        let mut all: Vec<Neighbour> = told.into_iter().filter(|one| !is_held(one)).collect();
        all.extend(held);
        all.sort_by(|a, b| (&a.port, &a.far_port).cmp(&(&b.port, &b.far_port)));
        all
    }
}
