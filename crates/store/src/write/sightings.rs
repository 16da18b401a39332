//! What records see on their wires: a row for each thing seen, with when it was seen first and last.
//!
//! No history of versions: such things come and go by the minute. A row without `last_seen` is seen still; one
//! that is seen again is open again, with its first day.

use super::transaction::WriteTx;
use crate::bulk::{CHUNK, Insert};
use crate::error::Result;
use crate::key::key_of;
use crate::sql::Sql;
use cadastre_model::time::DAY_MS;
use cadastre_model::{Plan, RecordKey, Sighted, Sighting, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// How long it is kept that something was seen, in days.
const KEPT_DAYS: i64 = 90;

/// Rows that one statement ends at most.
const ENDED: usize = 250;

/// One row's key beside the record's: address, port, VLAN, IP address; what is unknown is empty or 0.
type Row = (String, String, i64, String);

impl WriteTx<'_> {
    /// Brings the rows of all records that a plan is about to what they see now.
    pub(super) async fn write_sightings(&self, plan: &Plan) -> Result<()> {
        self.end_with_their_records(plan).await?;
        let restated = plan.records.iter().filter(|write| write.digest.is_some());
        let sighted: BTreeMap<RecordKey, &Sighted> = restated
            .map(|write| (write.key, &write.sighted))
            .chain(plan.latest.iter().map(|write| (write.key, &write.sighted)))
            .filter(|(_, sighted)| !sighted.is_empty() || sighted.before.is_some())
            .collect();
        if sighted.is_empty() {
            return Ok(());
        }
        let open = self.open_sightings(sighted.keys().copied()).await?;
        let (mut ended, mut begun) = (Vec::new(), 0);
        let mut rows = Insert::new(
            "INSERT INTO sighting (record_key, mac, port, vlan, address, first_seen)",
            "ON CONFLICT (record_key, mac, port, vlan, address) DO UPDATE SET last_seen = NULL",
        );
        let nothing = BTreeSet::new();
        for (key, sighted) in sighted {
            let before = open.get(&key).unwrap_or(&nothing);
            let now: BTreeSet<Row> = sighted.now.iter().map(row_of).collect();
            let last = sighted.before.unwrap_or(self.moment());
            ended.extend(before.difference(&now).map(|row| (key, row.clone(), last)));
            for (mac, port, vlan, address) in now.difference(before).cloned() {
                let first = self.moment().0.into();
                let (mac, port, address) = (mac.into(), port.into(), address.into());
                rows.row([key.0.into(), mac, port, vlan.into(), address, first]);
                begun += 1;
            }
        }
        if begun > 0 {
            rows.execute(self.dialect(), self.db()).await?;
        }
        self.end_sightings(&ended).await
    }

    /// What a record saw that its source misses now, or lists as ended, was seen last when it was.
    async fn end_with_their_records(&self, plan: &Plan) -> Result<()> {
        let mut missed: BTreeMap<Timestamp, Vec<i64>> = BTreeMap::new();
        for write in plan.records.iter().filter(|write| write.digest.is_none()) {
            if let Some(last_seen) = write.last_seen {
                missed.entry(last_seen).or_default().push(write.key.0);
            }
        }
        for (last_seen, keys) in missed {
            for chunk in keys.chunks(CHUNK) {
                let mut sql = Sql::of(
                    self.dialect(),
                    "UPDATE sighting SET last_seen = ? WHERE last_seen IS NULL AND record_key IN ",
                    [last_seen.0.into()],
                );
                sql.list(chunk.iter().copied());
                sql.execute(self.db(), "ending what a record saw").await?;
            }
        }
        Ok(())
    }

    async fn open_sightings(
        &self,
        keys: impl Iterator<Item = RecordKey>,
    ) -> Result<BTreeMap<RecordKey, BTreeSet<Row>>> {
        let keys: Vec<i64> = keys.map(|key| key.0).collect();
        let mut open: BTreeMap<RecordKey, BTreeSet<Row>> = BTreeMap::new();
        for chunk in keys.chunks(CHUNK) {
            let mut sql = Sql::of(
                self.dialect(),
                "SELECT record_key, mac, port, vlan, address FROM sighting \
                 WHERE last_seen IS NULL AND record_key IN ",
                [],
            );
            sql.list(chunk.iter().copied());
            for row in sql.all(self.db(), "reading what was seen").await? {
                let seen = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
                open.entry(RecordKey(row.get(0)?)).or_default().insert(seen);
            }
        }
        Ok(open)
    }

    /// Ends rows, and forgets those that ended long ago.
    async fn end_sightings(&self, ended: &[(RecordKey, Row, Timestamp)]) -> Result<()> {
        if ended.is_empty() {
            return Ok(());
        }
        for chunk in ended.chunks(ENDED) {
            let mut sql = Sql::new(self.dialect());
            sql.raw("UPDATE sighting SET last_seen = v.column6 FROM ");
            sql.tuples(chunk.iter().map(|(key, (mac, port, vlan, address), last)| {
                let (mac, port) = (mac.as_str().into(), port.as_str().into());
                let address = address.as_str().into();
                [key.0.into(), mac, port, (*vlan).into(), address, last.0.into()]
            }));
            sql.raw(
                " AS v WHERE sighting.record_key = v.column1 AND sighting.mac = v.column2 \
                 AND sighting.port = v.column3 AND sighting.vlan = v.column4 \
                 AND sighting.address = v.column5",
            );
            sql.execute(self.db(), "ending what was seen").await?;
        }
        let long_ago = self.moment().plus_ms(-KEPT_DAYS * DAY_MS);
        let forget = Sql::of(
            self.dialect(),
            "DELETE FROM sighting WHERE last_seen < ?",
            [long_ago.0.into()],
        );
        forget.execute(self.db(), "forgetting what was seen long ago").await?;
        Ok(())
    }
}

fn row_of(sighting: &Sighting) -> Row {
    let port = sighting.port.as_deref().map(key_of).unwrap_or_default();
    (
        sighting.mac.clone(),
        port.into_owned(),
        sighting.vlan.unwrap_or(0),
        sighting.address.clone().unwrap_or_default(),
    )
}
