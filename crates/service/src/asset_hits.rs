//! The first few assets that a person may mean while typing: those called so before all others.

use crate::error::Result;
use crate::service::Service;
use cadastre_model::query::{Glob, Query, Test};
use cadastre_model::terms::TermKey;
use cadastre_model::{Actor, Attr};
use cadastre_store::{ListRow, Sort, SortKey};

impl Service {
    /// At most `limit` assets that a query finds: first those that have its words for a name, then those
    /// that have them in their name, then the others; each by name.
    ///
    /// # Errors
    /// Not allowed, or what the database says.
    pub async fn asset_hits(
        &self,
        actor: &Actor,
        query: &Query,
        limit: u32,
    ) -> Result<Vec<ListRow>> {
        let sort = Sort { key: SortKey::Name, descending: false };
        let mut hits: Vec<ListRow> = Vec::new();
        for query in [called(query), named(query), Some(query.clone())].into_iter().flatten() {
            let found = self.asset_list(actor, &query, None, sort, None, limit).await?.rows;
            for row in found {
                if hits.len() < limit as usize && hits.iter().all(|hit| hit.id != row.id) {
                    hits.push(row);
                }
            }
            if hits.len() == limit as usize {
                break;
            }
        }
        Ok(hits)
    }
}

/// What is called by the one word of the query, if it has one and nothing may lie between its letters.
fn called(query: &Query) -> Option<Query> {
    match words(query).as_slice() {
        [Glob { parts }] => match parts.as_slice() {
            [word] => Some(query.with(name(Test::Is(word.clone())))),
            _ => None,
        },
        _ => None,
    }
}

/// What has all words of the query in its name, if it has words.
fn named(query: &Query) -> Option<Query> {
    let words = words(query);
    (!words.is_empty()).then(|| {
        words.into_iter().fold(query.clone(), |query, word| {
            // A name is matched end to end, a word anywhere.
            let open = [String::new()];
            let parts = open.iter().chain(&word.parts).chain(&open).cloned().collect();
            query.with(name(Test::Like(Glob { parts })))
        })
    })
}

fn name(test: Test) -> Query {
    Query::Term { key: TermKey::Attr(Attr::Name), test }
}

/// The words that must all be found.
fn words(query: &Query) -> Vec<&Glob> {
    let parts = match query {
        Query::And(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    parts
        .iter()
        .filter_map(|part| match part {
            Query::Text(glob) => Some(glob),
            _ => None,
        })
        .collect()
}
