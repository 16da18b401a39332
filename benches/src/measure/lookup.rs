//! Lookups: each as a page does it, the first fifty rows and the count with its ceiling.

use super::Bench;
use super::shapes::{SHAPES, Shape};
use crate::Outcome;
use crate::dice::Dice;
use crate::estate::Estate;
use crate::samples::Samples;
use crate::table::{Budget, Unit};
use cadastre_model::{Actor, Timestamp};
use cadastre_service::Service;
use cadastre_service::store::Sort;
use std::time::{Duration, Instant};

/// Rows of a page.
const PAGE: u32 = 50;
/// Clients side by side.
const CLIENTS: u64 = 8;

/// Someone who looks things up.
#[derive(Clone)]
pub struct Client {
    service: Service,
    actor: Actor,
    estate: Estate,
    as_of: Option<Timestamp>,
    dice: Dice,
}

/// One lookup.
pub struct Asked {
    /// How long it took.
    pub took: Duration,
    text: String,
    rows: u64,
    hits: u64,
}

impl Asked {
    /// Page and count must agree; while a run goes on they may not.
    fn check(&self) -> Outcome<()> {
        if self.rows == self.hits.min(u64::from(PAGE)) {
            return Ok(());
        }
        Err(format!("{}: {} rows on the page, {} counted", self.text, self.rows, self.hits).into())
    }
}

/// What lookups of one shape took and found.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// Times.
    pub times: Samples,
    /// Hits counted, all together.
    pub hits: u64,
}

impl Client {
    /// A client; another number asks other questions.
    pub fn new(bench: &Bench, number: u64, as_of: Option<Timestamp>) -> Client {
        Client {
            service: bench.register.service.clone(),
            actor: bench.register.actor.clone(),
            estate: bench.estate.clone(),
            as_of,
            dice: Dice::of(100, number),
        }
    }

    /// Asks one query of a shape.
    pub async fn ask(&mut self, shape: &Shape) -> Outcome<Asked> {
        let text = (shape.text)(&self.estate, &mut self.dice);
        let began = Instant::now();
        let query = self.service.query(&text)?;
        let page = self
            .service
            .asset_list(&self.actor, &query, self.as_of, Sort::default(), None, PAGE)
            .await?;
        let count = self.service.asset_count(&self.actor, &query, self.as_of, false).await?;
        let took = began.elapsed();
        Ok(Asked { text, took, rows: page.rows.len() as u64, hits: count.count })
    }

    /// Asks every shape so many times, one after the other.
    pub async fn mix(&mut self, rounds: u64) -> Outcome<Vec<Looked>> {
        let mut looked = vec![Looked::default(); SHAPES.len()];
        for _ in 0..rounds {
            for (shape, looked) in SHAPES.iter().zip(&mut looked) {
                let asked = self.ask(shape).await?;
                asked.check()?;
                looked.times.push(asked.took);
                looked.hits += asked.hits;
            }
        }
        Ok(looked)
    }
}

/// All shapes together.
pub fn whole(looked: &[Looked]) -> Samples {
    let mut all = Samples::default();
    for one in looked {
        all.extend(&one.times);
    }
    all
}

/// The register as it stands: one client, then eight; then facets.
pub async fn now(bench: &mut Bench) -> Outcome<()> {
    let alone = Client::new(bench, 0, None).mix(bench.rounds).await?;
    let one = whole(&alone);
    let together = eight(bench).await?;
    let (budget_one, budget_eight) = if bench.is_large() { (25.0, 60.0) } else { (10.0, 10.0) };
    bench.idle_p95 = one.p95();
    bench.table.figure(
        format!("lookup mix, 1 client, p95 of {}", one.len()),
        one.p95(),
        Unit::Milliseconds,
        bench.at_most(budget_one),
    );
    bench.table.figure(
        format!("lookup mix, {CLIENTS} clients, p95 of {}", whole(&together).len()),
        whole(&together).p95(),
        Unit::Milliseconds,
        bench.at_most(budget_eight),
    );
    for ((shape, alone), together) in SHAPES.iter().zip(&alone).zip(&together) {
        let line = format!(
            "{:.1} / {:.1} · {:.1} / {:.1} ms",
            alone.times.percentile(50),
            alone.times.p95(),
            together.times.percentile(50),
            together.times.p95(),
        );
        let hits = alone.hits as f64 / alone.times.len() as f64;
        bench.table.note(format!("  {}, {hits:.0} hits", shape.name), line);
    }
    bench.table.note("  (each: p50 / p95 of 1 client · of 8 clients)", "");
    facets(bench, "facets of everything, p95", "", None, Budget::None).await?;
    facets(bench, "facets of env:prod, p95", "env:prod", None, Budget::None).await
}

async fn eight(bench: &Bench) -> Outcome<Vec<Looked>> {
    let rounds = (bench.rounds / 4).max(5);
    let clients: Vec<_> = (1..=CLIENTS)
        .map(|number| {
            let mut client = Client::new(bench, number, None);
            tokio::spawn(async move { client.mix(rounds).await })
        })
        .collect();
    let mut looked = vec![Looked::default(); SHAPES.len()];
    for client in clients {
        for (looked, more) in looked.iter_mut().zip(client.await??) {
            looked.times.extend(&more.times);
            looked.hits += more.hits;
        }
    }
    Ok(looked)
}

/// Adds what the facets of a query take.
pub async fn facets(
    bench: &mut Bench,
    name: &str,
    text: &str,
    as_of: Option<Timestamp>,
    budget: Budget,
) -> Outcome<()> {
    let service = &bench.register.service;
    let query = service.query(text)?;
    let mut times = Samples::default();
    for _ in 0..(bench.rounds / 20).max(3) {
        let began = Instant::now();
        let facets = service.asset_facets(&bench.register.actor, &query, as_of, 10).await?;
        times.push(began.elapsed());
        if facets.is_empty() {
            return Err(format!("no facets of `{text}`").into());
        }
    }
    bench.table.figure(name, times.p95(), Unit::Milliseconds, budget);
    Ok(())
}
