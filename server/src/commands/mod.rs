//! The commands: each calls the service and prints the answer. Nothing is decided here.

mod answer;
mod asset;
mod asset_page;
mod asset_wires;
mod assets;
mod conflicts;
mod demo;
mod discover;
mod operate;
mod people;
mod reload;
mod runs;
mod serve;
mod sources;
mod stop_signal;
mod tokens;
mod users;

pub use asset_page::page_json;

use crate::cli::args::Command;
use crate::cli::exit::{Exit, Problem};
use crate::config::Config;

/// What commands end with: an exit status, or problems to tell.
pub type Outcome = Result<Exit, Vec<Problem>>;

/// Carries out a command.
pub async fn run(command: Command, config: Config) -> Outcome {
    match command {
        Command::Serve(args) => serve::serve(&config, &args).await,
        Command::Demo(args) => demo::run(&config, &args).await,
        Command::Worker(args) => serve::worker(&config, &args).await,
        Command::Migrate(args) => operate::migrate(&config, &args).await,
        Command::Source(command) => sources::run(&config, command).await,
        Command::Discover(args) => discover::run(&config, &args).await,
        Command::Run(command) => runs::run(&config, command).await,
        Command::Assets(args) => assets::run(&config, &args).await,
        Command::Asset(args) => asset::run(&config, &args).await,
        Command::Conflicts(args) => conflicts::run(&config, &args).await,
        Command::Party(command) => people::party(&config, command).await,
        Command::Site(command) => people::site(&config, command).await,
        Command::User(command) => users::user(&config, command).await,
        Command::Token(command) => tokens::token(&config, command).await,
        Command::Backup(args) => operate::backup(&config, &args).await,
        Command::Restore(args) => operate::restore(&config, &args).await,
        Command::Audit(command) => operate::audit(&config, command).await,
        Command::CheckConfig(args) => operate::check_config(&config, &args),
        Command::Completions(args) => operate::completions(&args),
    }
}
