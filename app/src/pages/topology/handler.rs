//! What the page of the network loads.

use super::part::{SHOWN, around, most_connected};
use super::view::{Shown, topology_view};
use crate::web::{Answer, Document, Viewer, page};
use axum::extract::{Query as AddressQuery, State};
use axum::response::IntoResponse;
use cadastre_model::AssetId;
use cadastre_service::{Node, Service};
use serde::Deserialize;

/// The page's query string.
#[derive(Debug, Deserialize)]
pub struct Address {
    /// A day or moment.
    #[serde(default)]
    as_of: String,
    /// Only what lies around this device.
    around: Option<i64>,
}

/// `GET /topology`
pub async fn show(
    State(service): State<Service>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<Address>,
) -> Answer {
    let as_of = crate::pages::moment(&service, &address.as_of)?;
    let whole = service.topology(&viewer.actor, as_of).await?;
    let devices = whole.nodes.len();
    let middle = address.around.map(AssetId);
    let name = middle.and_then(|device| whole.nodes.get(&Node::Device(device)));
    let name = name.map(|facts| facts.name.clone());
    let part = match middle {
        Some(device) => around(&whole, device),
        None if devices > SHOWN => most_connected(&whole),
        None => whole,
    };
    let shown = Shown { part, devices, middle, around: name, as_of, as_of_text: address.as_of };
    Ok(page(Document::of("Topology", &viewer, "/topology"), topology_view(&shown)).into_response())
}
