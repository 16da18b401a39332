//! Commands about accounts, which people log in with.

use super::output::Output;
use cadastre_model::Role;
use clap::{Args, Subcommand};

/// `user ...`.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add someone who may log in
    Add(UserAddArgs),
    /// List accounts: what each may do, and how many sessions it has
    #[command(after_help = "Example:\n  cadastre user list")]
    List {
        /// The form of the answer.
        #[command(flatten)]
        output: Output,
    },
    /// Let an account log in no more; its sessions end and its tokens are refused
    #[command(after_help = "Example:\n  cadastre user disable alice")]
    Disable(UserNameArgs),
    /// Let a disabled account log in again; its tokens hold again
    #[command(after_help = "Example:\n  cadastre user enable alice")]
    Enable(UserNameArgs),
    /// Give an account another role; its sessions end
    Role(UserRoleArgs),
    /// Give an account another password; its sessions end
    Password(UserPasswordArgs),
}

/// `user add`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cadastre user add alice --role editor\n  \
                  cadastre user add alice --role editor --password-stdin < password.txt")]
pub struct UserAddArgs {
    /// The name to log in with
    #[arg(value_name = "NAME")]
    pub name: String,
    /// What for: reader, editor, auditor, finance or admin
    #[arg(long, value_name = "ROLE")]
    pub role: Role,
    /// Read the password from the first line of standard input instead of asking for it
    #[arg(long)]
    pub password_stdin: bool,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

/// A command about one account.
#[derive(Debug, Args)]
pub struct UserNameArgs {
    /// The account's name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

/// `user role`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cadastre user role alice auditor")]
pub struct UserRoleArgs {
    /// The account's name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The role: reader, editor, auditor, finance or admin
    #[arg(value_name = "ROLE")]
    pub role: Role,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}

/// `user password`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cadastre user password alice\n  \
                  cadastre user password alice --password-stdin < password.txt")]
pub struct UserPasswordArgs {
    /// The account's name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Read the password from the first line of standard input instead of asking for it
    #[arg(long)]
    pub password_stdin: bool,
    /// The form of the answer.
    #[command(flatten)]
    pub output: Output,
}
