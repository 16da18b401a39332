//! All rows of a query as CSV, sent as they are read: with every column, or with those its address
//! names.

use super::address::{Address, Fields};
use super::handler::{Asked, read};
use crate::web::{Answer, Failure, Viewer};
use axum::body::{Body, Bytes};
use axum::extract::{Query as AddressQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use cadastre_model::Actor;
use cadastre_service::shape::{Column, CsvWriter};
use cadastre_service::store::ListRow;
use cadastre_service::{ErrorKind, Service, ServiceError, columns_named};
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
    AddressQuery(fields): AddressQuery<Fields>,
) -> Answer {
    let address = Address::of(&fields);
    let asked = read(&service, &address).map_err(Failure::from)?;
    let columns = columns(&address).map_err(Failure::from)?;
    // The first rows before the answer begins: what is wrong is then said with a status.
    let all = Download { service, actor: viewer.actor, asked, columns };
    let (first, next) = all.chunk(Next::First).await?;
    let rest = stream::try_unfold((all, next), |(all, next)| async move {
        match next {
            Next::Nothing => Ok(None),
            next => {
                // The status is told already: the answer breaks off, which browsers call a failed
                // download.
                let (bytes, next) = all.chunk(next).await.inspect_err(|error| {
                    tracing::error!(%error, "a download broke off");
                })?;
                Ok::<_, ServiceError>(Some((bytes, (all, next))))
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

/// Every column, unless the address names some; then those, after id and name.
fn columns(address: &Address) -> Result<Vec<Column>, ServiceError> {
    let named = columns_named(&address.columns)?;
    if named.is_empty() {
        return Ok(Column::all().collect());
    }
    let always = [Column::Id, Column::Name];
    let named = named.into_iter().filter(|column| !always.contains(column));
    Ok(always.into_iter().chain(named).collect())
}

/// What is sent, to whom.
struct Download {
    service: Service,
    actor: Actor,
    asked: Asked,
    columns: Vec<Column>,
}

impl Download {
    async fn chunk(&self, next: Next) -> Result<(Bytes, Next), ServiceError> {
        let after = match &next {
            Next::After(mark) => Some(mark.as_str()),
            Next::First | Next::Nothing => None,
        };
        let Asked { query, as_of, sort } = &self.asked;
        let page = self.service.asset_list(&self.actor, query, *as_of, *sort, after, ROWS).await?;
        let bytes = self.rows(&page.rows, matches!(next, Next::First)).map_err(|error| {
            ServiceError::new(ErrorKind::Failed, format!("the rows cannot be written: {error}"))
        })?;
        Ok((bytes.into(), page.next.map_or(Next::Nothing, Next::After)))
    }

    fn rows(&self, rows: &[ListRow], is_first: bool) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut csv = match is_first {
            true => {
                let header: Vec<&str> = self.columns.iter().map(|column| column.name()).collect();
                CsvWriter::new(&mut bytes, &header)?
            }
            false => CsvWriter::after_header(&mut bytes),
        };
        for row in rows {
            let cells: Vec<String> = self.columns.iter().map(|column| column.cell(row)).collect();
            csv.row(&cells)?;
        }
        csv.finish()?;
        Ok(bytes)
    }
}
