//! `source`: adding, listing, testing and removing sources.

use super::Outcome;
use super::answer::{failed, json, line, out, written};
use crate::actor;
use crate::cli::args::{SourceAddArgs, SourceCommand};
use crate::cli::exit::{Exit, Problem};
use crate::cli::secret::first_line;
use crate::cli::table::{Align, TableWriter, terminal_width};
use crate::config::Config;
use crate::wiring::{self, Key};
use cadastre_collect::{StepOutcome, TestStep};
use cadastre_service::SourceLine;
use std::io::Write;
use std::time::Duration;

/// A test from the terminal takes no longer than this; whoever waits can stop it.
const TEST_LIMIT: Duration = Duration::from_secs(300);

pub async fn run(config: &Config, command: SourceCommand) -> Outcome {
    match command {
        SourceCommand::Add(args) => add(config, &args).await,
        SourceCommand::List { output } => list(config, output.is_json()).await,
        SourceCommand::Test(args) => test(config, &args.name, args.output.is_json()).await,
        SourceCommand::Remove(args) => remove(config, &args.name, args.output.is_json()).await,
    }
}

async fn add(config: &Config, args: &SourceAddArgs) -> Outcome {
    // Before anything else: without the secret nothing is made.
    let typed = match &args.secret_stdin {
        Some(name) => Some((
            name.as_str(),
            first_line().map_err(|error| {
                vec![Problem::new(format!("{name} could not be read: {error}"))]
            })?,
        )),
        None => None,
    };
    let typed = typed.as_ref().map(|(name, secret)| (*name, secret));
    let key = if typed.is_some() { Key::Make } else { Key::Read };
    let service = wiring::service(config, key).await?;
    match service.source_file_put(&actor::at_command_line(), &args.file, typed).await {
        Ok(put) if args.output.is_json() => json(&put),
        Ok(put) => {
            let verb = if put.added { "added" } else { "changed" };
            line(format!(
                "source {0} {verb}; try the way there with `cadastre source test {0}`",
                put.name
            ))
        }
        Err(error) => failed(error),
    }
}

async fn list(config: &Config, is_json: bool) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    let sources = match service.source_list(&actor::at_command_line()).await {
        Ok(sources) => sources,
        Err(error) => return failed(error),
    };
    if is_json {
        return json(&sources);
    }
    if sources.is_empty() {
        return line("there is no source yet; `cadastre source add FILE.toml` adds one");
    }
    let columns = [
        ("name", Align::Left),
        ("kind", Align::Left),
        ("schedule", Align::Left),
        ("last run", Align::Left),
        ("status", Align::Left),
        ("seen", Align::Right),
    ];
    let mut table = TableWriter::new(out(), &columns, terminal_width());
    for source in &sources {
        table.row(&cells(source)).map_err(written)?;
    }
    table.finish().map_err(written)?;
    Ok(Exit::Done)
}

fn cells(source: &SourceLine) -> [String; 6] {
    let run = source.last_run.as_ref();
    let schedule = source.schedule.clone().unwrap_or_else(|| "by hand".to_owned());
    [
        source.name.clone(),
        source.kind.clone(),
        if source.enabled { schedule } else { "disabled".to_owned() },
        run.map_or("never".to_owned(), |run| run.started_at.to_string()),
        run.map_or(String::new(), |run| run.status.to_string()),
        run.map_or(String::new(), |run| run.counts.seen.to_string()),
    ]
}

async fn test(config: &Config, name: &str, is_json: bool) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    let steps = match service.source_test(&actor::at_command_line(), name, TEST_LIMIT).await {
        Ok(steps) => steps,
        Err(error) => return failed(error),
    };
    let all_well = !steps.iter().any(|step| step.outcome.is_failed());
    if is_json {
        json(&steps)?;
    } else {
        print_steps(&steps).map_err(written)?;
    }
    Ok(if all_well { Exit::Done } else { Exit::Failed })
}

fn print_steps(steps: &[TestStep]) -> std::io::Result<()> {
    let mut out = out();
    for step in steps {
        let (mark, words) = match &step.outcome {
            StepOutcome::Passed(what) => ("ok", what.clone()),
            StepOutcome::Failed(error) => ("FAILED", error.to_string()),
            StepOutcome::Skipped(why) => ("skipped", why.clone()),
        };
        writeln!(out, "{:<14} {mark:<8} {:>6} ms  {words}", step.name, step.millis)?;
    }
    out.flush()
}

async fn remove(config: &Config, name: &str, is_json: bool) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    match service.source_remove(&actor::at_command_line(), name).await {
        Ok(()) if is_json => json(&serde_json::json!({ "name": name, "removed": true })),
        Ok(()) => line(format!("source {name} removed; what it said is kept as it stands")),
        Err(error) => failed(error),
    }
}
