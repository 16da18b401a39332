//! `cadastre`, the one binary: reads the command line and the configuration, wires the parts, and
//! ends with an exit status that scripts rely on.

mod actor;
mod api;
mod cli;
mod commands;
mod config;
mod demo;
mod telemetry;
mod tls;
mod web;
mod wiring;

use clap::error::ErrorKind;
use cli::args::Cli;
use cli::exit::{Exit, Problem, tell};
use config::Inputs;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = match Cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            let wished = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if wished { Exit::Done } else { Exit::Usage }.into();
        }
    };
    // One provider for all TLS, before anything can choose another.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| vec![Problem::new(format!("the async runtime cannot start: {error}"))])
        .and_then(|runtime| {
            runtime.block_on(async {
                let outcome = run(cli).await;
                wiring::close().await;
                outcome
            })
        });
    match outcome {
        Ok(exit) => exit.into(),
        Err(problems) => {
            tell(&mut std::io::stderr(), &problems);
            Exit::Failed.into()
        }
    }
}

async fn run(cli: Cli) -> Result<Exit, Vec<Problem>> {
    let inputs = Inputs::of_process(cli.flags());
    let config = match config::load(&inputs) {
        Ok(config) => cli.adjust(config),
        Err(faults) => {
            tell(&mut std::io::stderr(), &Problem::of_faults(&faults));
            return Ok(Exit::Usage);
        }
    };
    telemetry::init(&config.log).map_err(|error| vec![Problem::new(error)])?;
    commands::run(cli.command, config).await
}
