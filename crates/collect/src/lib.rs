//! The contract between a source and the register.
//!
//! Why it exists: every collector, whatever client library it is built on, is checked, built,
//! tried, run, cancelled, recorded and replayed in the same way, so that the service needs to know
//! one shape only. A collector enumerates scopes and sends [`Event`]s; errors are among them, as
//! data. What a source's peer answered can be written to a file by a [`Recorder`] and played back
//! later from a [`Recording`] through the very same collector.
//!
//! What it must not know: databases, the reconciler, any client library, any clock but for how long a
//! trial takes (the moment of a recording and the time base come in as values).
//!
//! Neighbours: `cadastre-model` gives the observations; `cadastre-collect-*` implement
//! [`Collector`] and [`Factory`]; the service runs them. How to add one: `docs/ADDING.md`.

mod collector;
mod common;
mod error;
mod exchange;
mod factory;
mod field;
mod pattern;
mod recorder;
mod recording;
mod run;
mod scrub;
mod settings;
mod suggest;
mod time_base;
mod trial;
mod trust;
mod way;

#[cfg(feature = "testing")]
pub mod testing;

pub use collector::{Collector, StepOutcome, TestStep};
pub use common::{COMMON_FIELDS, CommonSettings};
pub use error::{CollectError, ErrorClass};
pub use exchange::{Cause, Exchange, Outcome};
pub use factory::{Factory, Mode};
pub use field::{FieldGroup, FieldSort, SettingField};
pub use pattern::Pattern;
pub use recorder::{Recorded, Recorder};
pub use recording::{Player, Recording, RecordingError};
pub use run::{Event, Memory, RunContext, Stopped};
pub use scrub::{is_secret_name, scrub_form, scrub_markup};
pub use settings::{SettingError, SettingsReader};
pub use suggest::nearest;
pub use time_base::TimeBase;
pub use trial::{Failed, Trial};
pub use trust::Trust;
pub use way::Target;
