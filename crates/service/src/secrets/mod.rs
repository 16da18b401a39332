//! Secrets: where they come from, and how those typed in are kept.
//!
//! Why it exists: a password is either named (an environment variable, a file) and read when it is
//! used, or typed in once and kept sealed. Every other part holds a [`SecretRef`], never the
//! secret. What it must not know: sources, the database, what a secret is for. Its neighbours:
//! `source_file`, which finds the references, and the use cases that store and resolve them.
//!
//! Rules: variables only of the names `CADASTRE_SECRET_*`, files only below the folder
//! `secrets_dir`, so that whoever may edit a source cannot read the rest of the machine with it.
//! No message here holds a secret.

mod environment;
mod error;
mod file;
mod key;
mod reference;
mod resolve;
mod seal;

pub use environment::{Environment, KEY_VARIABLE, VARIABLE_PREFIX};
pub use error::SecretError;
pub use key::{KeyOrigin, SealingKey};
pub use reference::{Sealed, SecretRef};
pub use resolve::{SecretPlace, Secrets};
