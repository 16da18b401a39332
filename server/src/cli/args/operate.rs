//! Commands of those who run the program.

use super::output::Output;
use clap::{Args, Subcommand};
use clap_complete::Shell;
use std::path::PathBuf;

/// `serve`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cadastre serve --listen 127.0.0.1:8080")]
pub struct ServeArgs {
    /// Address and port to serve at [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// Do not work in the background: `cadastre worker` does elsewhere
    #[arg(long)]
    pub no_workers: bool,
    /// Whether the line that says where it serves is JSON.
    #[command(flatten)]
    pub output: Output,
}

/// `worker`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cadastre --database postgres://cadastre@db/cadastre worker")]
pub struct WorkerArgs {
    /// Whether the line that says that it works is JSON.
    #[command(flatten)]
    pub output: Output,
}

/// `migrate`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cadastre --database sqlite:///srv/cadastre.db migrate")]
pub struct MigrateArgs {
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

/// `backup` and `restore`.
#[derive(Debug, Args)]
pub struct FileArgs {
    /// The backup file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

/// `audit ...`.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check that no entry of the audit log was changed, left out or put in
    #[command(after_help = "Example:\n  cadastre audit verify")]
    Verify {
        /// The form of the answer.
        #[command(flatten)]
        output: Output,
    },
}

/// `check-config`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cadastre --config /etc/cadastre/cadastre.toml check-config")]
pub struct CheckConfigArgs {
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

/// `completions`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cadastre completions bash > /etc/bash_completion.d/cadastre")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}
