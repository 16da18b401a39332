//! The configuration: one TOML file, variables, flags and defaults become one checked [`Config`].
//!
//! Why it exists: every key can be given in a file or as `CADASTRE_*`, everything that is wrong is
//! told at once and in its place, and nothing unknown is silently passed over. What it must not
//! know: what is done with the values. Its neighbours: `cli`, which brings the flags, and the
//! wiring in `main`, which takes the [`Config`].
//!
//! Precedence: flag, then variable, then file, then default. Adding a key: `keys.rs` (its name and
//! meaning), `settle.rs` and `values.rs` (its check), and the field in [`Config`].

mod database;
pub mod described;
mod duration;
mod environment;
mod file;
mod inputs;
mod keys;
mod layers;
mod load;
mod paths;
mod public_url;
mod settle;
pub mod types;
mod values;

#[cfg(test)]
mod tests;

pub use database::Database;
pub use inputs::{Flags, Inputs};
pub(crate) use keys::{TLS_CERT, TLS_KEY};
pub use load::load;
pub use public_url::PublicUrl;
pub use types::{Config, Log, LogFormat, Server, TlsFiles};
