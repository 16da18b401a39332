//! The vocabulary of Cadastre: what every other crate means by *asset*, *record*, *fact*, *plan*.
//!
//! Why it exists: collectors, the reconciler, the store, the service and the pages must speak of
//! the same things in the same words. It holds types, the registry of kinds and attributes, the
//! query language and the derivation of search terms. It compiles to wasm.
//!
//! What it must not know: databases, networks, clocks, files. Time and ids come in as values.

pub mod asset;
mod coded;
pub mod conflict;
pub mod coverage;
pub mod fact;
pub mod identifier;
pub mod ids;
pub mod interface;
pub mod observation;
pub mod permission;
pub mod plan;
pub mod policy;
pub mod query;
pub mod record;
pub mod registry;
pub mod relation;
pub mod run;
pub mod sighting;
pub mod snapshot;
pub mod source;
pub mod tag;
pub mod terms;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
pub mod time;

pub use asset::{
    Asset, AssetDoc, FarPort, Freshness, Lifecycle, Lock, Losing, LosingTag, PortLock, Power,
    Provenance, TagLock, TagProvenance, Witness,
};
pub use conflict::{Conflict, ConflictKind, Decision};
pub use coverage::{Counts, Coverage, DetailError, Enumeration, RunStatus, ScopeReport};
pub use fact::{Fact, Value};
pub use identifier::{Identifier, Scheme, Strength};
pub use ids::{AssetId, RecordKey, Rev, RunId, ScopeId, SourceId};
pub use interface::Interface;
pub use observation::{Observation, Tombstone};
pub use permission::{Actor, Permission, Role};
pub use plan::{
    AssetWrite, Change, ConflictWrite, Digest, LatestWrite, LinkWrite, Plan, Reason, RecordBefore,
    RecordWrite, Rule,
};
pub use policy::Policy;
pub use record::{Record, RecordDoc, RecordState};
pub use registry::{Attr, Kind};
pub use relation::{Claim, RelationType, Target};
pub use run::{RunNow, RunProgress, SCOPES_NAMED, ScopeNow};
pub use sighting::{Sighted, Sighting};
pub use snapshot::{KnownAsset, Snapshot, SourceRef};
pub use source::SourceKind;
pub use tag::Tag;
pub use time::Timestamp;
