//! Decides what the observations of a run mean for the register, and why.
//!
//! Why it exists: identity, authority and ageing are what an inventory stands or falls by, so they
//! live in one place that can be tested without anything around it. It takes a [`Snapshot`] of the
//! part of the register that matters, what a source said, and the [`Policy`]; it gives back a
//! [`Plan`] in which every write carries its reason.
//!
//! What it must not know: clocks, networks, databases, randomness. The same input gives the same
//! plan, in whatever order the observations come.
//!
//! Neighbours: `model` for every word used here; the service calls [`reconcile`] for each batch of
//! a run, then [`brake`] and [`age`] for each scope that was enumerated completely, [`remerge`] when
//! a person edits, and [`decide`] when one answers a question; the store carries the plans out.
//!
//! What the caller owes:
//! - An observation whose digest is the stored one may be dropped before it comes here *only if its
//!   record is live*: a stale or expired record revives by being seen again, however unchanged.
//! - [`Snapshot::sources`] names the source of every record, the running one included.
//! - [`Snapshot::holders`] and [`Snapshot::crowded`] answer for every identifier of the batch that
//!   is not for lookup only, firmware UUIDs in both byte orders.
//! - `Snapshot::assets[..].doc.interfaces` come in byte order of their native ids.
//!
//! [`Snapshot`]: cadastre_model::Snapshot
//! [`Snapshot::sources`]: cadastre_model::Snapshot::sources
//! [`Snapshot::holders`]: cadastre_model::Snapshot::holders
//! [`Snapshot::crowded`]: cadastre_model::Snapshot::crowded
//! [`Policy`]: cadastre_model::Policy
//! [`Plan`]: cadastre_model::Plan

mod age;
mod batch;
mod brake;
mod changes;
mod describe;
mod draft;
mod fold;
mod identify;
mod merge;
mod reconcile;
mod remerge;
mod standing;
mod words;

pub use age::{Missing, age};
pub use batch::objections;
pub use brake::{KindTally, brake};
pub use changes::changes_between;
pub use describe::describe;
pub use merge::{Manual, merge};
pub use reconcile::reconcile;
pub use remerge::remerge;
pub use standing::decide;
