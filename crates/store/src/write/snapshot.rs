//! Reading the part of the register that one batch needs, inside the transaction that will write.

use super::apply::OPEN;
use super::transaction::WriteTx;
use crate::bulk::CHUNK;
use crate::error::{Result, StoreError};
use crate::json;
use crate::key::{key_of, text_of};
use crate::sql::{Row, Sql};
use cadastre_model::registry::Family;
use cadastre_model::{
    AssetDoc, AssetId, Decision, Identifier, Interface, KnownAsset, Lifecycle, Lock, Observation,
    Record, RecordKey, RecordState, Scheme, ScopeId, Snapshot, SourceId, SourceKind, SourceRef,
    Strength, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

impl WriteTx<'_> {
    /// What reconciling these observations of `source` needs.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn snapshot_for(
        &self,
        source: &SourceRef,
        scopes: &BTreeMap<String, ScopeId>,
        observations: &[Observation],
        crowd_limit: u64,
    ) -> Result<Snapshot> {
        let mut snapshot = self.empty_snapshot(source, scopes).await?;
        let natives: Vec<&str> = observations.iter().map(|one| one.native_id.as_str()).collect();
        let mut keys = self.records_by_native(source.id, &natives).await?;
        let wanted = matching_identifiers(observations);
        self.load_holders(&mut snapshot, &wanted, crowd_limit, &mut keys).await?;
        self.load_closure(&mut snapshot, keys).await?;
        Ok(snapshot)
    }

    /// What ageing these records, or editing their assets, needs.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn snapshot_of(
        &self,
        source: &SourceRef,
        records: impl IntoIterator<Item = RecordKey>,
    ) -> Result<Snapshot> {
        let mut snapshot = self.empty_snapshot(source, &BTreeMap::new()).await?;
        let keys = records.into_iter().map(|key| key.0).collect();
        self.load_closure(&mut snapshot, keys).await?;
        Ok(snapshot)
    }

    /// What editing these assets needs; those that are not there, or were merged into others, are left out.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn snapshot_of_assets(&self, assets: &BTreeSet<AssetId>) -> Result<Snapshot> {
        let assets: BTreeSet<i64> = assets.iter().map(|asset| asset.0).collect();
        let records = self.linked("asset_id", "record_key", &assets).await?;
        let nobody = SourceRef { id: SourceId(0), name: String::new(), kind: SourceKind::People };
        let mut snapshot = self.empty_snapshot(&nobody, &BTreeMap::new()).await?;
        self.load_closure(&mut snapshot, records).await?;
        self.load_assets(&mut snapshot, &assets).await?;
        Ok(snapshot)
    }

    async fn empty_snapshot(
        &self,
        source: &SourceRef,
        scopes: &BTreeMap<String, ScopeId>,
    ) -> Result<Snapshot> {
        let (next_record, next_asset) = self.next_keys();
        Ok(Snapshot {
            source: source.clone(),
            sources: self.source_refs().await?,
            scopes: scopes.clone(),
            records: BTreeMap::new(),
            natives: BTreeMap::new(),
            holders: BTreeMap::new(),
            crowded: BTreeSet::new(),
            assets: BTreeMap::new(),
            decisions: BTreeMap::new(),
            next_record: RecordKey(next_record),
            next_asset: AssetId(next_asset),
        })
    }

    async fn source_refs(&self) -> Result<BTreeMap<SourceId, SourceRef>> {
        let sql = Sql::of(self.dialect(), "SELECT id, name, kind FROM source", []);
        let rows = sql.all(self.db(), "reading sources").await?;
        rows.iter()
            .map(|row| {
                let id = SourceId(row.get(0)?);
                let kind: i16 = row.get(2)?;
                let kind = SourceKind::from_code(kind).ok_or_else(|| StoreError::Corrupt {
                    table: "source",
                    row: id.to_string(),
                    why: format!("kind {kind} is not known"),
                })?;
                Ok((id, SourceRef { id, name: row.get(1)?, kind }))
            })
            .collect()
    }

    async fn records_by_native(&self, source: SourceId, natives: &[&str]) -> Result<BTreeSet<i64>> {
        let mut keys = BTreeSet::new();
        for chunk in natives.chunks(CHUNK) {
            let mut sql = Sql::of(
                self.dialect(),
                "SELECT key FROM record WHERE source_id = ? AND native_id IN ",
                [source.0.into()],
            );
            sql.list(chunk.iter().map(|native| key_of(native).into_owned()));
            for row in sql.all(self.db(), "looking for known records").await? {
                keys.insert(row.get(0)?);
            }
        }
        Ok(keys)
    }

    async fn load_holders(
        &self,
        snapshot: &mut Snapshot,
        wanted: &BTreeSet<Identifier>,
        crowd_limit: u64,
        keys: &mut BTreeSet<i64>,
    ) -> Result<()> {
        let mut by_index: BTreeMap<(i16, String), Vec<&Identifier>> = BTreeMap::new();
        for one in wanted {
            by_index.entry((one.scheme.code(), one.index_value())).or_default().push(one);
        }
        for scheme in Scheme::ALL.iter().copied() {
            let values: Vec<&str> = by_index
                .keys()
                .filter(|(code, _)| *code == scheme.code())
                .map(|(_, value)| value.as_str())
                .collect();
            for chunk in values.chunks(CHUNK) {
                let crowded = self.crowded_values(scheme, chunk, crowd_limit).await?;
                let quiet = chunk.iter().filter(|value| !crowded.contains(**value)).copied();
                let mut sql = Sql::of(
                    self.dialect(),
                    "SELECT value, record_key FROM identifier WHERE rev_to = ? AND scheme = ? \
                     AND value IN ",
                    [OPEN.into(), scheme.code().into()],
                );
                sql.list(quiet);
                for row in sql.all(self.db(), "looking for identifiers").await? {
                    let (value, key): (String, i64) = (row.get(0)?, row.get(1)?);
                    keys.insert(key);
                    for one in by_index.get(&(scheme.code(), value)).into_iter().flatten() {
                        snapshot.holders.entry((*one).clone()).or_default().insert(RecordKey(key));
                    }
                }
                for value in crowded {
                    let named = by_index.get(&(scheme.code(), value)).into_iter().flatten();
                    snapshot.crowded.extend(named.map(|one| (*one).clone()));
                }
            }
        }
        Ok(())
    }

    /// Of these values, those that more live records of one source share than the limit.
    async fn crowded_values(
        &self,
        scheme: Scheme,
        values: &[&str],
        limit: u64,
    ) -> Result<BTreeSet<String>> {
        let mut sql = Sql::of(
            self.dialect(),
            "SELECT i.value FROM identifier i JOIN record r ON r.key = i.record_key \
             WHERE i.rev_to = ? AND i.scheme = ? AND r.state = ? AND i.value IN ",
            [OPEN.into(), scheme.code().into(), RecordState::Live.code().into()],
        );
        sql.list(values.iter().copied());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        sql.push(" GROUP BY i.value, r.source_id HAVING count(*) > ?", [limit.into()]);
        let rows = sql.all(self.db(), "looking for shared identifiers").await?;
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Fills in the records, their assets, and all records of those assets.
    async fn load_closure(&self, snapshot: &mut Snapshot, keys: BTreeSet<i64>) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let assets = self.linked("record_key", "asset_id", &keys).await?;
        let mut records = self.linked("asset_id", "record_key", &assets).await?;
        records.extend(keys);
        self.load_records(snapshot, &records).await?;
        self.load_assets(snapshot, &assets).await?;
        self.load_pins(snapshot, &records).await
    }

    async fn linked(&self, by: &str, what: &str, keys: &BTreeSet<i64>) -> Result<BTreeSet<i64>> {
        let keys: Vec<i64> = keys.iter().copied().collect();
        let mut found = BTreeSet::new();
        for chunk in keys.chunks(CHUNK) {
            let mut sql = Sql::new(self.dialect());
            sql.push(
                &format!("SELECT {what} FROM link WHERE rev_to = ? AND {by} IN "),
                [OPEN.into()],
            );
            sql.list(chunk.iter().copied());
            for row in sql.all(self.db(), "reading links").await? {
                found.insert(row.get(0)?);
            }
        }
        Ok(found)
    }

    async fn load_records(&self, snapshot: &mut Snapshot, keys: &BTreeSet<i64>) -> Result<()> {
        let keys: Vec<i64> = keys.iter().copied().collect();
        for chunk in keys.chunks(CHUNK) {
            let mut sql = Sql::new(self.dialect());
            sql.push(RECORDS, [self.moment().0.into(), OPEN.into(), OPEN.into()]);
            sql.list(chunk.iter().copied());
            for row in sql.all(self.db(), "reading records").await? {
                let record = read_record(&row)?;
                if record.source == snapshot.source.id {
                    snapshot.natives.insert(record.native_id.clone(), record.key);
                }
                snapshot.records.insert(record.key, record);
            }
        }
        Ok(())
    }

    async fn load_assets(&self, snapshot: &mut Snapshot, ids: &BTreeSet<i64>) -> Result<()> {
        let ids: Vec<i64> = ids.iter().copied().collect();
        for chunk in ids.chunks(CHUNK) {
            let mut sql = Sql::of(
                self.dialect(),
                "SELECT asset_id, doc, lifecycle FROM asset_version WHERE rev_to = ? \
                 AND asset_id IN ",
                [OPEN.into()],
            );
            sql.list(chunk.iter().copied());
            for row in sql.all(self.db(), "reading assets").await? {
                let id: i64 = row.get(0)?;
                let doc: AssetDoc = json::read("asset_version", id, &row.get::<String>(1)?)?;
                let lifecycle = Lifecycle::from_code(row.get(2)?);
                let known = KnownAsset {
                    doc,
                    locks: Vec::new(),
                    tag_locks: Vec::new(),
                    lifecycle: lifecycle.filter(|one| *one != Lifecycle::Active),
                    records: BTreeSet::new(),
                };
                snapshot.assets.insert(AssetId(id), known);
            }
            self.load_interfaces(snapshot, chunk).await?;
            self.load_locks(snapshot, chunk).await?;
            self.load_tag_locks(snapshot, chunk).await?;
        }
        for record in snapshot.records.values() {
            if let Some(asset) = snapshot.assets.get_mut(&record.asset) {
                asset.records.insert(record.key);
            }
        }
        Ok(())
    }

    async fn load_interfaces(&self, snapshot: &mut Snapshot, ids: &[i64]) -> Result<()> {
        let mut sql = Sql::of(
            self.dialect(),
            "SELECT asset_id, doc FROM interface WHERE rev_to = ? AND asset_id IN ",
            [OPEN.into()],
        );
        sql.list(ids.iter().copied());
        sql.raw(" ORDER BY asset_id, native_id");
        for row in sql.all(self.db(), "reading interfaces").await? {
            let id: i64 = row.get(0)?;
            let interface: Interface = json::read("interface", id, &row.get::<String>(1)?)?;
            if let Some(asset) = snapshot.assets.get_mut(&AssetId(id)) {
                asset.doc.interfaces.push(interface);
            }
        }
        Ok(())
    }

    async fn load_locks(&self, snapshot: &mut Snapshot, ids: &[i64]) -> Result<()> {
        let mut sql = Sql::of(self.dialect(), crate::lock::LOCKS, [OPEN.into()]);
        sql.list(ids.iter().copied());
        sql.raw(" ORDER BY asset_id, attr");
        for row in sql.all(self.db(), "reading locks").await? {
            let (id, lock): (AssetId, Lock) = crate::lock::read_lock(&row)?;
            if let Some(asset) = snapshot.assets.get_mut(&id) {
                asset.locks.push(lock);
            }
        }
        Ok(())
    }

    async fn load_tag_locks(&self, snapshot: &mut Snapshot, ids: &[i64]) -> Result<()> {
        let mut sql = Sql::of(self.dialect(), crate::tag_lock::TAG_LOCKS, [OPEN.into()]);
        sql.list(ids.iter().copied());
        sql.raw(" ORDER BY asset_id, tag");
        for row in sql.all(self.db(), "reading tag locks").await? {
            let (id, lock) = crate::tag_lock::read_tag_lock(&row)?;
            if let Some(asset) = snapshot.assets.get_mut(&id) {
                asset.tag_locks.push(lock);
            }
        }
        Ok(())
    }

    async fn load_pins(&self, snapshot: &mut Snapshot, keys: &BTreeSet<i64>) -> Result<()> {
        let keys: Vec<i64> = keys.iter().copied().collect();
        for chunk in keys.chunks(CHUNK) {
            let mut sql = Sql::of(
                self.dialect(),
                "SELECT record_key, asset_id, decision FROM pin WHERE record_key IN ",
                [],
            );
            sql.list(chunk.iter().copied());
            for row in sql.all(self.db(), "reading decisions").await? {
                let decision = match row.get::<i16>(2)? {
                    1 => Decision::Accept,
                    _ => Decision::Reject,
                };
                let pair = (RecordKey(row.get(0)?), AssetId(row.get(1)?));
                snapshot.decisions.insert(pair, decision);
            }
        }
        Ok(())
    }
}

/// Columns as [`read_record`] reads them; one `?` for this transaction's moment, two for the open
/// end, then the list of keys. What "last seen" means stands with the queries (`find::condition`).
const RECORDS: &str = "SELECT r.key, r.source_id, r.native_id, r.scope_id, r.state, r.latest, \
    r.first_seen, coalesce(v.last_seen, CASE WHEN v.state = 1 THEN (SELECT max(h.at) \
        FROM run_scope h WHERE h.scope_id = v.scope_id AND h.enumeration = 1 \
        AND h.error IS NULL AND h.at >= w.committed_at) END, w.committed_at, ?), \
    v.doc, l.asset_id, r.native_whole, r.latest_digest, \
    CASE WHEN EXISTS (SELECT 1 FROM sighting s WHERE s.record_key = r.key AND s.last_seen IS NULL) \
        THEN 1 ELSE 0 END \
    FROM record r JOIN record_version v ON v.record_key = r.key AND v.rev_to = ? \
    LEFT JOIN rev w ON w.rev = v.rev_from \
    JOIN link l ON l.record_key = r.key AND l.rev_to = ? WHERE r.key IN ";

fn read_record(row: &Row) -> Result<Record> {
    let key: i64 = row.get(0)?;
    let state: i16 = row.get(4)?;
    Ok(Record {
        key: RecordKey(key),
        source: SourceId(row.get(1)?),
        native_id: text_of("record", row.get(2)?, row.get(10)?)?,
        scope: ScopeId(row.get(3)?),
        asset: AssetId(row.get(9)?),
        state: RecordState::from_code(state).ok_or_else(|| StoreError::Corrupt {
            table: "record",
            row: key.to_string(),
            why: format!("state {state} is not known"),
        })?,
        doc: json::read("record_version", key, &row.get::<String>(8)?)?,
        latest: json::read("record", key, &row.get::<String>(5)?)?,
        latest_digest: row.get(11)?,
        sees: row.get::<i32>(12)? == 1,
        first_seen: Timestamp(row.get(6)?),
        last_seen: Timestamp(row.get(7)?),
    })
}

/// The identifiers by which records of other sources could be found: not junk, of kinds that match
/// at all, firmware UUIDs in both byte orders.
fn matching_identifiers(observations: &[Observation]) -> BTreeSet<Identifier> {
    let mut wanted = BTreeSet::new();
    for observation in observations {
        if observation.kind.family() == Family::Own {
            continue;
        }
        for one in &observation.identifiers {
            if one.scheme.strength() == Strength::LookupOnly || one.junk().is_some() {
                continue;
            }
            if one.scheme == Scheme::SmbiosUuid
                && let Some(value) = cadastre_model::identifier::uuid_swapped(&one.value)
            {
                wanted.insert(Identifier { scheme: Scheme::SmbiosUuid, value });
            }
            wanted.insert(one.clone());
        }
    }
    wanted
}
