//! What monitoring asks.
//!
//! `/healthz`: the process lives. `/readyz`: the register answers. `/metrics`: figures in the
//! Prometheus text format; source names and counts only, nothing of the estate.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cadastre_service::Service;
use metrics::{gauge, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;
use std::time::Duration;

/// Monitoring asks often and gives up soon: the register answers within this, or it does not.
const READINESS: Duration = Duration::from_secs(5);

/// Its routes. They tell nothing of the estate and ask for no login.
pub fn routes() -> Router<Service> {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
}

async fn ready(State(service): State<Service>) -> Response {
    match tokio::time::timeout(READINESS, service.ping()).await {
        Ok(Ok(())) => return "ready\n".into_response(),
        Ok(Err(error)) => tracing::warn!(%error, "the register does not answer"),
        Err(_) => tracing::warn!(waited = ?READINESS, "the register does not answer"),
    }
    (StatusCode::SERVICE_UNAVAILABLE, "the register does not answer\n").into_response()
}

async fn figures(State(service): State<Service>) -> Response {
    let figures = match service.figures().await {
        Ok(figures) => figures,
        Err(error) => {
            tracing::warn!(%error, "the register does not answer");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    // Read afresh for each scrape, so that every process over one register tells the same.
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    with_local_recorder(&recorder, || {
        for (source, success) in figures.successes {
            let seconds = success.map_or(0.0, |at| at.0 as f64 / 1000.0);
            gauge!("cadastre_source_last_success_timestamp_seconds", "source" => source)
                .set(seconds);
        }
        gauge!("cadastre_jobs", "state" => "waiting").set(figures.jobs_waiting as f64);
        gauge!("cadastre_jobs", "state" => "running").set(figures.jobs_running as f64);
        gauge!("cadastre_jobs", "state" => "failed").set(figures.jobs_failed as f64);
        gauge!("cadastre_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    });
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response()
}
