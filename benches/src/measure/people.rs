//! People while a run goes on that changes every asset: one edits owners, another looks things up.

use super::first_byte::Meanwhile;
use super::lookup::Client;
use super::shapes::SHAPES;
use super::{Bench, ingest};
use crate::Outcome;
use crate::dice::Dice;
use crate::estate::Wave;
use crate::samples::Samples;
use crate::table::{Budget, Unit};
use cadastre_model::{Actor, AssetId, Attr};
use cadastre_service::AssetEdit;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Between two edits, and between two lookups of the mix.
const EDIT_PAUSE: Duration = Duration::from_millis(100);
const LOOKUP_PAUSE: Duration = Duration::from_millis(10);
/// Who assets are given to.
const OWNERS: [&str; 3] = ["team-data", "team-platform", "team-web"];

/// Runs, and lets people work meanwhile.
pub async fn measure(bench: &mut Bench) -> Outcome<()> {
    bench.register.add_parties(&OWNERS).await?;
    let done = CancellationToken::new();
    let editor = tokio::spawn(edit(bench_editor(bench), done.clone()));
    let reader = tokio::spawn(look_up(Client::new(bench, 60, None), done.clone()));
    let pages = bench.served.as_ref().map(|(_, site)| Meanwhile::start(site));
    bench.estate.turn(Wave::All);
    let report = ingest::run(bench).await;
    done.cancel();
    let pages = pages.map(Meanwhile::stop).transpose()?;
    let (edits, lookups) = (editor.await??, reader.await??);
    let report = report?;
    bench.table.figure(
        format!("run that changes {} assets, people at work, records", report.counts.updated),
        bench.estate.assets() as f64 / report.seconds,
        Unit::ASecond,
        Budget::None,
    );
    let budget = bench.at_most(300.0);
    bench.table.figure(
        format!("  owner edit meanwhile, p95 of {}", edits.len()),
        edits.p95(),
        Unit::Milliseconds,
        budget,
    );
    let most = edits.percentile(100);
    bench.table.figure(
        "  owner edit meanwhile, the longest",
        most,
        Unit::Milliseconds,
        Budget::None,
    );
    bench.table.figure(
        format!("  lookup mix meanwhile, p95 of {}", lookups.len()),
        lookups.p95(),
        Unit::Milliseconds,
        Budget::None,
    );
    bench.table.figure(
        "  lookup mix meanwhile, p50",
        lookups.percentile(50),
        Unit::Milliseconds,
        Budget::None,
    );
    bench.table.figure(
        "  lookup mix meanwhile against idle",
        lookups.p95() / bench.idle_p95,
        Unit::Times,
        Budget::AtMost(2.0),
    );
    if let Some(pages) = pages {
        let what = format!("  first byte of a page meanwhile, p95 of {}", pages.len());
        bench.table.figure(what, pages.p95(), Unit::Milliseconds, bench.page_budget());
    }
    Ok(())
}

struct Editor {
    service: cadastre_service::Service,
    actor: Actor,
    assets: u64,
}

fn bench_editor(bench: &Bench) -> Editor {
    Editor {
        service: bench.register.service.clone(),
        actor: Actor::cli("editor"),
        assets: bench.estate.assets(),
    }
}

async fn edit(editor: Editor, done: CancellationToken) -> Outcome<Samples> {
    let mut dice = Dice::of(300, 0);
    let mut times = Samples::default();
    while !done.is_cancelled() {
        let id = AssetId(i64::try_from(1 + dice.below(editor.assets))?);
        let owner = dice.pick(&OWNERS);
        let edit = AssetEdit { set: vec![(Attr::Owner, owner.to_owned())], ..AssetEdit::default() };
        let began = Instant::now();
        editor.service.asset_edit(&editor.actor, id, &edit).await?;
        times.push(began.elapsed());
        tokio::time::sleep(EDIT_PAUSE).await;
    }
    Ok(times)
}

async fn look_up(mut client: Client, done: CancellationToken) -> Outcome<Samples> {
    let mut times = Samples::default();
    for shape in SHAPES.iter().cycle() {
        if done.is_cancelled() {
            break;
        }
        let asked = client.ask(shape).await?;
        times.push(asked.took);
        tokio::time::sleep(LOOKUP_PAUSE).await;
    }
    Ok(times)
}
