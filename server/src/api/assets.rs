//! Reading assets: the list, and one.

use crate::api::Answer;
use crate::api::asked::{Asked, Base};
use crate::api::asset_filter;
use crate::api::asset_json::{ASSET, BRIEF, DETAILS, row, whole};
use crate::api::envelope::{MOST_ROWS, Paging};
use crate::api::failure::ApiFailure;
use crate::api::field::{Field, Wished};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::ETAG;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use cadastre_app::web::Viewer;
use cadastre_model::query::Query;
use cadastre_model::{Actor, AssetId, Attr, Rev, Timestamp};
use cadastre_service::Service;
use cadastre_service::store::{ListRow, Page, Sort, SortKey};
use serde_json::{Map, Value};

/// `GET /api/inventory/assets/`
pub async fn list(State(service): State<Service>, viewer: Viewer, base: Base, uri: Uri) -> Answer {
    let mut asked = Asked::of(&uri);
    let as_of = asked.as_of(&service);
    let paging = Paging::read(&mut asked);
    let wished = Wished::read(&mut asked, ASSET, BRIEF);
    let sort = ordering(&mut asked);
    let query = asset_filter::read(&service, &mut asked);
    asked.finish(asset_filter::KNOWN)?;
    let lookup = Lookup { service: &service, actor: &viewer.actor, query: &query, as_of, sort };
    let count = service.asset_count(&viewer.actor, &query, as_of, true).await?.count;
    let Some(page) = lookup.page(&paging).await? else {
        return Ok(paging.answer(&base, &uri, count, None, Vec::new()));
    };
    let results = objects(&service, &viewer.actor, &base, &page, &wished).await?;
    Ok(paging.answer(&base, &uri, count, page.next.as_deref(), results))
}

struct Lookup<'a> {
    service: &'a Service,
    actor: &'a Actor,
    query: &'a Query,
    as_of: Option<Timestamp>,
    sort: Sort,
}

impl Lookup<'_> {
    /// The page; `None` if the list ends before it.
    async fn page(&self, paging: &Paging) -> Result<Option<Page>, ApiFailure> {
        let (mut after, mut skip) = (paging.start.clone(), paging.offset);
        while skip > 0 {
            let page = self.rows(after.as_deref(), skip.min(MOST_ROWS)).await?;
            skip -= skip.min(MOST_ROWS);
            after = page.next;
            if after.is_none() {
                return Ok(None);
            }
        }
        self.rows(after.as_deref(), paging.limit).await.map(Some)
    }

    async fn rows(&self, after: Option<&str>, limit: u32) -> Result<Page, ApiFailure> {
        let list =
            self.service.asset_list(self.actor, self.query, self.as_of, self.sort, after, limit);
        Ok(list.await?)
    }
}

/// The rows of a page as objects.
pub async fn objects(
    service: &Service,
    actor: &Actor,
    base: &Base,
    page: &Page,
    wished: &Wished,
) -> Result<Vec<Map<String, Value>>, ApiFailure> {
    let ids: Vec<AssetId> = page.rows.iter().map(|row| row.id).collect();
    let versions = service.asset_versions(actor, &ids, page.at).await?;
    let object = |one: &ListRow| {
        let changed_at = versions.get(&one.id).map(|version| version.changed_at);
        wished.of(row(base, one, changed_at.unwrap_or(one.first_seen)))
    };
    Ok(page.rows.iter().map(object).collect())
}

/// Takes `ordering`: a name, with `-` before it for the other way round.
fn ordering(asked: &mut Asked) -> Sort {
    let Some(text) = asked.one("ordering") else { return Sort::default() };
    let key = text.strip_prefix('-');
    let (name, descending) = (key.unwrap_or(&text), key.is_some());
    let key = match name {
        "name" | "display" => Some(SortKey::Name),
        "id" => Some(SortKey::Id),
        "created" => None,
        name => Attr::from_name(name).filter(|attr| attr.is_versioned()).map(SortKey::Attr),
    };
    if name.contains(',') {
        let message = "one key at a time: lists are sorted by it, and by id where it is the same";
        asked.problem("ordering", message);
    } else if key.is_none() {
        let message = format!(
            "there is nothing `{name}` to order by; expected name, id, or an attribute such as owner \
             or memory, with `-` before it for the other way round"
        );
        asked.problem("ordering", message);
    }
    Sort { key: key.unwrap_or(SortKey::Name), descending }
}

/// `GET /api/inventory/assets/{id}/`
pub async fn one(
    State(service): State<Service>,
    viewer: Viewer,
    base: Base,
    Path(id): Path<String>,
    uri: Uri,
) -> Answer {
    let id = read_id("asset", &id).map(AssetId)?;
    let mut asked = Asked::of(&uri);
    let as_of = asked.as_of(&service);
    let wished = Wished::read(&mut asked, &all_fields(), BRIEF);
    asked.finish("as_of, brief, fields, omit")?;
    shown(&service, &viewer.actor, &base, id, as_of, &wished).await
}

/// Every field of one asset.
pub fn all_fields() -> Vec<Field> {
    ASSET.iter().chain(DETAILS).copied().collect()
}

/// One asset, with the mark of its version.
pub async fn shown(
    service: &Service,
    actor: &Actor,
    base: &Base,
    id: AssetId,
    as_of: Option<Timestamp>,
    wished: &Wished,
) -> Result<Response, ApiFailure> {
    let (page, version) = service.asset_fetch_versioned(actor, id, as_of).await?;
    let object = wished.of(whole(base, &page, version.changed_at));
    Ok(([(ETAG, etag(page.id, version.rev))], Json(object)).into_response())
}

/// The mark of an asset's version.
pub fn etag(id: AssetId, rev: Rev) -> String {
    format!("\"{id}-{rev}\"")
}

/// The number in an address.
pub fn read_id(what: &str, text: &str) -> Result<i64, ApiFailure> {
    text.parse().ok().filter(|id| *id > 0).ok_or_else(|| {
        ApiFailure::new(StatusCode::NOT_FOUND, format!("there is no {what} `{text}`"))
    })
}
