//! Use cases: authorise, validate, call, audit. Pages, REST, CLI and jobs call these and nothing below.
//!
//! Why it exists: what may be done, by whom and in what order is said once. It knows the clock (as a
//! parameter), the store, the reconciler and the collectors' contract. It must not know HTTP, the
//! terminal, or any collector's client library.

mod admin;
mod assets;
mod conflicts;
mod discovery;
mod error;
mod password;
pub mod schedule;
pub mod secrets;
mod service;
mod session;
mod set_up_link;
pub mod shape;
pub mod source_file;
mod sources;
mod throttle;
pub mod toml_doc;
mod worker;
pub mod zone;

pub use assets::{AssetEdit, COUNT_CEILING};
pub use cadastre_collect::{StepOutcome, TestStep};
pub use cadastre_reconcile::describe;
pub use cadastre_store as store;
pub use discovery::{DiscoverRequest, DryRun, RunProgress, RunReport};
pub use error::{ErrorKind, Result, ServiceError};
pub use service::{Clock, RunSettings, Service, SystemClock};
pub use session::Session;
pub use set_up_link::SetUpLink;
pub use sources::{SourceLine, SourcePut};
