//! What the list loads.

use super::address::{Address, Fields};
use super::choice::{Choice, shown};
use super::view::{List, empty_view, error_view, list_view};
use crate::web::{Answer, Document, Failure, KeptColumns, Viewer, page};
use axum::extract::{Query as AddressQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cadastre_model::Timestamp;
use cadastre_model::query::Query;
use cadastre_service::store::Sort;
use cadastre_service::{ErrorKind, Service, ServiceError, sort_named};

/// Rows a page.
const ROWS: u32 = 50;
/// Values a facet; the last only tells that there are others.
pub const FACET_VALUES: usize = 31;

/// `GET /assets`: the list, or what the form of columns chooses.
pub async fn show(
    State(service): State<Service>,
    viewer: Viewer,
    kept: KeptColumns,
    AddressQuery(fields): AddressQuery<Fields>,
) -> Answer {
    let address = Address::of(&fields);
    let mut document = Document::of("Assets", &viewer, "/assets");
    document.query.clone_from(&address.q);
    let list = match Choice::of(&fields) {
        Ok(Some(choice)) => return Ok(choice.answer(&address)),
        Ok(None) => load(&service, &viewer, &address, &kept).await,
        Err(error) => Err(error),
    };
    match list {
        Ok(list) => {
            let done = fields.iter().find(|(name, _)| name == "done");
            let done = done.map(|(_, word)| word.as_str());
            let answer = match list.page.rows.is_empty() {
                true => page(document, empty_view(&list, done)),
                false => page(document, list_view(&list, done)),
            };
            Ok(answer.into_response())
        }
        // What was typed stays, with what is wrong with it.
        Err(error) if error.kind == ErrorKind::Invalid => {
            let body = error_view(&address, error);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(document, body)).into_response())
        }
        Err(error) => Err(Failure::from(error)),
    }
}

/// What an address asks for.
#[derive(Clone)]
pub struct Asked {
    pub query: Query,
    pub as_of: Option<Timestamp>,
    pub sort: Sort,
}

/// Reads an address; says what is wrong with it.
pub fn read(service: &Service, address: &Address) -> Result<Asked, ServiceError> {
    let sort = match address.sort.is_empty() {
        true => Sort::default(),
        false => sort_named(&address.sort)?,
    };
    Ok(Asked {
        query: service.query(&address.q)?,
        as_of: crate::pages::moment(service, &address.as_of)?,
        sort,
    })
}

async fn load(
    service: &Service,
    viewer: &Viewer,
    address: &Address,
    kept: &KeptColumns,
) -> Result<List, ServiceError> {
    let actor = &viewer.actor;
    let columns = shown(address, kept)?;
    let Asked { query, as_of, sort } = read(service, address)?;
    let after = (!address.after.is_empty()).then_some(address.after.as_str());
    let page = service.asset_list(actor, &query, as_of, sort, after, ROWS).await?;
    let count = service.asset_count(actor, &query, as_of, false).await?;
    let facets = service.asset_facets(actor, &query, as_of, FACET_VALUES).await?;
    Ok(List { address: address.clone(), columns, query, as_of, page, count, facets })
}
