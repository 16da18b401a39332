//! Between a request and a page: routes with their rules, who looks, rendering, failures, static files.

mod asset_file;
mod exposed;
mod failure;
mod form;
mod kept;
mod render;
mod return_to;
mod route;
mod viewer;

pub use asset_file::{AssetFile, Program};
pub use exposed::exposed;
pub(crate) use exposed::is_exposed;
pub use failure::Failure;
pub(crate) use failure::status_of;
pub use form::Form;
pub use kept::KeptColumns;
pub use render::{Document, page};
pub use return_to::ReturnTo;
pub use route::{Route, Rule, routes};
pub use viewer::{SessionToken, SignedIn, Viewer};

/// What a handler answers with.
pub type Answer = Result<axum::response::Response, Failure>;
