//! What is held, behind its lock, and asking it.

use super::arrange::{After, Placed};
use super::follow::Expected;
use super::hits::{Hits, Outside, is_timeless, outside};
use super::seen::Enumerated;
use super::state::State;
use crate::at::At;
use crate::db::Store;
use crate::error::Result;
use crate::find::{Facet, Sort, Translator, ids_apart, ids_together};
use crate::sql::Sql;
use cadastre_model::Rev;
use cadastre_model::query::{Query, Shown};
use roaring::RoaringBitmap;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Instant;

/// What the database finds beyond this is left to it.
const MOST_OUTSIDE: usize = 20_000;
/// Answers kept, so that a page, its count and its facets are found once.
const RECENT: usize = 32;

/// The register in memory, once it is switched on.
#[derive(Default)]
pub(crate) struct Present {
    is_on: AtomicBool,
    state: RwLock<Option<State>>,
    pub refreshing: tokio::sync::Mutex<()>,
    pub expected: Mutex<Expected>,
    /// When what is held was last known to be the newest there is.
    pub newest_at: Mutex<Option<Instant>>,
    /// When scopes were enumerated, and when that was read.
    pub enumerated: Mutex<Option<(Instant, Arc<Enumerated>)>>,
    recent: Mutex<VecDeque<(Rev, String, Hits)>>,
}

impl Present {
    pub fn switch_on(&self) {
        self.is_on.store(true, Ordering::Release);
    }

    pub fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Acquire)
    }

    pub fn read(&self) -> RwLockReadGuard<'_, Option<State>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn write(&self) -> RwLockWriteGuard<'_, Option<State>> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn rev(&self) -> Option<Rev> {
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
    /// The assets that fulfil a query, from memory; `None`: only the database can tell.
    pub(crate) async fn present_hits(
        &self,
        query: &Query,
        shown: Shown,
        at: At,
    ) -> Result<Option<Hits>> {
        let present = self.present();
        if !present.is_on() {
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
    ) -> Option<Vec<Placed>> {
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
        let ids = ids_together(self.dialect(), "x.asset_id");
        let mut sql = Sql::new(self.dialect());
        sql.raw(&format!("SELECT {ids} FROM (SELECT m.asset_id FROM ("));
        sql.append(&members);
        let most = i64::try_from(MOST_OUTSIDE + 1).unwrap_or(i64::MAX);
        sql.push(") m LIMIT ?) x", [most.into()]);
        let Some(row) = sql.one(self.reader(), "finding assets").await? else { return Ok(None) };
        let mut ids = ids_apart(row.get(0)?)?;
        ids.sort_unstable();
        Ok((ids.len() <= MOST_OUTSIDE).then(|| ids.into_iter().collect()))
    }
}
