//! Runs: the first, which finds everything new, and one that finds nothing new.

use super::Bench;
use crate::Outcome;
use crate::args::Database;
use crate::register::SOURCE;
use crate::table::{Budget, Unit};
use cadastre_model::RunStatus;
use cadastre_service::{DiscoverRequest, RunProgress, RunReport};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Instant;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Tables that an unchanged run may add rows to.
const HEARTBEATS: [&str; 2] = ["run", "run_scope"];

/// What the bare inserts print.
#[derive(Debug, Deserialize)]
struct Bare {
    rows: u64,
    seconds: f64,
}

/// One run of the source.
pub async fn run(bench: &Bench) -> Outcome<RunReport> {
    let (progress, _) = watch::channel(RunProgress::default());
    let register = &bench.register;
    let report = register
        .service
        .discover(
            &register.actor,
            SOURCE,
            &DiscoverRequest::default(),
            progress,
            CancellationToken::new(),
        )
        .await?;
    if report.status != RunStatus::Complete {
        return Err(format!("the run ended {}: {:?}", report.status, report.error).into());
    }
    Ok(report)
}

/// Everything is new.
pub async fn cold(bench: &mut Bench) -> Outcome<()> {
    let assets = bench.estate.assets();
    let generated = generator_alone(bench);
    let before = bench.register.row_counts().await?;
    let report = run(bench).await?;
    if report.counts.created != assets || report.counts.conflicts != 0 {
        return Err(format!("{assets} assets were shown, the run says {:?}", report.counts).into());
    }
    let rows = grown(&before, &bench.register.row_counts().await?);
    let written: i64 = rows.values().sum();
    bench.table.note("the estate's generator alone", format!("{generated:.0}/s"));
    bench.table.figure(
        "ingest cold, assets",
        assets as f64 / report.seconds,
        Unit::ASecond,
        bench.at_least(2500.0),
    );
    bench.table.figure(
        "  rows an asset",
        written as f64 / assets as f64,
        Unit::Count,
        Budget::None,
    );
    if bench.database == Database::Sqlite {
        against_bare(bench, report.seconds)?;
    }
    Ok(())
}

fn generator_alone(bench: &Bench) -> f64 {
    let began = Instant::now();
    let things = bench.estate.observations().take(20_000).map(std::hint::black_box).count();
    things as f64 / began.elapsed().as_secs_f64()
}

/// The same rows inserted bare, in a process of its own: the rows must not count as our memory.
fn against_bare(bench: &mut Bench, seconds: f64) -> Outcome<()> {
    let Some(file) = bench.register.file() else { return Ok(()) };
    let output = Command::new(std::env::current_exe()?)
        .arg("bare")
        .arg(file)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err("the bare inserts failed (see above)".into());
    }
    let bare: Bare = serde_json::from_slice(&output.stdout)?;
    bench.table.figure(
        format!("  bare inserts of the same {} rows, assets", bare.rows),
        bench.estate.assets() as f64 / bare.seconds,
        Unit::ASecond,
        Budget::None,
    );
    bench.table.figure(
        "  ours against bare, time",
        seconds / bare.seconds,
        Unit::Times,
        Budget::AtMost(2.0),
    );
    Ok(())
}

/// Nothing is new.
pub async fn unchanged(bench: &mut Bench) -> Outcome<()> {
    let assets = bench.estate.assets();
    let before = bench.register.row_counts().await?;
    let report = run(bench).await?;
    if report.counts.unchanged != assets {
        return Err(format!("nothing had changed, the run says {:?}", report.counts).into());
    }
    let rows = grown(&before, &bench.register.row_counts().await?);
    bench.table.figure(
        "unchanged re-sync, records",
        assets as f64 / report.seconds,
        Unit::ASecond,
        bench.at_least(25_000.0),
    );
    let told: Vec<String> = rows.iter().map(|(table, count)| format!("{count} {table}")).collect();
    let only_heartbeats = rows.keys().all(|table| HEARTBEATS.contains(&table.as_str()));
    bench.table.rule("  rows it wrote", told.join(", "), "run, run_scope only", only_heartbeats);
    Ok(())
}

/// Rows added, by table; tables that stayed as they were are left out.
fn grown(before: &BTreeMap<String, i64>, after: &BTreeMap<String, i64>) -> BTreeMap<String, i64> {
    let difference = |(table, count): (&String, &i64)| {
        (table.clone(), count - before.get(table).copied().unwrap_or_default())
    };
    after.iter().map(difference).filter(|(_, count)| *count != 0).collect()
}
