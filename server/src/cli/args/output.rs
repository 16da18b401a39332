//! How a command answers: for people, or for scripts.

use clap::{Args, ValueEnum};

/// The forms every command answers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For scripts.
    Json,
}

/// The forms lists of assets come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people.
    Table,
    /// An array, streamed.
    Json,
    /// Rows under a header, streamed.
    Csv,
}

/// `--json`, or `--format json`.
#[derive(Clone, Debug, Args)]
pub struct Output {
    /// Answer in JSON, the same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// The form of the answer [default: table]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
}

impl Output {
    /// Whether to answer in JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.json || self.format == Some(Format::Json)
    }
}

/// `--json`, or `--format table|json|csv`.
#[derive(Clone, Debug, Args)]
pub struct ListOutput {
    /// Answer in JSON, the same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// The form of the answer [default: table]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<ListFormat>,
}

impl ListOutput {
    /// The form to answer in.
    #[must_use]
    pub fn format(&self) -> ListFormat {
        if self.json {
            return ListFormat::Json;
        }
        self.format.unwrap_or(ListFormat::Table)
    }
}
