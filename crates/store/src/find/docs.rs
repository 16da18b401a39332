//! What known assets say at a point in time: the rows of a page, the steps of what is held in memory.

use super::condition::Translator;
use crate::at::At;
use crate::db::Store;
use crate::error::{Result, StoreError};
use crate::json;
use crate::sql::{Dialect, Sql};
use cadastre_model::AssetDoc;
use cadastre_model::query::Shown;
use std::collections::BTreeMap;
use tokio::task::JoinSet;

/// Documents read in one statement; of more, parts are read side by side.
const FEW: usize = 250;

/// Between two documents: JSON escapes it, so it is in none.
const BETWEEN: char = '\u{1e}';

impl Store {
    /// The documents of assets, by id.
    pub(crate) async fn docs(&self, at: At, ids: &[u32]) -> Result<BTreeMap<u32, AssetDoc>> {
        if ids.len() <= FEW {
            return self.few_docs(at, ids).await;
        }
        let mut parts = JoinSet::new();
        for part in ids.chunks(FEW) {
            let (store, part) = (self.clone(), part.to_vec());
            parts.spawn(async move { store.few_docs(at, &part).await });
        }
        let mut docs = BTreeMap::new();
        for part in parts.join_all().await {
            docs.append(&mut part?);
        }
        Ok(docs)
    }

    /// One row brings them all: hundreds would each be handed over by the thread that reads.
    async fn few_docs(&self, at: At, ids: &[u32]) -> Result<BTreeMap<u32, AssetDoc>> {
        let all_ids = ids_together(self.dialect(), "v.asset_id");
        let all_docs = match self.dialect() {
            Dialect::Sqlite => "group_concat(v.doc, char(30))",
            Dialect::Postgres => "string_agg(v.doc, chr(30))",
        };
        let mut sql = Sql::new(self.dialect());
        sql.raw(&format!("SELECT {all_ids}, {all_docs} FROM asset_version v WHERE "));
        Translator::new(self.dialect(), at, Shown::EVERYTHING).holds(&mut sql, "v");
        sql.raw(" AND v.asset_id IN ");
        sql.list(ids.iter().copied().map(i64::from));
        let Some(row) = sql.one(self.reader(), "reading assets").await? else {
            return Ok(BTreeMap::new());
        };
        let (ids, docs): (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
        let docs = docs.unwrap_or_default();
        let read = |(id, doc)| Ok((id, json::read("asset_version", id, doc)?));
        ids_apart(ids)?.into_iter().zip(docs.split(BETWEEN)).map(read).collect()
    }
}

/// Asset ids as one text instead of thousands of rows.
pub(crate) fn ids_together(dialect: Dialect, column: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("group_concat({column})"),
        Dialect::Postgres => format!("string_agg({column}::text, ',')"),
    }
}

/// Ids of a text made by [`ids_together`], as they stand there.
pub(crate) fn ids_apart(text: Option<String>) -> Result<Vec<u32>> {
    let text = text.unwrap_or_default();
    text.split(',').filter_map(|id| id.parse().ok()).map(held_id).collect()
}

/// An asset id as it is held in memory.
pub(crate) fn held_id(id: i64) -> Result<u32> {
    u32::try_from(id).map_err(|_| {
        StoreError::Refused(format!("asset {id} cannot be held in memory: its number is too large"))
    })
}
