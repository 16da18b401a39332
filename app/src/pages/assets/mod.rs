//! The list of assets: look up, narrow by facets, sort, page on.

mod address;
mod handler;
mod view;

pub use handler::show;
