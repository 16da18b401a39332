//! Between a request and a page: routes with their rules, who looks, rendering, failures, static files.

mod asset_file;
mod failure;
mod form;
mod render;
mod route;
mod viewer;

pub use asset_file::AssetFile;
pub use failure::Failure;
pub(crate) use failure::status_of;
pub use form::Form;
pub use render::{Document, page};
pub use route::{Route, Rule, routes};
pub use viewer::{SessionToken, SignedIn, Viewer};

/// What a handler answers with.
pub type Answer = Result<axum::response::Response, Failure>;
