//! For tests only, of this crate and of others (feature `testing`): random assets, estates and
//! queries that hit them, and the laws of the query language.
//!
//! Keys and values are drawn from small pools, so that a random query finds something in a random
//! estate about as often as not. The pools hold what goes wrong easily: wildcards of SQL, quotes,
//! backslashes, marks, both byte orders of a UUID, bounds of numbers.

mod assets;
mod estate;
mod laws;
mod pools;
mod queries;

pub use assets::{any_asset_doc, any_moment};
pub use estate::{MemoryEstate, any_estate};
pub use laws::query_holds;
pub use pools::NOW;
pub use queries::{any_query, any_query_with};
