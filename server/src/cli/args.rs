//! What can be asked on the command line. Only the form: nothing is done here.
//!
//! Every command has an example in its `--help`. Wrong usage ends with status 2, as clap does it.

mod asset;
mod demo;
mod operate;
mod output;
mod run;
mod source;
mod token;
mod user;

pub use asset::{
    AssetArgs, AssetsArgs, ConflictsArgs, ConflictsCommand, PartyCommand, PartyKind, SiteCommand,
};
pub use demo::DemoArgs;
pub use operate::{
    AuditCommand, CheckConfigArgs, CompletionsArgs, FileArgs, MigrateArgs, ServeArgs, WorkerArgs,
};
pub use output::ListFormat;
pub use run::{RunCommand, RunListArgs};
pub use source::{DiscoverArgs, SourceAddArgs, SourceCommand};
pub use token::{TokenAddArgs, TokenCommand};
pub use user::{UserAddArgs, UserCommand, UserNameArgs, UserPasswordArgs, UserRoleArgs};

use crate::config::{Config, Database, Flags};
use clap::{Args, CommandFactory, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// The register of an IT estate: what there is, whose it is, and how that is known.
#[derive(Debug, Parser)]
#[command(
    name = "cadastre",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "Example:\n  cadastre serve\n\nSettings come from flags, CADASTRE_* variables, then \
                  cadastre.toml; `cadastre check-config` shows what holds.\n\
                  Exit status: 0 done, 1 failed, 2 wrong usage, 3 partial (some scope failed)."
)]
pub struct Cli {
    /// Flags that every command takes.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Args)]
pub struct GlobalArgs {
    /// The configuration file [default: cadastre.toml in ~/.config/cadastre or the state folder]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Options of all commands")]
    pub config: Option<PathBuf>,
    /// Where the register is kept: sqlite:///path/x.db or postgres://user@host/name (no password)
    #[arg(long, global = true, value_name = "ADDRESS", help_heading = "Options of all commands")]
    pub database: Option<String>,
    /// Folder of what the program itself writes [default: ~/.local/state/cadastre]
    #[arg(long, global = true, value_name = "FOLDER", help_heading = "Options of all commands")]
    pub state_dir: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve, and work in the background
    Serve(ServeArgs),
    /// Load an invented estate and serve it on this machine, to look around
    Demo(DemoArgs),
    /// Only work in the background: run due sources and queued jobs
    Worker(WorkerArgs),
    /// Create the database, or bring it to this version after a backup
    Migrate(MigrateArgs),
    /// Add, list, test or remove sources
    #[command(subcommand, arg_required_else_help = true)]
    Source(SourceCommand),
    /// Run sources now and take in what they find
    Discover(DiscoverArgs),
    /// List, show or stop runs
    #[command(subcommand, arg_required_else_help = true)]
    Run(RunCommand),
    /// Find assets
    Assets(AssetsArgs),
    /// Show one asset with its evidence, or change what people know of it
    Asset(AssetArgs),
    /// List what waits for a decision, or decide it
    Conflicts(ConflictsArgs),
    /// Add or list the people and teams that assets belong to
    #[command(subcommand, arg_required_else_help = true)]
    Party(PartyCommand),
    /// Add or list sites
    #[command(subcommand, arg_required_else_help = true)]
    Site(SiteCommand),
    /// Add, list, disable or change the accounts of those who log in
    #[command(subcommand, arg_required_else_help = true)]
    User(UserCommand),
    /// Add, list or revoke the tokens that scripts come with
    #[command(subcommand, arg_required_else_help = true)]
    Token(TokenCommand),
    /// Write the whole register to a file
    #[command(after_help = "Example:\n  cadastre backup cadastre-2026-11-21.backup")]
    Backup(FileArgs),
    /// Make a register from a backup
    #[command(
        after_help = "Example:\n  cadastre --database sqlite:///srv/new.db restore cadastre-2026-11-21.backup"
    )]
    Restore(FileArgs),
    /// Work with the audit log
    #[command(subcommand, arg_required_else_help = true)]
    Audit(AuditCommand),
    /// Check the configuration and show what holds, and why
    CheckConfig(CheckConfigArgs),
    /// Print a script that completes commands in a shell
    Completions(CompletionsArgs),
}

impl Cli {
    /// Reads a command line, the program's name first.
    ///
    /// # Errors
    /// Wrong usage, or a wish for help: print it and end with its `exit_code`.
    pub fn read<I, T>(line: I) -> Result<Cli, clap::Error>
    where
        I: IntoIterator<Item = T>,
        T: Into<OsString> + Clone,
    {
        let cli = Cli::try_parse_from(line)?;
        match &cli.command {
            Command::Discover(discover) => discover.check(&mut Cli::command())?,
            Command::Assets(assets) => assets.check(&mut Cli::command())?,
            _ => {}
        }
        Ok(cli)
    }

    /// The flags that set keys of the configuration.
    #[must_use]
    pub fn flags(&self) -> Flags {
        let listen = match &self.command {
            Command::Serve(serve) => serve.listen.clone(),
            Command::Demo(demo) => demo.listen.map(|listen| listen.to_string()),
            _ => None,
        };
        Flags {
            config: self.global.config.clone(),
            database: self.global.database.clone(),
            state_dir: self.global.state_dir.clone(),
            listen,
        }
    }

    /// The configuration as this command takes it: a demo keeps to a register of its own, whatever is
    /// configured, unless one is named beside it.
    #[must_use]
    pub fn adjust(&self, mut config: Config) -> Config {
        if matches!(self.command, Command::Demo(_)) && self.global.database.is_none() {
            config.database = Database::Sqlite(config.state_dir.join("demo.db"));
        }
        config
    }
}

#[cfg(test)]
mod tests;
