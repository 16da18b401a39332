//! `discover`: sources run now, one after the other, with a bar at a terminal.

use super::Outcome;
use super::answer::{json, out, written};
use super::stop_signal::cancel_on_signal;
use crate::actor;
use crate::cli::args::DiscoverArgs;
use crate::cli::exit::{Exit, Problem, tell};
use crate::config::Config;
use crate::wiring::{self, Key, problems};
use cadastre_model::{Counts, RunStatus};
use cadastre_service::{DiscoverRequest, ErrorKind, RunProgress, RunReport, Service, ServiceError};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub async fn run(config: &Config, args: &DiscoverArgs) -> Outcome {
    let service = wiring::service(config, Key::Read).await?;
    let names = if args.all {
        service.source_names(&actor::at_command_line()).await.map_err(problems)?
    } else {
        args.names.clone()
    };
    let cancel = CancellationToken::new();
    let stop = cancel_on_signal(cancel.clone(), "stopping; what was read so far is kept")?;
    let request =
        DiscoverRequest { dry_run: args.dry_run, record: args.record.clone(), whole: args.whole };
    let mut reports = Vec::new();
    let mut refused = Vec::new();
    for name in &names {
        if cancel.is_cancelled() {
            break;
        }
        match run_one(&service, name, &request, cancel.clone()).await {
            Ok(report) => reports.push(report),
            Err(error) => refused.push((name.clone(), error)),
        }
    }
    stop.abort();
    for (name, error) in &refused {
        let told: Vec<Problem> = problems(error.clone())
            .into_iter()
            .map(|problem| problem.at(format!("source `{name}`")))
            .collect();
        tell(&mut std::io::stderr(), &told);
        reports.push(refused_report(name, error));
    }
    if args.output.is_json() {
        json(&reports)?;
    } else {
        print(&reports, args.dry_run).map_err(written)?;
    }
    Ok(exit_of(&reports, &refused))
}

fn exit_of(reports: &[RunReport], refused: &[(String, ServiceError)]) -> Exit {
    if refused.iter().any(|(_, error)| error.kind == ErrorKind::Invalid)
        && reports.len() == refused.len()
    {
        return Exit::Usage;
    }
    let all_failed =
        !reports.is_empty() && reports.iter().all(|report| report.status == RunStatus::Failed);
    let all_complete = reports.iter().all(|report| report.status == RunStatus::Complete);
    match (all_failed, all_complete) {
        (true, _) => Exit::Failed,
        (_, true) => Exit::Done,
        _ => Exit::Partial,
    }
}

/// A source that could not even begin is a line of the answer too.
fn refused_report(name: &str, error: &ServiceError) -> RunReport {
    RunReport {
        source: name.to_owned(),
        run: 0,
        status: RunStatus::Failed,
        scopes: Vec::new(),
        counts: Counts::default(),
        seconds: 0.0,
        error: Some(error.message.clone()),
        stopped_by: None,
        dry_run: None,
    }
}

async fn run_one(
    service: &Service,
    name: &str,
    request: &DiscoverRequest,
    cancel: CancellationToken,
) -> Result<RunReport, ServiceError> {
    let (sender, receiver) = watch::channel(RunProgress::default());
    let bar = tokio::spawn(show(name.to_owned(), receiver));
    let outcome = service.discover(&actor::at_command_line(), name, request, sender, cancel).await;
    // The sender is gone by now, so the bar ends by itself.
    let _ = bar.await;
    outcome
}

/// A bar on standard error, at a terminal only.
async fn show(name: String, mut progress: watch::Receiver<RunProgress>) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
    bar.set_prefix(name);
    let style = ProgressStyle::with_template("{prefix}  {spinner} {wide_msg} {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(Duration::from_millis(200));
    while progress.changed().await.is_ok() {
        let now = progress.borrow_and_update().clone();
        let of = now.of.map_or(String::new(), |of| format!(" of {of}"));
        bar.set_message(format!(
            "{}{of} seen, {} scopes done, {} errors",
            now.counts.seen.max(now.done),
            now.scopes_done,
            now.errors
        ));
    }
    bar.finish_and_clear();
}

fn print(reports: &[RunReport], dry_run: bool) -> std::io::Result<()> {
    let mut out = out();
    for report in reports {
        let run = if dry_run { "dry run".to_owned() } else { format!("run {}", report.run) };
        writeln!(out, "{} ({run}): {} in {:.1} s", report.source, report.status, report.seconds)?;
        if let Some(error) = &report.error {
            writeln!(out, "  {error}")?;
        }
        let counts = &report.counts;
        writeln!(
            out,
            "  {} seen: {} assets new, {} records changed, {} unchanged, {} stale, {} gone, \
             {} to decide",
            counts.seen,
            counts.created,
            counts.updated,
            counts.unchanged,
            counts.stale,
            counts.gone,
            counts.conflicts
        )?;
        for scope in &report.scopes {
            writeln!(out, "  {}: {}, {} seen", scope.scope, scope.coverage.word(), scope.seen)?;
            if let Some(error) = &scope.error {
                writeln!(out, "    {error}")?;
            }
        }
        if let Some(dry_run) = &report.dry_run {
            for plan in &dry_run.plan {
                for line in cadastre_service::describe(plan) {
                    writeln!(out, "  {line}")?;
                }
            }
        }
    }
    out.flush()
}
