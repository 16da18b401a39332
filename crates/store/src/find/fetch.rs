//! One asset whole: its state, its witnesses, its relations and its past, as of any day.

use super::condition::Translator;
use super::neighbours::Neighbour;
use super::ports::PortSighting;
use crate::at::At;
use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::json;
use crate::key::text_of;
use crate::sql::{Row, Sql};
use crate::visibility::Visibility;
use cadastre_model::query::{Query, Shown};
use cadastre_model::{
    AssetDoc, AssetId, Attr, Change, Interface, Kind, Lock, Reason, RecordDoc, RecordKey,
    RecordState, RelationType, RunId, SourceId, TagLock, Timestamp, Value,
};
use std::collections::BTreeMap;

/// So many relations of one type and way an asset's page tells: a network or a group may have tens of
/// thousands, which a list tells page by page.
const MOST_RELATIONS: i64 = 100;

/// One record of an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPage {
    /// Its key.
    pub key: RecordKey,
    /// The source that speaks.
    pub source_id: SourceId,
    /// Its name.
    pub source: String,
    /// The source's id of the thing.
    pub native_id: String,
    /// The scope it was enumerated in.
    pub scope: String,
    /// Whether the source still sees it.
    pub state: RecordState,
    /// What it says.
    pub doc: RecordDoc,
    /// The newest value of each attribute kept only as latest; empty when asked of the past.
    pub latest: BTreeMap<Attr, Value>,
    /// When the register first knew it.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// Why it is linked to the asset.
    pub link: Reason,
}

/// One relation, seen from the asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationLine {
    /// Its type.
    pub relation: RelationType,
    /// `true`: the other asset is the subject (`~runs-on`).
    pub reverse: bool,
    /// The other asset.
    pub other: AssetId,
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Since when it is stated.
    pub since: Timestamp,
}

/// That an asset has more relations of a sort than its page tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoreRelations {
    /// Their type.
    pub relation: RelationType,
    /// `true`: the other assets are the subjects.
    pub reverse: bool,
    /// How many there are in all.
    pub count: u64,
}

impl MoreRelations {
    /// The query that finds the other ends of all of them.
    #[must_use]
    pub fn query(&self, asset: AssetId) -> String {
        let way = if self.reverse { "" } else { "~" };
        format!("{way}{}:(id:{asset} is:any) is:any", self.relation.word())
    }
}

/// One change of an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeLine {
    /// The revision.
    pub rev: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// In which run.
    pub run: Option<RunId>,
    /// What: an attribute, `tag:team`, `power` ...
    pub subject: String,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
    /// Why.
    pub reason: Reason,
}

impl ChangeLine {
    /// What it changed, without when, who and why.
    #[must_use]
    pub fn change(&self) -> Change {
        let (before, after) = (self.before.clone(), self.after.clone());
        Change { subject: self.subject.clone(), before, after }
    }
}

/// Everything about one asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetPage {
    /// Its id: the surviving one if the asked one was merged into another.
    pub id: AssetId,
    /// Its state.
    pub doc: AssetDoc,
    /// Why it is as it is.
    pub reason: Reason,
    /// When the register first knew it.
    pub first_seen: Timestamp,
    /// When one of its records was last seen.
    pub last_seen: Timestamp,
    /// Its records.
    pub records: Vec<RecordPage>,
    /// People's values.
    pub locks: Vec<Lock>,
    /// People's tags.
    pub tag_locks: Vec<TagLock>,
    /// Its relations, of each type and way the first hundred by the other's name.
    pub relations: Vec<RelationLine>,
    /// Of which there are more.
    pub more_relations: Vec<MoreRelations>,
    /// What its own ports lead to.
    pub neighbours: Vec<Neighbour>,
    /// The ports of network devices that its addresses were seen on.
    pub ports: Vec<PortSighting>,
}

impl Store {
    /// One asset as of a point in time; `None` if there was none or the reader may not see it.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn asset_fetch(
        &self,
        id: AssetId,
        at: At,
        visibility: &Visibility,
    ) -> Result<Option<AssetPage>> {
        let Some(id) = self.surviving(id, at).await? else { return Ok(None) };
        if !visibility.is_all() && !self.may_see(id, at, visibility).await? {
            return Ok(None);
        }
        let translator = Translator::new(self.dialect(), at, Shown::EVERYTHING);
        let mut sql = Sql::new(self.dialect());
        sql.raw("SELECT v.doc, v.reason, a.first_seen, ");
        translator.last_seen(&mut sql);
        sql.push(
            " FROM asset_version v JOIN asset a ON a.id = v.asset_id WHERE v.asset_id = ? AND ",
            [id.0.into()],
        );
        translator.holds(&mut sql, "v");
        let Some(row) = sql.one(self.reader(), "reading an asset").await? else { return Ok(None) };
        let mut doc: AssetDoc = json::read("asset_version", id, &row.get::<String>(0)?)?;
        doc.interfaces = self.interfaces(&translator, id).await?;
        let first_seen: i64 = row.get(2)?;
        let (relations, more_relations) = self.relations(&translator, id, &doc).await?;
        let records = self.records(&translator, id).await?;
        let macs: Vec<String> =
            doc.interfaces.iter().filter_map(|interface| interface.mac.clone()).collect();
        Ok(Some(AssetPage {
            id,
            reason: json::read("asset_version", id, &row.get::<String>(1)?)?,
            first_seen: Timestamp(first_seen),
            last_seen: Timestamp(row.get::<Option<i64>>(3)?.unwrap_or(first_seen)),
            neighbours: self.neighbours(&translator, id, &records).await?,
            ports: self.ports_of(&macs, at).await?,
            records,
            locks: self.locks(&translator, id).await?,
            tag_locks: self.tag_locks(&translator, id).await?,
            relations,
            more_relations,
            doc,
        }))
    }

    async fn may_see(&self, id: AssetId, at: At, visibility: &Visibility) -> Result<bool> {
        let both = visibility.applied(&Query::all_of(vec![Query::Id(id.0), Query::Any]));
        Ok(self.asset_count(&both, at, &Visibility::all(), None).await?.count > 0)
    }

    /// The asset itself if it was there then, else the one it was merged into.
    async fn surviving(&self, id: AssetId, at: At) -> Result<Option<AssetId>> {
        let mut id = id;
        // A merge leads to an older asset, with a smaller id, so this ends.
        loop {
            let mut sql = Sql::of(
                self.dialect(),
                "SELECT CASE WHEN a.redirect_to < a.id THEN a.redirect_to END, \
                 (SELECT count(*) FROM asset_version v WHERE v.asset_id = a.id AND ",
                [],
            );
            Translator::new(self.dialect(), at, Shown::EVERYTHING).holds(&mut sql, "v");
            sql.push(") FROM asset a WHERE a.id = ?", [id.0.into()]);
            let row = sql.one(self.reader(), "reading an asset").await?;
            let Some(row) = row else { return Ok(None) };
            match row.get::<Option<i64>>(0)? {
                _ if row.get::<i64>(1)? > 0 => return Ok(Some(id)),
                Some(other) => id = AssetId(other),
                None => return Ok(None),
            }
        }
    }

    async fn interfaces(&self, translator: &Translator, id: AssetId) -> Result<Vec<Interface>> {
        let mut sql = Sql::of(
            self.dialect(),
            "SELECT i.doc FROM interface i WHERE i.asset_id = ? AND ",
            [id.0.into()],
        );
        translator.holds(&mut sql, "i");
        sql.raw(" ORDER BY i.native_id");
        let rows = sql.all(self.reader(), "reading interfaces").await?;
        rows.iter().map(|row| json::read("interface", id, &row.get::<String>(0)?)).collect()
    }

    async fn records(&self, translator: &Translator, id: AssetId) -> Result<Vec<RecordPage>> {
        let mut sql = Sql::new(self.dialect());
        sql.push(
            "SELECT r.key, s.name, r.native_id, sc.name, v.state, v.doc, r.latest, r.first_seen, \
             coalesce(v.last_seen, CASE WHEN v.state = 1 THEN (SELECT max(h.at) FROM run_scope h \
             WHERE h.scope_id = v.scope_id AND h.enumeration = 1 AND h.error IS NULL AND h.at >= w.committed_at \
             AND h.at <= ?) END, w.committed_at), l.reason, v.rev_to, r.native_whole, s.id \
             FROM link l JOIN record r ON r.key = l.record_key JOIN source s ON s.id = r.source_id \
             JOIN record_version v ON v.record_key = r.key JOIN scope sc ON sc.id = v.scope_id \
             JOIN rev w ON w.rev = v.rev_from WHERE l.asset_id = ? AND ",
            [translator.at.moment.0.into(), id.0.into()],
        );
        translator.holds(&mut sql, "l");
        sql.raw(" AND ");
        translator.holds(&mut sql, "v");
        sql.raw(" ORDER BY r.key");
        let rows = sql.all(self.reader(), "reading records").await?;
        rows.iter()
            .map(|row| {
                let key: i64 = row.get(0)?;
                let state: i16 = row.get(4)?;
                let is_current = row.get::<i64>(10)? == i64::MAX;
                let latest = match is_current {
                    true => json::read("record", key, &row.get::<String>(6)?)?,
                    false => BTreeMap::new(),
                };
                Ok(RecordPage {
                    key: RecordKey(key),
                    source_id: SourceId(row.get(12)?),
                    source: row.get(1)?,
                    native_id: text_of("record", row.get(2)?, row.get(11)?)?,
                    scope: row.get(3)?,
                    state: RecordState::from_code(state).ok_or_else(|| StoreError::Corrupt {
                        table: "record_version",
                        row: key.to_string(),
                        why: format!("state {state} is not known"),
                    })?,
                    doc: json::read("record_version", key, &row.get::<String>(5)?)?,
                    latest,
                    first_seen: Timestamp(row.get(7)?),
                    last_seen: Timestamp(row.get(8)?),
                    link: json::read("link", key, &row.get::<String>(9)?)?,
                })
            })
            .collect()
    }

    async fn locks(&self, translator: &Translator, id: AssetId) -> Result<Vec<Lock>> {
        let mut sql = Sql::of(
            self.dialect(),
            "SELECT h.asset_id, h.attr, h.value, h.actor, h.set_at, h.effective_from FROM held h \
             WHERE h.asset_id = ? AND ",
            [id.0.into()],
        );
        translator.holds(&mut sql, "h");
        sql.raw(" ORDER BY h.attr");
        let rows = sql.all(self.reader(), "reading locks").await?;
        rows.iter().map(|row| Ok(crate::lock::read_lock(row)?.1)).collect()
    }

    async fn tag_locks(&self, translator: &Translator, id: AssetId) -> Result<Vec<TagLock>> {
        let mut sql = Sql::of(
            self.dialect(),
            "SELECT h.asset_id, h.tag, h.tag_whole, h.value, h.actor, h.set_at, h.effective_from \
             FROM held_tag h WHERE h.asset_id = ? AND ",
            [id.0.into()],
        );
        translator.holds(&mut sql, "h");
        sql.raw(" ORDER BY h.tag");
        let rows = sql.all(self.reader(), "reading tag locks").await?;
        rows.iter().map(|row| Ok(crate::tag_lock::read_tag_lock(row)?.1)).collect()
    }

    async fn relations(
        &self,
        translator: &Translator,
        id: AssetId,
        doc: &AssetDoc,
    ) -> Result<(Vec<RelationLine>, Vec<MoreRelations>)> {
        let sql = translator.neighbours(id, doc, MOST_RELATIONS);
        let rows = sql.all(self.reader(), "reading relations").await?;
        let (mut lines, mut more) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in &rows {
            let (code, other): (i16, i64) = (row.get(0)?, row.get(2)?);
            let doc: AssetDoc = json::read("asset_version", other, &row.get::<String>(4)?)?;
            let relation = RelationType::from_code(code).ok_or_else(|| StoreError::Corrupt {
                table: "claim",
                row: id.to_string(),
                why: format!("relation {code} is not known"),
            })?;
            let (reverse, count) = (row.get::<i32>(1)? == 1, row.get::<i64>(5)?);
            let one = MoreRelations { relation, reverse, count: count.unsigned_abs() };
            if count > MOST_RELATIONS && more.last() != Some(&one) {
                more.push(one);
            }
            lines.push(RelationLine {
                relation,
                reverse,
                other: AssetId(other),
                kind: doc.kind,
                name: doc.name,
                since: Timestamp(row.get(3)?),
            });
        }
        Ok((lines, more))
    }

    /// Changes of an asset up to a point in time, newest first, `limit` of them before `before`
    /// (revision and subject of the last one of the page before).
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn asset_changes(
        &self,
        id: AssetId,
        at: At,
        before: Option<(i64, &str)>,
        limit: u32,
    ) -> Result<Vec<ChangeLine>> {
        let mut sql = Sql::of(
            self.dialect(),
            "SELECT c.rev, w.committed_at, w.actor, w.run_id, c.subject, c.before, c.after, \
             c.reason FROM change c JOIN rev w ON w.rev = c.rev WHERE c.asset_id = ? AND c.rev <= ?",
            [id.0.into(), at.rev.0.into()],
        );
        if let Some((rev, subject)) = before {
            sql.push(
                " AND (c.rev < ? OR (c.rev = ? AND c.subject > ?))",
                [rev.into(), rev.into(), subject.into()],
            );
        }
        sql.push(" ORDER BY c.rev DESC, c.subject LIMIT ?", [i64::from(limit).into()]);
        let rows = sql.all(self.reader(), "reading changes").await?;
        rows.iter().map(read_change).collect()
    }
}

/// `rev, committed_at, actor, run_id, subject, before, after, reason`
pub(super) fn read_change(row: &Row) -> Result<ChangeLine> {
    let rev: i64 = row.get(0)?;
    Ok(ChangeLine {
        rev,
        at: Timestamp(row.get(1)?),
        actor: row.get(2)?,
        run: row.get::<Option<i64>>(3)?.map(RunId),
        subject: row.get(4)?,
        before: row.get(5)?,
        after: row.get(6)?,
        reason: json::read("change", rev, &row.get::<String>(7)?)?,
    })
}
