//! The past: a tenth of the estate changes, then the mix is asked as of before.

use super::lookup::{self, Client, whole};
use super::{Bench, ingest};
use crate::Outcome;
use crate::estate::Wave;
use crate::samples::Samples;
use crate::table::{Budget, Unit};

/// Changes a tenth, then asks.
pub async fn measure(bench: &mut Bench) -> Outcome<()> {
    bench.before_changes = bench.register.service.now();
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    bench.estate.turn(Wave::Tenth);
    let report = ingest::run(bench).await?;
    let changed = report.counts.updated;
    if changed == 0 {
        return Err(format!("a tenth had changed, the run says {:?}", report.counts).into());
    }
    bench.table.figure(
        format!("run that changes {changed} of the assets, records"),
        bench.estate.assets() as f64 / report.seconds,
        Unit::ASecond,
        Budget::None,
    );
    // Somebody looks at the present first, so that it is not the past that is held in memory.
    let service = &bench.register.service;
    service.asset_count(&bench.register.actor, &service.query("")?, None, false).await?;
    // The questions are made from the estate as it was then.
    bench.estate.turn(Wave::First);
    let as_of = Some(bench.before_changes);
    let looked = Client::new(bench, 50, as_of).mix((bench.rounds / 4).max(5)).await?;
    bench.estate.turn(Wave::Tenth);
    let mix: Samples = whole(&looked);
    let budget = bench.at_most(500.0);
    let facets_budget = bench.at_most(3000.0);
    let name = "lookup mix as of before it, 1 client, p95";
    bench.table.figure(name, mix.p95(), Unit::Milliseconds, budget);
    lookup::facets(bench, "  facets of everything then, p95", "", as_of, facets_budget).await?;
    lookup::facets(bench, "  facets of env:prod then, p95", "env:prod", as_of, facets_budget).await
}
