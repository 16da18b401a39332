//! The command line.

use clap::{Parser, Subcommand, ValueEnum};
use std::fmt;
use std::path::PathBuf;

/// Assets without `--quick`: what the budgets are written for.
const ASSETS: u64 = 100_000;
/// Assets with `--quick`.
const ASSETS_QUICK: u64 = 10_000;

/// Measures the register against its budgets and prints a table for each database.
///
/// Example: cargo run --release -p cadastre-benches -- --only sqlite --assets 1000000
#[derive(Debug, Parser)]
pub struct Args {
    /// Assets in the generated estate [default: 100000; with --quick 10000].
    #[arg(long, env = "CADASTRE_BENCH_ASSETS", global = true)]
    assets: Option<u64>,
    /// Measure this database only.
    #[arg(long, env = "CADASTRE_BENCH_ONLY", global = true)]
    pub only: Option<Database>,
    /// A small estate and few repetitions: shows that everything runs, not how fast.
    #[arg(long, env = "CADASTRE_BENCH_QUICK", global = true)]
    pub quick: bool,
    /// For profiling: keep the SQLite register in this folder, and begin with the one that is there
    /// already, as it was first ingested; then ingest is not measured.
    #[arg(long, global = true)]
    pub keep: Option<PathBuf>,
    /// One part of it, as the program calls itself.
    #[command(subcommand)]
    pub part: Option<Part>,
}

/// The parts that run in processes of their own.
#[derive(Debug, Subcommand)]
pub enum Part {
    /// Measures one database.
    #[command(hide = true)]
    Database {
        /// Which.
        database: Database,
    },
    /// Measures the collector of vSphere.
    #[command(hide = true)]
    Vsphere,
    /// Measures the collector of network devices.
    #[command(hide = true)]
    Snmp,
    /// Measures the collector of directories.
    #[command(hide = true)]
    Directory,
    /// Measures the collector of the cloud.
    #[command(hide = true)]
    Cloud,
    /// Inserts the rows of an SQLite register bare, and prints the seconds as JSON.
    #[command(hide = true)]
    Bare {
        /// The register's file; it is not changed.
        file: PathBuf,
    },
}

/// A database there are budgets for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Database {
    /// The embedded one.
    Sqlite,
    /// The lab's server.
    Postgres,
}

impl Database {
    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Database::Sqlite => "sqlite",
            Database::Postgres => "postgres",
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Database::Sqlite => "SQLite, embedded",
            Database::Postgres => "PostgreSQL",
        })
    }
}

impl Args {
    /// Assets in the estate; at least as many as its networks need.
    pub fn assets(&self) -> u64 {
        let default = if self.quick { ASSETS_QUICK } else { ASSETS };
        self.assets.unwrap_or(default).max(2_000)
    }

    /// Times each query shape is asked, by one client.
    pub fn rounds(&self) -> u64 {
        if self.quick { 20 } else { 200 }
    }

    /// The databases to measure.
    pub fn databases(&self) -> Vec<Database> {
        match self.only {
            Some(one) => vec![one],
            None => vec![Database::Sqlite, Database::Postgres],
        }
    }

    /// The same options for a process of our own.
    pub fn for_child(&self) -> Vec<String> {
        let mut options = vec!["--assets".to_owned(), self.assets().to_string()];
        if self.quick {
            options.push("--quick".to_owned());
        }
        if let Some(folder) = &self.keep {
            options.push("--keep".to_owned());
            options.push(folder.display().to_string());
        }
        options
    }
}
