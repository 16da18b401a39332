//! Every address under `/api/`, who may ask for it, and what it is about. There is no address without
//! all three: the router and the OpenAPI document are made from this table.

use crate::api::{about, asset_edit, assets, runs, sources};
use axum::routing::{MethodRouter, get, patch};
use cadastre_app::web::{Route, Rule};
use cadastre_model::Permission;
use cadastre_service::Service;

/// What an address answers with, by the names of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// One object.
    One(&'static str),
    /// A page of objects in the envelope.
    Page(&'static str),
    /// An array of objects.
    Array(&'static str),
    /// Something of its own, in words.
    Other(&'static str),
}

/// Which parameters an address takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// None.
    Nothing,
    /// Those of one object.
    One,
    /// Those of a list of assets.
    Assets,
    /// Those of a list of sources.
    Sources,
    /// Those of a list of runs.
    Runs,
    /// Those of one run.
    Run,
    /// One change in the body.
    Change,
    /// Several changes in the body.
    Changes,
}

/// One address with one method.
pub struct Endpoint {
    /// The route as the pages have theirs.
    pub route: Route,
    /// The name of the operation.
    pub id: &'static str,
    /// What it does, in one sentence.
    pub says: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What it gives.
    pub gives: Gives,
}

/// Every address.
pub fn endpoints() -> Vec<Endpoint> {
    use Permission as P;
    let reads = |path, rule, handler: MethodRouter<Service>, id, says, takes, gives| Endpoint {
        route: Route { method: "GET", path, rule, handler },
        id,
        says,
        takes,
        gives,
    };
    let changes = |path, handler: MethodRouter<Service>, id, says, takes, gives| Endpoint {
        route: Route { method: "PATCH", path, rule: Rule::May(P::AssetEdit), handler },
        id,
        says,
        takes,
        gives,
    };
    let (of_assets, of_sources) = (Rule::May(P::AssetRead), Rule::May(P::SourceRead));
    vec![
        reads(
            "/api/",
            Rule::SignedIn,
            get(about::areas),
            "areas",
            "Lists the areas.",
            Takes::Nothing,
            Gives::One("Areas"),
        ),
        reads(
            "/api/status/",
            of_assets,
            get(about::status),
            "status",
            "Says how the register stands.",
            Takes::Nothing,
            Gives::One("Status"),
        ),
        reads(
            "/api/schema/",
            Rule::SignedIn,
            get(about::openapi),
            "schema",
            "Gives this document.",
            Takes::Nothing,
            Gives::Other("The OpenAPI document."),
        ),
        reads(
            "/api/inventory/assets/",
            of_assets,
            get(assets::list),
            "assets_list",
            "Lists assets.",
            Takes::Assets,
            Gives::Page("Asset"),
        ),
        changes(
            "/api/inventory/assets/",
            patch(asset_edit::many),
            "assets_change",
            "Changes several assets by hand, all or none.",
            Takes::Changes,
            Gives::Array("Asset"),
        ),
        reads(
            "/api/inventory/assets/{id}/",
            of_assets,
            get(assets::one),
            "asset_fetch",
            "Shows one asset whole.",
            Takes::One,
            Gives::One("AssetWhole"),
        ),
        changes(
            "/api/inventory/assets/{id}/",
            patch(asset_edit::one),
            "asset_change",
            "Changes one asset by hand: a value is held over what sources say, until released.",
            Takes::Change,
            Gives::One("AssetWhole"),
        ),
        reads(
            "/api/discovery/sources/",
            of_sources,
            get(sources::list),
            "sources_list",
            "Lists sources.",
            Takes::Sources,
            Gives::Page("Source"),
        ),
        reads(
            "/api/discovery/sources/{id}/",
            of_sources,
            get(sources::one),
            "source_fetch",
            "Shows one source.",
            Takes::One,
            Gives::One("Source"),
        ),
        reads(
            "/api/discovery/runs/",
            of_sources,
            get(runs::list),
            "runs_list",
            "Lists runs, newest first.",
            Takes::Runs,
            Gives::Page("Run"),
        ),
        reads(
            "/api/discovery/runs/{id}/",
            of_sources,
            get(runs::one),
            "run_fetch",
            "Shows one run with its scopes and errors.",
            Takes::Run,
            Gives::One("RunWhole"),
        ),
    ]
}
