//! What the palette asks while somebody types: the first few assets that a query finds.

use crate::islands::{Answer, Hit};
use crate::web::{Answer as PageAnswer, Failure, Viewer};
use axum::Json;
use axum::extract::{Query as AddressQuery, State};
use axum::response::IntoResponse;
use cadastre_model::Attr;
use cadastre_service::store::ListRow;
use cadastre_service::{ErrorKind, Service, ServiceError};
use serde::Deserialize;

/// Lines in the palette.
const HITS: u32 = 8;

/// What tells assets of one name apart, as far as they have it.
const ABOUT: [Attr; 4] = [Attr::Environment, Attr::Owner, Attr::CloudAccount, Attr::Region];

/// The query string.
#[derive(Debug, Deserialize)]
pub struct Address {
    /// What was typed so far.
    #[serde(default)]
    q: String,
}

/// `GET /lookup`
pub async fn show(
    State(service): State<Service>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<Address>,
) -> PageAnswer {
    let answer = match find(&service, &viewer, &address.q).await {
        Ok(answer) => answer,
        // Half a query is nothing to complain about loudly: it is being typed.
        Err(error) if error.kind == ErrorKind::Invalid => Answer {
            note: error.message.lines().last().unwrap_or_default().trim().to_owned(),
            ..Answer::default()
        },
        Err(error) => return Err(Failure::from(error)),
    };
    Ok(Json(answer).into_response())
}

async fn find(service: &Service, viewer: &Viewer, text: &str) -> Result<Answer, ServiceError> {
    let query = service.query(text)?;
    let hits = service.asset_hits(&viewer.actor, &query, HITS).await?;
    let count = service.asset_count(&viewer.actor, &query, None, false).await?;
    let more = if count.more { "+" } else { "" };
    Ok(Answer {
        hits: hits.iter().map(hit).collect(),
        note: format!("{}{more} found", crate::ui::grouped(count.count)),
    })
}

fn hit(row: &ListRow) -> Hit {
    let said = ABOUT.iter().filter_map(|attr| {
        let value = row.doc.attributes.get(attr)?;
        Some(attr.def().value_type.to_display(value))
    });
    Hit {
        name: row.doc.name.clone(),
        kind: row.doc.kind.label().to_owned(),
        about: said.collect::<Vec<_>>().join(" · "),
        address: crate::pages::asset_link(row.id, ""),
    }
}
