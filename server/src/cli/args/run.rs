//! Commands about runs.

use super::output::Output;
use cadastre_model::RunId;
use clap::{Args, Subcommand};

/// `run ...`.
#[derive(Debug, Subcommand)]
pub enum RunCommand {
    /// List runs, the newest first
    List(RunListArgs),
    /// Show one run: how it stands, its scopes, its errors
    #[command(after_help = "Example:\n  cadastre run show 42")]
    Show(RunIdArgs),
    /// Ask a run to stop, wherever it is carried out; what it has read stands, nothing ages
    #[command(after_help = "Example:\n  cadastre run stop 42")]
    Stop(RunIdArgs),
}

/// `run list`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cadastre run list\n  \
                  cadastre run list --source aws-prod --limit 100 --json")]
pub struct RunListArgs {
    /// Only runs of this source
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Only runs before this one: its number is the last of the list before
    #[arg(long, value_name = "RUN", value_parser = run_id)]
    pub before: Option<RunId>,
    /// At most so many
    #[arg(long, value_name = "COUNT", default_value_t = 20,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub limit: u32,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

/// A command about one run.
#[derive(Debug, Args)]
pub struct RunIdArgs {
    /// The run's number
    #[arg(value_name = "RUN", value_parser = run_id)]
    pub run: RunId,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

fn run_id(text: &str) -> Result<RunId, String> {
    let number = text.parse().ok().filter(|number: &i64| *number > 0);
    number.map(RunId).ok_or_else(|| "expected the number of a run, such as 42".to_owned())
}
