//! The overview: the service's part of it, all that it loads.

use super::Bench;
use crate::Outcome;
use crate::samples::Samples;
use crate::table::Unit;
use cadastre_model::Actor;
use cadastre_model::query::Query;
use cadastre_service::Service;
use std::time::Instant;

/// Clients side by side.
const CLIENTS: u64 = 8;

/// The page again and again, by eight clients.
pub async fn measure(bench: &mut Bench) -> Outcome<()> {
    let rounds = bench.rounds;
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (service, actor) = (bench.register.service.clone(), bench.register.actor.clone());
            tokio::spawn(async move {
                let mut times = Samples::default();
                for _ in 0..rounds {
                    let began = Instant::now();
                    load(&service, &actor).await?;
                    times.push(began.elapsed());
                }
                Outcome::Ok(times)
            })
        })
        .collect();
    let mut times = Samples::default();
    for client in clients {
        times.extend(&client.await??);
    }
    let budget = bench.at_most(if bench.is_large() { 60.0 } else { 30.0 });
    bench.table.figure(
        format!("overview, service part, {CLIENTS} clients, p95"),
        times.p95(),
        Unit::Milliseconds,
        budget,
    );
    Ok(())
}

async fn load(service: &Service, actor: &Actor) -> Outcome<()> {
    service.asset_facets(actor, &Query::All, None, 64).await?;
    service.source_list(actor).await?;
    service.conflict_list(actor, false, 0, 100).await?;
    service.changes_newest(actor, 20).await?;
    service.days_of_runs(actor, 30).await?;
    Ok(())
}
