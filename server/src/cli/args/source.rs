//! Commands about sources and their runs.

use super::output::Output;
use clap::error::ErrorKind;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `source ...`.
#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    /// Add a source from its TOML file, or change it to what the file says
    Add(SourceAddArgs),
    /// List sources with their last runs
    #[command(after_help = "Example:\n  cadastre source list")]
    List {
        /// The form of the answer.
        #[command(flatten)]
        output: Output,
    },
    /// Ask a source's peer for a sign of life, with its credentials; nothing is taken in
    #[command(after_help = "Example:\n  cadastre source test aws-prod")]
    Test(SourceNameArgs),
    /// Remove a source; what it said is kept as it stands and no longer changes
    #[command(after_help = "Example:\n  cadastre source remove aws-prod")]
    Remove(SourceNameArgs),
}

/// `source add`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cadastre source add aws-prod.toml\n  \
                  cadastre source add aws-prod.toml --secret-stdin secret_access_key < key.txt")]
pub struct SourceAddArgs {
    /// The source's file
    #[arg(value_name = "FILE.toml")]
    pub file: PathBuf,
    /// Read this secret from the first line of standard input, and keep it sealed
    #[arg(long, value_name = "KEY")]
    pub secret_stdin: Option<String>,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

/// A command about one source.
#[derive(Debug, Args)]
pub struct SourceNameArgs {
    /// The source's name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

/// `discover`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cadastre discover aws-prod\n  cadastre discover --all --json\n  \
                  cadastre discover aws-prod --dry-run\n  \
                  cadastre discover aws-prod --record aws-prod.recording"
)]
pub struct DiscoverArgs {
    /// Sources to run
    #[arg(value_name = "NAME", required_unless_present = "all")]
    pub names: Vec<String>,
    /// Run every source
    #[arg(long, conflicts_with = "names")]
    pub all: bool,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Also keep the peer's answers in this file, secrets left out, to be replayed as a source
    #[arg(long, value_name = "FILE", conflicts_with = "all")]
    pub record: Option<PathBuf>,
    /// Read everything, also where the source could tell what changed since the last run
    #[arg(long)]
    pub whole: bool,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

impl DiscoverArgs {
    /// What clap cannot say: a recording is of one source.
    pub(super) fn check(&self, command: &mut clap::Command) -> Result<(), clap::Error> {
        if self.record.is_some() && self.names.len() > 1 {
            let message = "--record keeps the answers of one source; name only one";
            return Err(command.error(ErrorKind::ArgumentConflict, message));
        }
        Ok(())
    }
}
