//! All rows of a query as CSV, sent as they are read.

use super::address::Address;
use super::handler::{Asked, read};
use crate::web::{Answer, Failure, Viewer};
use axum::body::{Body, Bytes};
use axum::extract::{Query as AddressQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use cadastre_model::Actor;
use cadastre_service::shape::{CsvWriter, csv_cells, csv_header};
use cadastre_service::store::ListRow;
use cadastre_service::{ErrorKind, Service, ServiceError};
use futures::stream;

/// Rows read at a time.
const ROWS: u32 = 1000;

/// Where the download stands.
enum Next {
    First,
    After(String),
    Nothing,
}

/// `GET /assets.csv`
pub async fn csv(
    State(service): State<Service>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<Address>,
) -> Answer {
    let asked = read(&service, &address).map_err(Failure::from)?;
    // The first rows before the answer begins: what is wrong is then said with a status.
    let (first, next) = chunk(&service, &viewer.actor, &asked, Next::First).await?;
    let rest = stream::try_unfold(next, move |next| {
        let (service, actor, asked) = (service.clone(), viewer.actor.clone(), asked.clone());
        async move {
            match next {
                Next::Nothing => Ok(None),
                next => chunk(&service, &actor, &asked, next).await.map(Some),
            }
        }
    });
    let all = futures::StreamExt::chain(stream::once(async { Ok(first) }), rest);
    let head = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"assets.csv\""),
    ];
    Ok((head, Body::from_stream(all)).into_response())
}

async fn chunk(
    service: &Service,
    actor: &Actor,
    asked: &Asked,
    next: Next,
) -> Result<(Bytes, Next), ServiceError> {
    let after = match &next {
        Next::After(mark) => Some(mark.as_str()),
        Next::First | Next::Nothing => None,
    };
    let page =
        service.asset_list(actor, &asked.query, asked.as_of, asked.sort, after, ROWS).await?;
    let bytes = rows(&page.rows, matches!(next, Next::First)).map_err(|error| {
        ServiceError::new(ErrorKind::Failed, format!("the rows cannot be written: {error}"))
    })?;
    Ok((bytes.into(), page.next.map_or(Next::Nothing, Next::After)))
}

fn rows(rows: &[ListRow], is_first: bool) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut csv = match is_first {
        true => CsvWriter::new(&mut bytes, &csv_header())?,
        false => CsvWriter::after_header(&mut bytes),
    };
    for row in rows {
        csv.row(&csv_cells(row))?;
    }
    csv.finish()?;
    Ok(bytes)
}
