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
    /// Anybody, and it is the same for everybody: who asks is not looked up.
    Public,
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
    use pages::{
        account, asset, assets, audit, conflicts, login, lookup, overview, runs, set_up, sources,
        topology,
    };
    vec![
        reads("/", Rule::May(P::AssetRead), get(overview::show)),
        reads("/assets", Rule::May(P::AssetRead), get(assets::show)),
        reads("/assets.csv", Rule::May(P::AssetRead), get(assets::csv)),
        reads("/assets/{id}", Rule::May(P::AssetRead), get(asset::show)),
        writes("/assets/{id}/edit", Rule::May(P::AssetEdit), post(asset::edit)),
        reads("/lookup", Rule::May(P::AssetRead), get(lookup::show)),
        reads("/topology", Rule::May(P::AssetRead), get(topology::show)),
        reads("/conflicts", Rule::May(P::ConflictRead), get(conflicts::show)),
        writes("/conflicts/{id}/accept", Rule::May(P::ConflictDecide), post(conflicts::accept)),
        writes("/conflicts/{id}/reject", Rule::May(P::ConflictDecide), post(conflicts::reject)),
        reads("/sources", Rule::May(P::SourceRead), get(sources::list::show)),
        reads("/sources/new", Rule::May(P::SourceManage), get(sources::new::show)),
        writes("/sources/new", Rule::May(P::SourceManage), post(sources::new::add)),
        reads("/sources/{name}", Rule::May(P::SourceRead), get(sources::one::show)),
        reads("/sources/{name}/edit", Rule::May(P::SourceManage), get(sources::edit::show)),
        writes("/sources/{name}/edit", Rule::May(P::SourceManage), post(sources::edit::change)),
        writes("/sources/{name}/enable", Rule::May(P::SourceManage), post(sources::switch::enable)),
        writes(
            "/sources/{name}/disable",
            Rule::May(P::SourceManage),
            post(sources::switch::disable),
        ),
        reads("/sources/{name}/remove", Rule::May(P::SourceManage), get(sources::remove::show)),
        writes("/sources/{name}/remove", Rule::May(P::SourceManage), post(sources::remove::remove)),
        writes("/sources/{name}/run", Rule::May(P::RunStart), post(sources::run::queue)),
        writes("/sources/{name}/test", Rule::May(P::SourceManage), post(sources::trial::test)),
        reads("/runs", Rule::May(P::SourceRead), get(runs::list)),
        reads("/runs/{id}", Rule::May(P::SourceRead), get(runs::show)),
        reads("/runs/{id}/events", Rule::May(P::SourceRead), get(runs::events)),
        writes("/runs/{id}/stop", Rule::May(P::RunStart), post(runs::stop)),
        reads("/audit", Rule::May(P::AuditRead), get(audit::show)),
        reads("/login", Rule::Open, get(login::show)),
        writes("/login", Rule::Open, post(login::submit)),
        writes("/logout", Rule::SignedIn, post(login::log_out)),
        writes("/logout/everywhere", Rule::SignedIn, post(account::log_out_everywhere)),
        reads("/account", Rule::SignedIn, get(account::show)),
        writes("/account/password", Rule::SignedIn, post(account::change_password)),
        reads("/setup/{token}", Rule::Open, get(set_up::show)),
        writes("/setup/{token}", Rule::Open, post(set_up::submit)),
        reads("/static/{name}", Rule::Public, get(asset_file::show)),
    ]
}
