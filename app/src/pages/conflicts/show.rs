//! What the queue loads.

use super::view::{Shown, conflicts_view};
use crate::web::{Answer, Document, Viewer, page};
use axum::extract::{Query as AddressQuery, State};
use axum::response::IntoResponse;
use cadastre_model::Permission;
use cadastre_service::Service;
use serde::{Deserialize, Serialize};

/// Conflicts a page.
pub const CONFLICTS: u32 = 50;

/// The page's query string.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Address {
    /// `all`: also what is over. Otherwise what is open.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub view: String,
    /// Those after this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
    /// What was done before it was shown, by the word of [`crate::ui::toast`].
    #[serde(default, skip_serializing)]
    pub done: String,
}

impl Address {
    /// Whether what is over is shown too.
    pub fn is_all(&self) -> bool {
        self.view == "all"
    }

    /// As a link.
    pub fn link(&self) -> String {
        match serde_urlencoded::to_string(self) {
            Ok(query) if !query.is_empty() => format!("/conflicts?{query}"),
            _ => "/conflicts".to_owned(),
        }
    }
}

/// `GET /conflicts`
pub async fn show(
    State(service): State<Service>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<Address>,
) -> Answer {
    let after = address.after.unwrap_or(0);
    let conflicts =
        service.conflict_list(&viewer.actor, address.is_all(), after, CONFLICTS).await?;
    let may_decide = viewer.may(Permission::ConflictDecide);
    let document = Document::of("Decisions", &viewer, "/");
    let body = conflicts_view(&Shown { conflicts, address, may_decide });
    Ok(page(document, body).into_response())
}
