//! Sources: their settings as versions, their scopes.

use crate::at::At;
use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::json;
use crate::key::key_of;
use crate::sql::{Row, Sql};
use crate::write::WriteTx;
use cadastre_model::{Rev, ScopeId, SourceId, SourceKind, SourceRef, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// A source with its current settings.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRow {
    /// Its id.
    pub id: SourceId,
    /// Its name, unique among sources that are there.
    pub name: String,
    /// What sort of place it is.
    pub kind: SourceKind,
    /// Whether schedule and `--all` reach it.
    pub enabled: bool,
    /// When it runs, as cron.
    pub schedule: Option<String>,
    /// Its settings without secrets, in the form the service wrote.
    pub settings: serde_json::Value,
    /// The revision since which all of this stands.
    pub since: Rev,
}

impl SourceRow {
    /// The part of it that the reconciler knows.
    #[must_use]
    pub fn reference(&self) -> SourceRef {
        SourceRef { id: self.id, name: self.name.clone(), kind: self.kind }
    }
}

/// A source as it stood at a point in time.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceAt {
    /// The source with its settings then.
    pub row: SourceRow,
    /// When it was added.
    pub created_at: Timestamp,
    /// When its settings became what they were.
    pub changed_at: Timestamp,
}

const SOURCES: &str = "SELECT s.id, s.name, s.kind, v.enabled, v.schedule, v.doc, v.rev_from \
     FROM source s JOIN source_version v ON v.source_id = s.id AND v.rev_to = ? WHERE s.removed = 0";

fn read_source(row: &Row) -> Result<SourceRow> {
    let id: i64 = row.get(0)?;
    let kind: i16 = row.get(2)?;
    Ok(SourceRow {
        id: SourceId(id),
        name: row.get(1)?,
        kind: SourceKind::from_code(kind).ok_or_else(|| StoreError::Corrupt {
            table: "source",
            row: id.to_string(),
            why: format!("kind {kind} is not known"),
        })?,
        enabled: row.get::<i16>(3)? == 1,
        schedule: row.get(4)?,
        settings: json::read("source_version", id, &row.get::<String>(5)?)?,
        since: Rev(row.get(6)?),
    })
}

impl Store {
    /// All sources, by name.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn source_list(&self) -> Result<Vec<SourceRow>> {
        let text = format!("{SOURCES} ORDER BY s.name");
        let sql = Sql::of(self.dialect(), &text, [i64::MAX.into()]);
        let rows = sql.all(self.reader(), "reading sources").await?;
        rows.iter().map(read_source).collect()
    }

    /// The sources that were there at a point in time, by id.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn source_list_at(&self, at: At) -> Result<Vec<SourceAt>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT s.id, s.name, s.kind, v.enabled, v.schedule, v.doc, v.rev_from, w.committed_at, \
             (SELECT min(c.committed_at) FROM source_version o JOIN rev c ON c.rev = o.rev_from \
             WHERE o.source_id = s.id) \
             FROM source s JOIN source_version v ON v.source_id = s.id \
             JOIN rev w ON w.rev = v.rev_from WHERE v.rev_from <= ? AND v.rev_to > ? ORDER BY s.id",
            [at.rev.0.into(), at.rev.0.into()],
        );
        let rows = sql.all(self.reader(), "reading sources").await?;
        rows.iter()
            .map(|row| {
                Ok(SourceAt {
                    row: read_source(row)?,
                    changed_at: Timestamp(row.get(7)?),
                    created_at: Timestamp(row.get(8)?),
                })
            })
            .collect()
    }

    /// The source of a name.
    ///
    /// # Errors
    /// [`StoreError::Unknown`], what the database says, or a row that cannot be read.
    pub async fn source_fetch(&self, name: &str) -> Result<SourceRow> {
        let text = format!("{SOURCES} AND s.name = ?");
        let sql = Sql::of(self.dialect(), &text, [i64::MAX.into(), name.into()]);
        match sql.one(self.reader(), "reading a source").await? {
            Some(row) => read_source(&row),
            None => Err(StoreError::Unknown { what: "source", name: name.to_owned() }),
        }
    }
}

impl WriteTx<'_> {
    /// Adds a source.
    ///
    /// # Errors
    /// [`StoreError::Exists`], or what the database says.
    pub async fn source_add(
        &mut self,
        name: &str,
        kind: SourceKind,
        schedule: Option<&str>,
        settings: &serde_json::Value,
    ) -> Result<SourceId> {
        let there = Sql::of(
            self.dialect(),
            "SELECT count(*) FROM source WHERE removed = 0 AND name = ?",
            [name.into()],
        );
        if there.number(self.db(), "looking for a source").await? > 0 {
            return Err(StoreError::Exists { what: "source", name: name.to_owned() });
        }
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO source (name, kind) VALUES (?, ?) RETURNING id",
            [name.into(), kind.code().into()],
        );
        let id = SourceId(insert.number(self.db(), "adding a source").await?);
        self.source_version(id, true, schedule, settings).await?;
        Ok(id)
    }

    /// Makes sure that a source still stands as it was read, so that what is written now undoes
    /// nobody's change.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if it was changed or removed meanwhile, or what the database says.
    pub async fn source_stands(&self, read: &SourceRow) -> Result<()> {
        let text = "SELECT count(*) FROM source s JOIN source_version v ON v.source_id = s.id \
             WHERE s.id = ? AND s.removed = 0 AND v.rev_to = ? AND v.rev_from = ?";
        let values = [read.id.0.into(), i64::MAX.into(), read.since.0.into()];
        let there = Sql::of(self.dialect(), text, values);
        if there.number(self.db(), "looking for a source").await? == 0 {
            return Err(StoreError::Changed { what: "source", name: read.name.clone() });
        }
        Ok(())
    }

    /// Gives a source new settings, the old ones kept as its past.
    ///
    /// # Errors
    /// What the database says.
    pub async fn source_change(
        &mut self,
        id: SourceId,
        enabled: bool,
        schedule: Option<&str>,
        settings: &serde_json::Value,
    ) -> Result<()> {
        self.source_close(id).await?;
        self.scope_marks_forget(id).await?;
        self.source_version(id, enabled, schedule, settings).await
    }

    /// Removes a source; its records stay as they are and no longer change: a run of it that goes on
    /// has ended, and nobody has to decide about their ageing.
    ///
    /// # Errors
    /// What the database says.
    pub async fn source_remove(&mut self, id: SourceId) -> Result<()> {
        self.source_close(id).await?;
        let update = Sql::of(
            self.dialect(),
            "UPDATE source SET removed = ? WHERE id = ?",
            [self.rev().0.into(), id.0.into()],
        );
        update.execute(self.db(), "removing a source").await?;
        self.run_end_with_source(id).await?;
        let scopes = self.scopes(id).await?;
        self.ageing_ended(scopes.into_values()).await
    }

    async fn source_close(&mut self, id: SourceId) -> Result<()> {
        let again = Sql::of(
            self.dialect(),
            "DELETE FROM source_version WHERE source_id = ? AND rev_from = ?",
            [id.0.into(), self.rev().0.into()],
        );
        again.execute(self.db(), "changing a source").await?;
        let close = Sql::of(
            self.dialect(),
            "UPDATE source_version SET rev_to = ? WHERE source_id = ? AND rev_to = ?",
            [self.rev().0.into(), id.0.into(), i64::MAX.into()],
        );
        self.touch();
        close.execute(self.db(), "changing a source").await?;
        Ok(())
    }

    async fn source_version(
        &mut self,
        id: SourceId,
        enabled: bool,
        schedule: Option<&str>,
        settings: &serde_json::Value,
    ) -> Result<()> {
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO source_version (source_id, rev_from, rev_to, enabled, schedule, doc) \
             VALUES (?, ?, ?, ?, ?, ?)",
            [
                id.0.into(),
                self.rev().0.into(),
                i64::MAX.into(),
                i16::from(enabled).into(),
                schedule.map(str::to_owned).into(),
                settings.to_string().into(),
            ],
        );
        self.touch();
        insert.execute(self.db(), "writing a source's settings").await?;
        Ok(())
    }

    /// The ids of all scopes of a source by name, those of `names` made where they are new.
    ///
    /// # Errors
    /// What the database says.
    pub async fn scopes_ensure(
        &mut self,
        source: SourceId,
        names: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, ScopeId>> {
        let mut scopes = self.scopes(source).await?;
        for name in names {
            let key = key_of(name);
            let id = match scopes.get(key.as_ref()) {
                Some(id) => *id,
                None => self.scope_add(source, &key).await?,
            };
            scopes.insert(name.clone(), id);
        }
        Ok(scopes)
    }

    async fn scope_add(&self, source: SourceId, key: &str) -> Result<ScopeId> {
        let insert = Sql::of(
            self.dialect(),
            "INSERT INTO scope (source_id, name) VALUES (?, ?) RETURNING id",
            [source.0.into(), key.into()],
        );
        Ok(ScopeId(insert.number(self.db(), "adding a scope").await?))
    }

    async fn scopes(&self, source: SourceId) -> Result<BTreeMap<String, ScopeId>> {
        let sql = Sql::of(
            self.dialect(),
            "SELECT name, id FROM scope WHERE source_id = ?",
            [source.0.into()],
        );
        let rows = sql.all(self.db(), "reading scopes").await?;
        rows.iter().map(|row| Ok((row.get(0)?, ScopeId(row.get(1)?)))).collect()
    }
}
