//! The list of assets: look up, narrow by facets, sort, choose columns, page on.

mod address;
mod choice;
mod columns;
mod download;
mod examples;
mod handler;
mod view;

pub(super) use address::Address;
pub use download::csv;
pub use handler::show;
