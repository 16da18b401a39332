//! Every address there is and who may ask for it. A route cannot be made without a rule; the server
//! enforces them, and its tests ask each address as every role.

use crate::pages;
use crate::web::asset_file;
use axum::routing::{MethodRouter, get, post};
use cadastre_model::Permission;
use cadastre_service::Service;

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Anybody.
    Open,
    /// Whoever has logged in.
    SignedIn,
    /// Whoever has logged in and may do this.
    May(Permission),
}

/// One address with one method.
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// In the router's notation.
    pub path: &'static str,
    /// Who may ask.
    pub rule: Rule,
    /// Who answers.
    pub handler: MethodRouter<Service>,
}

fn reads(path: &'static str, rule: Rule, handler: MethodRouter<Service>) -> Route {
    Route { method: "GET", path, rule, handler }
}

fn writes(path: &'static str, rule: Rule, handler: MethodRouter<Service>) -> Route {
    Route { method: "POST", path, rule, handler }
}

/// Every route of the pages.
#[must_use]
pub fn routes() -> Vec<Route> {
    use Permission as P;
    use pages::{asset, assets, audit, login, overview, set_up, sources};
    vec![
        reads("/", Rule::May(P::AssetRead), get(overview::show)),
        reads("/assets", Rule::May(P::AssetRead), get(assets::show)),
        reads("/assets.csv", Rule::May(P::AssetRead), get(assets::csv)),
        reads("/assets/{id}", Rule::May(P::AssetRead), get(asset::show)),
        writes("/assets/{id}/edit", Rule::May(P::AssetEdit), post(asset::edit)),
        reads("/sources", Rule::May(P::SourceRead), get(sources::show)),
        writes("/sources/{name}/run", Rule::May(P::RunStart), post(sources::run)),
        writes("/sources/{name}/test", Rule::May(P::SourceManage), post(sources::test)),
        reads("/audit", Rule::May(P::AuditRead), get(audit::show)),
        reads("/login", Rule::Open, get(login::show)),
        writes("/login", Rule::Open, post(login::submit)),
        writes("/logout", Rule::SignedIn, post(login::log_out)),
        writes("/logout/everywhere", Rule::SignedIn, post(login::log_out_everywhere)),
        reads("/setup/{token}", Rule::Open, get(set_up::show)),
        writes("/setup/{token}", Rule::Open, post(set_up::submit)),
        reads("/static/{name}", Rule::Open, get(asset_file::show)),
    ]
}
