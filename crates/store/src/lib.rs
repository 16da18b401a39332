//! The register on disk: all SQL of Cadastre, on SQLite and PostgreSQL by one code path.
//!
//! Why it exists: it alone names sea-orm. It opens and migrates databases, reads parts of the
//! register for the reconciler, carries out plans, and answers queries as of any day. It must not
//! know how plans come about, nor who may ask: that is `reconcile` and `service`.
//!
//! Tables and invariants: `docs/DATA.md`.

mod account;
mod activity;
mod at;
mod backup;
mod bulk;
mod conflict;
mod db;
mod error;
mod file;
mod find;
mod gate;
mod job;
mod json;
mod key;
mod lock;
mod mark;
mod people;
mod port_lock;
mod present;
mod run;
mod run_now;
mod run_page;
mod run_plan;
mod schema;
mod session;
mod source;
mod sql;
mod tag_lock;
mod token;
mod version;
mod visibility;
mod write;

pub use account::Account;
pub use activity::Activity;
pub use at::At;
pub use db::{Store, sqlite_path, without_password};
pub use error::{Result, StoreError};
pub use find::{
    AssetPage, ChangeLine, Count, EstateChange, Facet, FacetValue, FarEnd, KnownNeighbour,
    ListRequest, ListRow, MoreRelations, Neighbour, Page, PortSighting, RecordPage, RelationLine,
    Sort, SortKey, Wired,
};
pub use gate::Urgency;
pub use job::{Job, JobWaiting};
pub use people::{Party, Site};
pub use port_lock::AssetPorts;
pub use run::{Known, Overdue, RunError, RunRow};
pub use run_now::{RunWish, StopOutcome};
pub use run_page::RunsAsked;
pub use run_plan::{RunChange, RunRecord};
pub use schema::SchemaState;
pub use session::{Login, SessionRow};
pub use source::{SourceAt, SourceRow};
pub use sql::Dialect;
pub use token::{NewToken, TokenHolder, TokenRow};
pub use version::Version;
pub use visibility::Visibility;
pub use write::{AuditCheck, AuditEntry, Intent, WriteTx};
