//! The command line: its definition, and the forms in which commands answer.
//!
//! Why it exists: people and scripts reach everything through one binary, with one manner of
//! asking, answering and failing. What it must not know: how anything is done; commands call the
//! service. Its neighbours: `config` and `cadastre_service`.

pub mod args;
pub mod exit;
pub mod secret;
pub mod table;
