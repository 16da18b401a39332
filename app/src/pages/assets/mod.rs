//! The list of assets: look up, narrow by facets, sort, page on.

mod address;
mod download;
mod handler;
mod view;

pub use download::csv;
pub use handler::show;
