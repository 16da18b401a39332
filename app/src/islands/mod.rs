//! What reacts in the browser. An island is a component that the server renders like any other and that
//! the program in the browser (`crates/hydrate`) then brings to life; everything around it stays HTML.
//!
//! Each works without the program too: it shows what the server rendered, and pages offer a way that
//! needs no script. Islands know addresses and plain data, never the service.
//!
//! A page makes an island inside a closure (`move || view! { <Palette/> }`), so that what it holds
//! belongs to the page being rendered.

#[cfg(feature = "hydrate")]
mod browser;
mod keys;
mod live_run;
mod palette;

pub use keys::Keys;
pub use live_run::LiveRun;
pub use palette::{Answer, Hit, Palette};
