//! What is to be held, read from the database: which assets, what they say, who saw them when.

use super::entry::Entry;
use super::seen::{Enumerated, Seen};
use crate::at::At;
use crate::db::Store;
use crate::error::Result;
use crate::find::{JOIN, Translator, held_id, ids_apart, ids_together};
use crate::sql::{Row, Sql};
use cadastre_model::policy::Policy;
use cadastre_model::query::Shown;
use cadastre_model::{RecordState, Rev, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

/// Assets brought to a revision in one step, if there are no more.
pub const CHUNK: usize = 1_000;

/// A later revision, and the assets that are not as they were before.
#[derive(Debug)]
pub struct Step {
    pub to: Rev,
    pub ids: Vec<u32>,
}

/// Who saw an asset: not before, and in which scopes perhaps later.
type Witnesses = BTreeMap<u32, (Timestamp, BTreeSet<i64>)>;

impl Store {
    /// All assets there are at a revision.
    pub(super) async fn present_all(&self, rev: Rev) -> Result<Vec<u32>> {
        let ids = ids_together(self.dialect(), "v.asset_id");
        let mut sql = Sql::new(self.dialect());
        sql.raw(&format!("SELECT {ids} FROM asset_version v WHERE "));
        sql.push("v.rev_from <= ? AND v.rev_to > ?", [rev.0.into(), rev.0.into()]);
        let row = sql.one(self.reader(), "reading the register into memory").await?;
        row.map_or_else(|| Ok(Vec::new()), |row| ids_apart(row.get(0)?))
    }

    /// The steps from a revision to another, none larger than it must be.
    pub(super) async fn present_steps(&self, since: Rev, to: Rev) -> Result<Vec<Step>> {
        let ids = ids_together(self.dialect(), "t.asset_id");
        let sql = Sql::of(
            self.dialect(),
            &format!(
                "SELECT t.rev, {ids} FROM touched t WHERE t.rev > ? AND t.rev <= ? \
                 GROUP BY t.rev ORDER BY t.rev"
            ),
            [since.0.into(), to.0.into()],
        );
        let mut steps: Vec<Step> = Vec::new();
        for row in sql.all(self.reader(), "reading what changed").await? {
            let (rev, ids) = (Rev(row.get(0)?), ids_apart(row.get(1)?)?);
            match steps.last_mut().filter(|step| step.ids.len() + ids.len() <= CHUNK) {
                Some(step) => {
                    step.ids.extend(ids);
                    step.to = rev;
                }
                None => steps.push(Step { to: rev, ids }),
            }
        }
        for step in &mut steps {
            step.ids.sort_unstable();
            step.ids.dedup();
        }
        match steps.last_mut() {
            Some(last) => last.to = to,
            None => steps.push(Step { to, ids: Vec::new() }),
        }
        Ok(steps)
    }

    /// Assets as they are at a revision.
    pub(super) async fn present_entries(
        &self,
        ids: &[u32],
        rev: Rev,
        policy: &Policy,
    ) -> Result<Vec<Entry>> {
        // Relative times play no part in what is read.
        let at = At { rev, moment: Timestamp(0) };
        let (docs, firsts, mut witnesses) =
            tokio::try_join!(self.docs(at, ids), self.firsts(ids), self.witnesses(at, ids))?;
        let mut scopes: BTreeSet<Arc<[i64]>> = BTreeSet::new();
        let mut entries = Vec::with_capacity(docs.len());
        for (id, doc) in docs {
            let first = firsts.get(&id).copied().unwrap_or_default();
            let (least, seen_in) = witnesses.remove(&id).unwrap_or((first, BTreeSet::new()));
            let seen_in: Vec<i64> = seen_in.into_iter().collect();
            let known = scopes.get(seen_in.as_slice()).cloned();
            let seen_in = known.unwrap_or_else(|| seen_in.into());
            scopes.insert(seen_in.clone());
            entries.push(Entry::new(id, &doc, Seen { first, least, scopes: seen_in }, policy));
        }
        Ok(entries)
    }

    async fn firsts(&self, ids: &[u32]) -> Result<BTreeMap<u32, Timestamp>> {
        let mut sql = Sql::of(self.dialect(), "SELECT id, first_seen FROM asset WHERE id IN ", []);
        sql.list(ids.iter().copied().map(i64::from));
        let rows = sql.all(self.reader(), "reading when assets were first seen").await?;
        rows.iter().map(|row| Ok((held_id(row.get(0)?)?, Timestamp(row.get(1)?)))).collect()
    }

    async fn witnesses(&self, at: At, ids: &[u32]) -> Result<Witnesses> {
        let translator = Translator::new(self.dialect(), at, Shown::EVERYTHING);
        let live = RecordState::Live.code();
        let mut sql = Sql::new(self.dialect());
        sql.raw(&format!(
            "SELECT l.asset_id, coalesce(rv.last_seen, w.committed_at), \
             CASE WHEN rv.last_seen IS NULL AND rv.state = {live} THEN rv.scope_id END \
             FROM link l{JOIN}record_version rv{JOIN}rev w \
             WHERE rv.record_key = l.record_key AND w.rev = rv.rev_from AND "
        ));
        translator.holds(&mut sql, "l");
        sql.raw(" AND ");
        translator.holds(&mut sql, "rv");
        sql.raw(" AND l.asset_id IN ");
        sql.list(ids.iter().copied().map(i64::from));
        let mut witnesses = Witnesses::new();
        for row in sql.all(self.reader(), "reading who saw assets").await? {
            let id = held_id(row.get(0)?)?;
            let (at, scope) = (Timestamp(row.get(1)?), row.get::<Option<i64>>(2)?);
            let known = witnesses.entry(id).or_insert((at, BTreeSet::new()));
            known.0 = known.0.max(at);
            known.1.extend(scope);
        }
        Ok(witnesses)
    }

    /// The last complete enumeration of each of the scopes, by a moment.
    pub(crate) async fn enumerated(
        &self,
        scopes: &BTreeSet<i64>,
        moment: Timestamp,
    ) -> Result<Arc<Enumerated>> {
        if let Some(known) = self.present().enumerated(scopes, moment) {
            return Ok(known);
        }
        let read_at = Instant::now();
        let with_others = self.present().enumerated_with(scopes);
        let mut sql = Sql::of(
            self.dialect(),
            "SELECT s.id, (SELECT max(h.at) FROM run_scope h WHERE h.scope_id = s.id \
             AND h.enumeration = 1 AND h.error IS NULL AND h.at <= ?) FROM scope s WHERE s.id IN ",
            [moment.0.into()],
        );
        sql.list(with_others);
        let rows = sql.all(self.reader(), "reading when scopes were enumerated").await?;
        let at = |row: &Row| Ok((row.get(0)?, row.get::<Option<i64>>(1)?.map(Timestamp)));
        let scopes = rows.iter().map(at).collect::<Result<_>>()?;
        let enumerated = Arc::new(Enumerated { by: moment, scopes });
        self.present().remember_enumerated(read_at, &enumerated);
        Ok(enumerated)
    }
}
