//! The interface itself: what there is, how the register stands, and the OpenAPI document.

use crate::api::asked::{Asked, Base};
use crate::api::field::{Field, fields};
use crate::api::{Answer, schema};
use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use cadastre_app::web::Viewer;
use cadastre_service::Service;
use serde_json::json;

/// The fields of the status.
pub const STATUS: &[Field] = fields! {
    cadastre_version Text "The version of the program.";
    database Text "Which database holds the register: `sqlite` or `postgres`.";
    revision Number "The newest revision that is shown.";
    jobs Object "How many jobs wait, run, and were given up.";
    now Moment "The moment it is here.";
};

/// The fields of the list of areas.
pub const AREAS: &[Field] = fields! {
    inventory Object "What there is: where the assets are.";
    discovery Object "Where it comes from: where sources and runs are.";
    status Address "How the register stands.";
    schema Address "The OpenAPI document.";
};

/// `GET /api/`
pub async fn areas(base: Base, uri: Uri) -> Answer {
    Asked::of(&uri).finish("none")?;
    Ok(Json(json!({
        "inventory": { "assets": base.address("/api/inventory/assets/") },
        "discovery": {
            "sources": base.address("/api/discovery/sources/"),
            "runs": base.address("/api/discovery/runs/"),
        },
        "status": base.address("/api/status/"),
        "schema": base.address("/api/schema/"),
    }))
    .into_response())
}

/// `GET /api/status/`
pub async fn status(State(service): State<Service>, viewer: Viewer, uri: Uri) -> Answer {
    Asked::of(&uri).finish("none")?;
    let standing = service.standing(&viewer.actor).await?;
    let (waiting, running, failed) = standing.jobs;
    Ok(Json(json!({
        "cadastre_version": env!("CARGO_PKG_VERSION"),
        "database": standing.database,
        "revision": standing.rev,
        "jobs": { "waiting": waiting, "running": running, "failed": failed },
        "now": standing.now,
    }))
    .into_response())
}

/// `GET /api/schema/`
pub async fn openapi(uri: Uri) -> Answer {
    Asked::of(&uri).finish("none")?;
    Ok(Json(schema::document()).into_response())
}
