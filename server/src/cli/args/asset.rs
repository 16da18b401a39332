//! Commands about assets, and about those they belong to.

use super::output::{ListOutput, Output};
use clap::error::ErrorKind;
use clap::{Args, Subcommand, ValueEnum};
use std::str::FromStr;

/// `assets`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cadastre assets web01\n  \
                  cadastre assets 'kind:instance env:prod -owner:*' --sort name\n  \
                  cadastre assets 'tag:team=payments' --as-of 2026-06-30 --format csv\n  \
                  cadastre assets '' --count")]
pub struct AssetsArgs {
    /// What to find, in the query language; all if empty
    // A query may begin with `-`: `-owner:*`.
    #[arg(
        value_name = "QUERY",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub query: String,
    /// As the register said then: a date (the end of it), a moment, or an age such as -7d
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub as_of: Option<String>,
    /// Only say how many
    #[arg(long, conflicts_with_all = ["sort", "limit"])]
    pub count: bool,
    /// Order by this key; `-KEY` for descending
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// The form of the answer.
    #[command(flatten)]
    pub output: ListOutput,
}

impl AssetsArgs {
    /// A query may begin with a dash, so a misspelt flag would be taken for one. None begins with two.
    pub(super) fn check(&self, command: &mut clap::Command) -> Result<(), clap::Error> {
        if !self.query.starts_with("--") {
            return Ok(());
        }
        let flag = self.query.split(['=', ' ']).next().unwrap_or_default();
        let message = format!(
            "unexpected argument '{flag}' found; `cadastre assets --help` lists what there is"
        );
        Err(command.error(ErrorKind::UnknownArgument, message))
    }
}

/// `asset`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cadastre asset 42\n  cadastre asset 42 --as-of 2026-06-30 --json\n  \
                  cadastre asset 42 --set owner=payments --effective-from 2026-07-01\n  \
                  cadastre asset 42 --release owner\n  \
                  cadastre asset 42 --tag team=payments --untag scratch --release-tag env\n  \
                  cadastre asset 42 --port Gi1/0/1=17/Gi1/0/24 --port Gi1/0/2= --release-port Gi1/0/3"
)]
pub struct AssetArgs {
    /// The asset's number
    #[arg(value_name = "ID", value_parser = asset_number)]
    pub id: i64,
    /// As the register said then: a date (the end of it), a moment, or an age such as -7d
    #[arg(long, value_name = "T", allow_hyphen_values = true, conflicts_with_all = ["set", "release", "tag", "untag", "release_tag", "port", "release_port"])]
    pub as_of: Option<String>,
    /// Hold an attribute at this value, whatever sources say
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<KeyValue>,
    /// Let sources say again
    #[arg(long, value_name = "KEY")]
    pub release: Vec<String>,
    /// Hold a tag at this value, which may be empty, whatever sources say
    #[arg(long, value_name = "KEY=VALUE")]
    pub tag: Vec<KeyValue>,
    /// Hold a tag away, whatever sources say
    #[arg(long, value_name = "KEY")]
    pub untag: Vec<String>,
    /// Let sources say again what the tag is
    #[arg(long, value_name = "KEY")]
    pub release_tag: Vec<String>,
    /// Hold what a port leads to, whatever devices announce: an asset's number, with its port if that is
    /// known; empty: nothing
    #[arg(long, value_name = "PORT=[ASSET[/PORT]]")]
    pub port: Vec<KeyValue>,
    /// Let devices say again what the port leads to
    #[arg(long, value_name = "PORT")]
    pub release_port: Vec<String>,
    /// The day from which what is set or released holds [default: now]
    #[arg(long, value_name = "DATE")]
    pub effective_from: Option<String>,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

fn asset_number(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| {
        format!(
            "expected an asset's number; `cadastre assets {text}` finds assets and prints theirs"
        )
    })
}

impl AssetArgs {
    /// Whether it changes anything.
    #[must_use]
    pub fn is_edit(&self) -> bool {
        let attributes = !self.set.is_empty() || !self.release.is_empty();
        let tags = !self.tag.is_empty() || !self.untag.is_empty() || !self.release_tag.is_empty();
        attributes || tags || !self.port.is_empty() || !self.release_port.is_empty()
    }
}

/// `owner=payments`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyValue {
    /// Before the first `=`.
    pub key: String,
    /// After it; may be empty.
    pub value: String,
}

impl FromStr for KeyValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                Ok(KeyValue { key: key.to_owned(), value: value.to_owned() })
            }
            _ => Err("expected KEY=VALUE, such as owner=payments".to_owned()),
        }
    }
}

/// `conflicts`, with or without a decision.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  cadastre conflicts\n  cadastre conflicts --all --json\n  \
                  cadastre conflicts accept 7"
)]
pub struct ConflictsArgs {
    /// A decision.
    #[command(subcommand)]
    pub command: Option<ConflictsCommand>,
    /// Also those that are over: decided, or withdrawn by a later run
    #[arg(long)]
    pub all: bool,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

/// `conflicts accept` and `conflicts reject`.
#[derive(Debug, Subcommand)]
pub enum ConflictsCommand {
    /// Let it be so: link the record, or let the scope age
    #[command(after_help = "Example:\n  cadastre conflicts accept 7")]
    Accept(ConflictDecideArgs),
    /// No: keep apart, or keep holding
    #[command(after_help = "Example:\n  cadastre conflicts reject 7")]
    Reject(ConflictDecideArgs),
}

/// A decision about one conflict.
#[derive(Debug, Args)]
pub struct ConflictDecideArgs {
    /// The conflict's number
    #[arg(value_name = "ID")]
    pub id: i64,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

/// `party ...`.
#[derive(Debug, Subcommand)]
pub enum PartyCommand {
    /// Add a person or a team
    Add(PartyAddArgs),
    /// List people and teams
    #[command(after_help = "Example:\n  cadastre party list")]
    List {
        /// The form of the answer.
        #[command(flatten)]
        output: Output,
    },
}

/// What a party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PartyKind {
    /// One human being.
    Person,
    /// Several.
    Team,
}

/// `party add`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cadastre party add payments --kind team --name 'Payments'")]
pub struct PartyAddArgs {
    /// The short name that assets refer to
    #[arg(value_name = "HANDLE")]
    pub handle: String,
    /// What it is
    #[arg(long, value_enum)]
    pub kind: PartyKind,
    /// The full name [default: the handle]
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

/// `site ...`.
#[derive(Debug, Subcommand)]
pub enum SiteCommand {
    /// Add a site
    Add(SiteAddArgs),
    /// List sites
    #[command(after_help = "Example:\n  cadastre site list")]
    List {
        /// The form of the answer.
        #[command(flatten)]
        output: Output,
    },
}

/// `site add`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  cadastre site add paris-2 --name 'Paris, hall 2' --parent paris"
)]
pub struct SiteAddArgs {
    /// The short name that assets refer to
    #[arg(value_name = "SLUG")]
    pub slug: String,
    /// The full name [default: the slug]
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// The site it is a part of
    #[arg(long, value_name = "SLUG")]
    pub parent: Option<String>,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}
