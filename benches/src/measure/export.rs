//! The export of all rows, page after page, as commands and downloads read it.

use super::Bench;
use crate::Outcome;
use crate::memory;
use crate::table::{Budget, Unit};
use cadastre_service::store::Sort;
use std::time::Instant;

/// Rows a page.
const PAGE: u32 = 1000;

/// Reads everything once.
pub async fn measure(bench: &mut Bench) -> Outcome<()> {
    let (service, actor) = (&bench.register.service, &bench.register.actor);
    let query = service.query("")?;
    let peak = memory::forget_peak();
    bench.peak = bench.peak.max(peak.unwrap_or_default());
    let resident = memory::resident();
    let (mut rows, mut after) = (0, None);
    let began = Instant::now();
    loop {
        let page = service
            .asset_list(actor, &query, None, Sort::default(), after.as_deref(), PAGE)
            .await?;
        rows += page.rows.len() as u64;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    if rows != bench.estate.assets() {
        return Err(format!("{} assets, {rows} exported", bench.estate.assets()).into());
    }
    let a_second = rows as f64 / seconds;
    bench.table.figure("export, rows", a_second, Unit::ASecond, bench.at_least(100_000.0));
    match (resident, memory::peak()) {
        (Some(before), Some(peak)) => bench.table.figure(
            "  memory it takes on top",
            peak.saturating_sub(before) as f64,
            Unit::Bytes,
            Budget::AtMost(1e8),
        ),
        _ => bench.table.note("  memory it takes on top", "this system does not tell"),
    }
    Ok(())
}
