//! Reading the register into memory, keeping it in step with the database, and asking it.

use super::arrange::After;
use super::hits::{Hits, Outside, is_timeless, outside};
use super::state::State;
use crate::at::At;
use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::find::{Facet, Sort, Translator};
use crate::json;
use crate::sql::{Dialect, Row, Sql};
use cadastre_model::query::{Query, Shown};
use cadastre_model::{AssetDoc, Rev, Timestamp};
use roaring::RoaringBitmap;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Documents read in one statement.
const CHUNK: usize = 1_000;
/// What the database finds beyond this is left to it.
const MOST_OUTSIDE: i64 = 20_000;
/// Answers kept, so that a page, its count and its facets are found once.
const RECENT: usize = 32;

/// The register in memory, once it is switched on.
#[derive(Default)]
pub(crate) struct Present {
    is_on: AtomicBool,
    state: RwLock<Option<State>>,
    refreshing: tokio::sync::Mutex<()>,
    recent: Mutex<VecDeque<(Rev, String, Hits)>>,
}

impl Present {
    fn read(&self) -> RwLockReadGuard<'_, Option<State>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<State>> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn rev(&self) -> Option<Rev> {
        self.read().as_ref().and_then(|state| state.rev)
    }

    /// Asks what is held, if it is of this revision.
    fn ask<T>(&self, rev: Rev, question: impl FnOnce(&State) -> Option<T>) -> Option<T> {
        self.read().as_ref().filter(|state| state.rev == Some(rev)).and_then(question)
    }

    fn recall(&self, rev: Rev, asked: &str) -> Option<Hits> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let mut same = recent.iter().filter(|(of, text, _)| *of == rev && text == asked);
        same.next().map(|(_, _, hits)| hits.clone())
    }

    fn remember(&self, rev: Rev, asked: String, hits: Hits) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.truncate(RECENT - 1);
        recent.push_front((rev, asked, hits));
    }
}

impl Store {
    /// Holds the register in memory from now on, so that lookups of the present are answered from
    /// there: see `docs/DATA.md`. Takes some seconds for a large register; until then lookups go to
    /// the database.
    ///
    /// # Errors
    /// What the database says, or a document that cannot be read.
    pub async fn present_keep(&self) -> Result<()> {
        // Relative times play no part in what is read.
        let at = self.now(Timestamp(0)).await?;
        self.present_refresh(at.rev).await?;
        self.present().is_on.store(true, Ordering::Release);
        Ok(())
    }

    /// The assets that fulfil a query, from memory; `None`: only the database can tell.
    pub(crate) async fn present_hits(
        &self,
        query: &Query,
        shown: Shown,
        at: At,
    ) -> Result<Option<Hits>> {
        let present = self.present();
        if !present.is_on.load(Ordering::Acquire) {
            return Ok(None);
        }
        let asked = is_timeless(query).then(|| format!("{query:?} {shown:?}"));
        if let Some(hits) = asked.as_ref().and_then(|asked| present.recall(at.rev, asked)) {
            return Ok(Some(hits));
        }
        let Some(parts) = outside(query) else { return Ok(None) };
        if !self.present_refresh(at.rev).await? {
            return Ok(None);
        }
        let translator = Translator::new(self.dialect(), at, shown);
        let mut outside: Outside<'_> = Vec::with_capacity(parts.len());
        for part in parts {
            if outside.iter().any(|(known, _)| *known == part) {
                continue;
            }
            match self.members_of(&translator, part).await? {
                Some(found) => outside.push((part, found)),
                None => return Ok(None),
            }
        }
        let found = present.ask(at.rev, |state| Some(state.found(query, shown, at, &outside)));
        let hits = found.map(|found| Hits(Arc::new(found)));
        if let (Some(asked), Some(hits)) = (asked, &hits) {
            present.remember(at.rev, asked, hits.clone());
        }
        Ok(hits)
    }

    /// A page of what was found, see [`State::page`]; `None`: only the database can tell.
    pub(crate) fn present_page(
        &self,
        rev: Rev,
        hits: &Hits,
        sort: Sort,
        after: After<'_>,
        limit: usize,
    ) -> Option<Vec<(u32, Arc<str>)>> {
        self.present().ask(rev, |state| state.page(&hits.0, sort, after, limit))
    }

    /// The facets of what was found, in the order of `keys`.
    pub(crate) fn present_facets(
        &self,
        rev: Rev,
        hits: &Hits,
        keys: &BTreeMap<i16, &'static str>,
        top: usize,
    ) -> Option<Vec<Facet>> {
        self.present().ask(rev, |state| {
            let facet = |(key, name): (&i16, &&str)| state.facet(*key, name, &hits.0, top);
            Some(keys.iter().filter_map(facet).collect())
        })
    }

    /// What the database finds for one part, if that is not too much.
    async fn members_of(
        &self,
        translator: &Translator,
        part: &Query,
    ) -> Result<Option<RoaringBitmap>> {
        let Some(members) = translator.members(part) else { return Ok(None) };
        // One text instead of thousands of rows.
        let together = match self.dialect() {
            Dialect::Sqlite => "group_concat(x.asset_id)",
            Dialect::Postgres => "string_agg(x.asset_id::text, ',')",
        };
        let mut sql = Sql::new(self.dialect());
        sql.raw(&format!("SELECT {together} FROM (SELECT m.asset_id FROM ("));
        sql.append(&members);
        sql.push(") m LIMIT ?) x", [(MOST_OUTSIDE + 1).into()]);
        let Some(row) = sql.one(self.reader(), "finding assets").await? else { return Ok(None) };
        let text: String = row.get::<Option<String>>(0)?.unwrap_or_default();
        let mut ids: Vec<u32> = text.split(',').filter_map(|id| id.parse().ok()).collect();
        if ids.len() as i64 > MOST_OUTSIDE {
            return Ok(None);
        }
        ids.sort_unstable();
        Ok(Some(ids.into_iter().collect()))
    }

    /// Brings what is held to the revision; `false`: it is past it already.
    async fn present_refresh(&self, rev: Rev) -> Result<bool> {
        let present = self.present();
        if present.rev().is_none_or(|held| held < rev) {
            let _one_at_a_time = present.refreshing.lock().await;
            if present.rev().is_none_or(|held| held < rev) {
                self.present_advance(rev).await?;
            }
        }
        Ok(present.rev() == Some(rev))
    }

    async fn present_advance(&self, rev: Rev) -> Result<()> {
        let present = self.present();
        let policy = self.policy().await?;
        let since = present.read().as_ref().and_then(|state| {
            state.rev.filter(|_| state.policy == policy && !state.texts.is_wasteful())
        });
        if since.is_none() {
            // What is there is let go first, so that there are never two.
            *present.write() = Some(State::new(policy));
        }
        let mut last = 0;
        loop {
            let docs = self.present_chunk(since, rev, last).await?;
            let mut held = present.write();
            let Some(state) = held.as_mut() else { return Ok(()) };
            docs.iter().for_each(|(id, doc)| state.put(*id, doc));
            let is_last = docs.len() < CHUNK;
            state.rev = is_last.then_some(rev);
            if is_last {
                return Ok(());
            }
            last = docs.last().map_or(last, |(id, _)| *id);
        }
    }

    /// The next assets by id that changed since a revision, or all.
    async fn present_chunk(
        &self,
        since: Option<Rev>,
        rev: Rev,
        last: u32,
    ) -> Result<Vec<(u32, AssetDoc)>> {
        // An asset is never closed without a later version: what began since is all that changed.
        // A sign keeps an index from being used: all are read by id, what changed by revision.
        let (since, by_id, by_rev) = match since {
            None => (-1, "", "+"),
            Some(since) => (since.0, "+", ""),
        };
        let sql = Sql::of(
            self.dialect(),
            &format!(
                "SELECT v.asset_id, v.doc FROM asset_version v WHERE {by_id}v.asset_id > ? \
                 AND {by_rev}v.rev_from > ? AND {by_rev}v.rev_from <= ? AND v.rev_to > ? \
                 ORDER BY {by_id}v.asset_id LIMIT ?"
            ),
            [
                i64::from(last).into(),
                since.into(),
                rev.0.into(),
                rev.0.into(),
                i64::try_from(CHUNK).unwrap_or(i64::MAX).into(),
            ],
        );
        let rows = sql.all(self.reader(), "reading the register into memory").await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<(u32, AssetDoc)> {
    let id: i64 = row.get(0)?;
    let doc = json::read("asset_version", id, &row.get::<String>(1)?)?;
    let id = u32::try_from(id).map_err(|_| {
        StoreError::Refused(format!("asset {id} cannot be held in memory: its number is too large"))
    })?;
    Ok((id, doc))
}
