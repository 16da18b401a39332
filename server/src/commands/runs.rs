//! `run`: listing, showing and stopping runs.

use super::Outcome;
use super::answer::{failed, json, line, out, written};
use crate::actor;
use crate::cli::args::{RunCommand, RunListArgs};
use crate::cli::exit::Exit;
use crate::cli::table::{Align, TableWriter, terminal_width};
use crate::config::Config;
use crate::wiring::{self, Key};
use cadastre_model::{RunId, RunNow};
use cadastre_service::store::{RunError, RunRow};
use std::io::Write;

/// Errors about single objects that are shown; a page of the server has them all.
const ERRORS: u32 = 20;

pub async fn run(config: &Config, command: RunCommand) -> Outcome {
    match command {
        RunCommand::List(args) => list(config, &args).await,
        RunCommand::Show(args) => show(config, args.run, args.output.is_json()).await,
        RunCommand::Stop(args) => stop(config, args.run, args.output.is_json()).await,
    }
}

async fn list(config: &Config, args: &RunListArgs) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    let (source, actor) = (args.source.as_deref(), actor::at_command_line());
    let runs = match service.run_list(&actor, source, args.before, args.limit).await {
        Ok(runs) => runs,
        Err(error) => return failed(error),
    };
    if args.output.is_json() {
        return json(&runs);
    }
    if runs.is_empty() {
        return line("there is no such run; `cadastre discover --all` makes one of each source");
    }
    let columns = [
        ("run", Align::Right),
        ("source", Align::Left),
        ("status", Align::Left),
        ("by", Align::Left),
        ("began", Align::Left),
        ("seen", Align::Right),
        ("new", Align::Right),
        ("changed", Align::Right),
        ("error", Align::Left),
    ];
    let mut table = TableWriter::new(out(), &columns, terminal_width());
    for one in &runs {
        table.row(&cells(one)).map_err(written)?;
    }
    table.finish().map_err(written)?;
    Ok(Exit::Done)
}

fn cells(run: &RunRow) -> [String; 9] {
    [
        run.id.to_string(),
        run.source.clone(),
        run.status.to_string(),
        run.actor.clone(),
        run.started_at.to_string(),
        run.counts.seen.to_string(),
        run.counts.created.to_string(),
        run.counts.updated.to_string(),
        run.error.clone().unwrap_or_default(),
    ]
}

async fn show(config: &Config, run: RunId, is_json: bool) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    let actor = actor::at_command_line();
    let now = match service.run_fetch(&actor, run).await {
        Ok(now) => now,
        Err(error) => return failed(error),
    };
    let errors = match service.run_errors(&actor, run, 0, ERRORS).await {
        Ok(errors) => errors,
        Err(error) => return failed(error),
    };
    if is_json {
        return json(&Shown { now: &now, object_errors: &errors });
    }
    print(&now, &errors).map_err(written)?;
    Ok(Exit::Done)
}

/// `run show --json`.
#[derive(serde::Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    now: &'a RunNow,
    object_errors: &'a [RunError],
}

fn print(now: &RunNow, errors: &[RunError]) -> std::io::Result<()> {
    let mut out = out();
    let took = if now.is_running() { "for" } else { "in" };
    writeln!(out, "{} (run {}): {} {took} {} s", now.source, now.run, now.status, now.seconds)?;
    writeln!(out, "  by {}, began {}", now.actor, now.started_at)?;
    if let Some(who) = now.stop_by.as_ref().filter(|_| now.is_running()) {
        writeln!(out, "  {who} asked for it to stop")?;
    }
    if let Some(error) = &now.error {
        writeln!(out, "  {error}")?;
    }
    let progress = &now.progress;
    let counts = &progress.counts;
    writeln!(
        out,
        "  {} seen: {} assets new, {} records changed, {} unchanged, {} stale, {} gone, {} to decide",
        counts.seen,
        counts.created,
        counts.updated,
        counts.unchanged,
        counts.stale,
        counts.gone,
        counts.conflicts
    )?;
    for scope in &progress.scopes {
        let coverage = scope.coverage.map_or("being read", |coverage| coverage.word());
        writeln!(out, "  {}: {coverage}, {} seen", scope.scope, scope.seen)?;
        if let Some(error) = &scope.error {
            writeln!(out, "    {error}")?;
        }
    }
    let unnamed = progress.scopes_all().saturating_sub(progress.scopes.len() as u64);
    if unnamed > 0 {
        writeln!(out, "  and {unnamed} more scopes")?;
    }
    for error in errors {
        writeln!(out, "  {} {}: {}", error.scope, error.subject, error.message)?;
    }
    let unnamed = progress.errors.saturating_sub(errors.len() as u64);
    if unnamed > 0 {
        writeln!(out, "  and {unnamed} more errors")?;
    }
    out.flush()
}

async fn stop(config: &Config, run: RunId, is_json: bool) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    match service.run_stop(&actor::at_command_line(), run).await {
        Ok(()) if is_json => json(&serde_json::json!({ "run": run, "stopping": true })),
        Ok(()) => {
            line(format!("run {run} is told to stop; `cadastre run show {run}` says how it ended"))
        }
        Err(error) => failed(error),
    }
}
