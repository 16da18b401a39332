//! Facets: how many of the assets found have each value of an attribute.

use super::condition::Translator;
use crate::at::At;
use crate::db::Store;
use crate::error::Result;
use crate::sql::Sql;
use crate::visibility::Visibility;
use cadastre_model::Attr;
use cadastre_model::query::Query;
use cadastre_model::terms::TermKey;
use serde::Serialize;
use std::collections::BTreeMap;

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacetValue {
    /// The folded value.
    pub value: String,
    /// Assets that have it.
    pub count: u64,
}

/// One facet: the values of one attribute, most frequent first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facet {
    /// The key as in queries.
    pub key: String,
    /// Its values, at most as many as asked for.
    pub values: Vec<FacetValue>,
}

impl Store {
    /// The facets of the assets that fulfil a query: kind, source, and every attribute that the
    /// registry declares a facet; `top` values each.
    ///
    /// # Errors
    /// What the database says.
    pub async fn asset_facets(
        &self,
        query: &Query,
        at: At,
        visibility: &Visibility,
        top: usize,
    ) -> Result<Vec<Facet>> {
        let keys = facet_keys();
        let shown = query.shown();
        let query = visibility.applied(query);
        if let Some(hits) = self.present_hits(&query, shown, at).await?
            && let Some(facets) = self.present_facets(at.rev, &hits, &keys, top)
        {
            return Ok(facets);
        }
        let translator = Translator::new(self.dialect(), at, shown);
        let mut sql = Sql::new(self.dialect());
        sql.raw("SELECT t.key, t.value, count(*) FROM term t WHERE ");
        translator.holds_listed(&mut sql, "t");
        sql.raw(" AND t.key IN ");
        sql.list(keys.keys().copied());
        if query != Query::All || !translator.listed_only() {
            sql.raw(" AND t.asset_id IN (");
            sql.append(&self.matching(&translator, &query).await?);
            sql.raw(")");
        }
        sql.raw(" GROUP BY t.key, t.value ORDER BY t.key, count(*) DESC, t.value");
        let mut facets: BTreeMap<i16, Facet> = BTreeMap::new();
        for row in sql.all(self.reader(), "counting facets").await? {
            let key: i16 = row.get(0)?;
            let Some(name) = keys.get(&key) else { continue };
            let facet = facets
                .entry(key)
                .or_insert_with(|| Facet { key: (*name).to_owned(), values: Vec::new() });
            if facet.values.len() < top {
                let count: i64 = row.get(2)?;
                let count = u64::try_from(count).unwrap_or_default();
                facet.values.push(FacetValue { value: row.get(1)?, count });
            }
        }
        Ok(facets.into_values().collect())
    }
}

fn facet_keys() -> BTreeMap<i16, &'static str> {
    let mut keys =
        BTreeMap::from([(TermKey::Kind.code(), "kind"), (TermKey::Source.code(), "source")]);
    for attr in Attr::ALL {
        if attr.def().facet {
            keys.insert(attr.def().code, attr.name());
        }
    }
    keys
}
