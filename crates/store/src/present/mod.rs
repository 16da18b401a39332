//! The register as it stands, in memory: what each asset is found by, as bitmaps of asset ids.
//!
//! Why it exists: lists, counts and facets of the present are what people wait for, and most of what
//! they ask intersects broad sets. Here that takes microseconds, where SQL reads thousands of rows.
//! It holds nothing that the database does not say, and answers for exactly the revision asked for:
//! whatever it cannot answer (another point in time, a sort by an attribute, a query that finds too
//! much outside of it) goes to SQL, which answers the same (`find`; the store's suite proves it).
//!
//! A process that serves people switches it on ([`crate::Store::present_keep`]); a single command
//! does not, for reading the register once takes longer than one lookup.

mod arrange;
mod entry;
mod facets;
mod follow;
mod hits;
mod keep;
mod posting;
mod read;
mod seen;
mod state;
mod texts;

pub(crate) use arrange::Placed;
pub(crate) use hits::Hits;
pub(crate) use keep::Present;
