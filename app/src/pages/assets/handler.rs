//! What the list loads.

use super::address::Address;
use super::view::{List, empty_view, error_view, list_view};
use crate::web::{Answer, Document, Failure, Viewer, page};
use axum::extract::{Query as AddressQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cadastre_model::Timestamp;
use cadastre_model::query::Query;
use cadastre_service::store::Sort;
use cadastre_service::{ErrorKind, Service, ServiceError};

/// Rows a page.
const ROWS: u32 = 50;
/// Values a facet.
const VALUES: usize = 10;

/// `GET /assets`
pub async fn show(
    State(service): State<Service>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<Address>,
) -> Answer {
    let mut document = Document::of("Assets", &viewer, "/assets");
    document.query.clone_from(&address.q);
    match load(&service, &viewer, &address).await {
        Ok(list) if list.page.rows.is_empty() => {
            Ok(page(document, empty_view(&list)).into_response())
        }
        Ok(list) => Ok(page(document, list_view(&list)).into_response()),
        // What was typed stays, with what is wrong with it.
        Err(error) if error.kind == ErrorKind::Invalid => {
            let body = error_view(&address, &error);
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
    let sort = address.sort().ok_or_else(|| {
        let message = format!("there is no column `{}` to sort by", address.sort);
        ServiceError::new(ErrorKind::Invalid, message).advising("name, id, or an attribute")
    })?;
    Ok(Asked {
        query: service.query(&address.q)?,
        as_of: crate::pages::moment(service, &address.as_of)?,
        sort,
    })
}

async fn load(service: &Service, viewer: &Viewer, address: &Address) -> Result<List, ServiceError> {
    let actor = &viewer.actor;
    let Asked { query, as_of, sort } = read(service, address)?;
    let after = (!address.after.is_empty()).then_some(address.after.as_str());
    let page = service.asset_list(actor, &query, as_of, sort, after, ROWS).await?;
    let count = service.asset_count(actor, &query, as_of, false).await?;
    let facets = service.asset_facets(actor, &query, as_of, VALUES).await?;
    Ok(List { address: address.clone(), query, as_of, page, count, facets })
}
