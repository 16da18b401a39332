//! The pages: server-rendered, complete without JavaScript, state in the address, forms that post and
//! redirect.
//!
//! Why it exists: what people see and send stands here, one folder a page: what it loads (through
//! `crates/service`, nothing below), how it looks (a Leptos view over plain data), what it accepts. It
//! must not know SQL, cookies or headers; those are the server's, which mounts [`web::routes`].
//!
//! A page is rendered once from data that is there ([`web::page`]): the view is a function, and the
//! first byte leaves when the page is whole (docs/decisions/0010).

//! What reacts in the browser is an island ([`islands`]): with the feature `hydrate` the crate is that
//! and nothing else, for wasm; with `ssr` it is everything, natively. Never both (docs/decisions/0011).

#![recursion_limit = "256"]

pub mod islands;
#[cfg(feature = "ssr")]
mod pages;
pub mod ui;
#[cfg(feature = "ssr")]
pub mod web;
