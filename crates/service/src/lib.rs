//! Use cases: authorise, validate, call, audit. Pages, REST, CLI and jobs call these and nothing below.
//!
//! Why it exists: what may be done, by whom and in what order is said once. It knows the clock (as a
//! parameter), the store, the reconciler and the collectors' contract. It must not know HTTP, the
//! terminal, or any collector's client library.

mod accounts;
mod admin;
mod asset_choices;
mod asset_hits;
mod asset_named;
mod asset_ports;
mod asset_tags;
mod assets;
mod conflicts;
mod discovery;
mod edit;
mod error;
mod follow;
mod listed;
mod named;
mod new_password;
mod overview;
mod password;
mod runs;
pub mod schedule;
pub mod secrets;
mod service;
mod session;
mod set_up_link;
pub mod shape;
pub mod source_file;
mod sources;
mod throttle;
mod token;
pub mod toml_doc;
mod topology;
mod worker;
pub mod zone;

pub use accounts::AccountChange;
pub use asset_choices::AssetChoices;
pub use assets::{AssetEdit, COUNT_CEILING};
pub use cadastre_collect::{
    FieldGroup, FieldSort, SettingError, SettingField, StepOutcome, TestStep,
};
pub use cadastre_model::RunProgress;
pub use cadastre_reconcile::describe;
pub use cadastre_store as store;
pub use discovery::{DiscoverRequest, DryRun, RunReport};
pub use edit::{AssetChange, EditError, EditProblem, EditTrouble};
pub use error::{ErrorKind, Result, ServiceError, refused};
pub use listed::{RUN_LINES, RunThen, RunWhole, RunsPage, SourceSettings, SourceThen, Standing};
pub use named::{columns_named, sort_named};
pub use overview::DayOfRuns;
pub use runs::RunAsked;
pub use service::{Clock, RunSettings, Service, SystemClock};
pub use session::Session;
pub use set_up_link::SetUpLink;
pub use source_file::name_is_valid;
pub use sources::{
    KindForm, SecretForm, SourceEdit, SourceForm, SourceLine, SourcePut, SourceRefused,
};
pub use token::{TokenAdd, TokenMade, TokenRefusal};
pub use topology::{Confidence, Link, Node, NodeFacts, Topology};
