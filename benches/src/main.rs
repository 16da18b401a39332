//! `make bench`: the budgets of the design, and what this machine makes of them.
//!
//! Why it exists: speed and memory are promises, so they are measured in one run, on both databases,
//! and printed beside what was promised. A miss is printed, not failed: what to do about it is a
//! person's decision. It must not know SQL beyond counting rows and inserting them bare; everything
//! measured goes through the service, as pages and commands do.
//!
//! Each database is measured by a process of its own, so that memory figures stay apart.
//! What is measured and how to read it: `benches/README.md`.

mod args;
mod cpu;
mod dice;
mod estate;
mod machine;
mod measure;
mod memory;
mod register;
mod samples;
mod source;
mod table;

use args::{Args, Part};
use clap::Parser as _;
use std::process::{Command, ExitCode};

/// As the server has it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What can go wrong here, in words; this is a program of its own, so one type is enough.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let args = Args::parse();
    let done = match &args.part {
        None => everything(&args),
        Some(Part::Database { database }) => measure::database(&args, *database),
        Some(Part::Vsphere) => measure::vsphere(args.quick),
        Some(Part::Snmp) => measure::snmp(args.quick),
        Some(Part::Directory) => measure::directory(args.quick),
        Some(Part::Cloud) => measure::cloud(args.quick),
        Some(Part::Bare { file }) => measure::bare(file),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("benchmark: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures one database after the other, then the collectors. What cannot be measured is named and does not
/// keep the rest from being.
fn everything(args: &Args) -> Outcome<()> {
    println!("{}", machine::line(args));
    for database in args.databases() {
        part(args, &["database", database.word()], &database.to_string())?;
    }
    if args.only.is_none() {
        for name in ["vsphere", "snmp", "directory", "cloud"] {
            part(args, &[name], name)?;
        }
    }
    Ok(())
}

fn part(args: &Args, words: &[&str], name: &str) -> Outcome<()> {
    let status =
        Command::new(std::env::current_exe()?).args(args.for_child()).args(words).status()?;
    if !status.success() {
        println!("\n{name}: NOT MEASURED (see above)");
    }
    Ok(())
}
