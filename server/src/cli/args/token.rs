//! Commands about tokens, which scripts come with.

use super::output::Output;
use clap::{Args, Subcommand};

/// `token ...`.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token and show it, this once
    Add(TokenAddArgs),
    /// List tokens: what each is for, never what it is
    #[command(after_help = "Example:\n  cadastre token list")]
    List {
        /// The form of the answer.
        #[command(flatten)]
        output: Output,
    },
    /// Revoke a token, for good
    #[command(after_help = "Example:\n  cadastre token revoke 7")]
    Revoke {
        /// The token's number, as `token list` shows it
        #[arg(value_name = "ID")]
        id: i64,
        /// The form of the answer.
        #[command(flatten)]
        output: Output,
    },
}

/// `token add`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                  cadastre token add --account alice --name 'weekly report' --expires 90d\n  \
                  cadastre token add --account sync --name sync --write --allow 10.2.0.0/16")]
pub struct TokenAddArgs {
    /// The account it acts for, never with more than that may
    #[arg(long, value_name = "NAME")]
    pub account: String,
    /// What it is for, in a few words
    #[arg(long, value_name = "TEXT")]
    pub name: String,
    /// Let it write too, as far as its account may [default: it reads only]
    #[arg(long)]
    pub write: bool,
    /// Until when it holds: a day (its end), a moment, or how long from now, such as 30d
    #[arg(long, value_name = "T")]
    pub expires: Option<String>,
    /// Let it come from these networks or addresses only [default: from anywhere]
    #[arg(long, value_name = "CIDR", num_args = 1..)]
    pub allow: Vec<String>,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}
