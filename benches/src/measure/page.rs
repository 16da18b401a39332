//! The asset page: the service's part of it, one asset whole with its newest changes.

use super::Bench;
use crate::Outcome;
use crate::dice::Dice;
use crate::samples::Samples;
use crate::table::{Budget, Unit};
use cadastre_model::{Actor, AssetId};
use cadastre_service::Service;
use cadastre_service::store::Sort;
use std::time::Instant;

/// Clients side by side.
const CLIENTS: u64 = 8;
/// Changes a page shows.
const CHANGES: u32 = 20;

/// Assets at random by eight clients; then the asset with the most neighbours.
pub async fn measure(bench: &mut Bench) -> Outcome<()> {
    let assets = bench.estate.assets();
    let rounds = bench.rounds;
    let clients: Vec<_> = (1..=CLIENTS)
        .map(|number| {
            let (service, actor) = (bench.register.service.clone(), bench.register.actor.clone());
            tokio::spawn(async move {
                let mut dice = Dice::of(200, number);
                let mut times = Samples::default();
                for _ in 0..rounds {
                    let id = i64::try_from(1 + dice.below(assets))?;
                    fetch(&service, &actor, AssetId(id), &mut times).await?;
                }
                Outcome::Ok(times)
            })
        })
        .collect();
    let mut times = Samples::default();
    for client in clients {
        times.extend(&client.await??);
    }
    let budget = bench.page_budget();
    bench.table.figure(
        format!("asset page, service part, {CLIENTS} clients, p95"),
        times.p95(),
        Unit::Milliseconds,
        budget,
    );
    hub(bench).await
}

async fn fetch(
    service: &Service,
    actor: &Actor,
    id: AssetId,
    times: &mut Samples,
) -> Outcome<usize> {
    let began = Instant::now();
    let page = service.asset_fetch(actor, id, None).await?;
    service.asset_changes(actor, id, None, None, CHANGES).await?;
    times.push(began.elapsed());
    Ok(page.relations.len())
}

/// An image that thousands of instances were made from.
async fn hub(bench: &mut Bench) -> Outcome<()> {
    let (service, actor) = (&bench.register.service, &bench.register.actor);
    let query = service.query("kind:image region:eu-west-1")?;
    let page = service.asset_list(actor, &query, None, Sort::default(), None, 1).await?;
    let image = page.rows.first().ok_or("the estate has no image")?;
    let mut times = Samples::default();
    let mut relations = 0;
    for _ in 0..5 {
        relations = fetch(service, actor, image.id, &mut times).await?;
    }
    bench.table.figure(
        format!("  of a thing with {relations} relations, one client, p95"),
        times.p95(),
        Unit::Milliseconds,
        Budget::None,
    );
    Ok(())
}
