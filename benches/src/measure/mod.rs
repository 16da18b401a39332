//! What is measured, in the order it is: each part finds the register as the one before left it.

mod bare;
mod browser;
mod cloud;
mod collected;
mod directory;
mod export;
mod first_byte;
mod ingest;
mod lookup;
mod overview;
mod page;
mod past;
mod people;
mod shapes;
mod snmp;
mod vsphere;
mod wire;

pub use bare::bare;
pub use cloud::measure as cloud;
pub use directory::measure as directory;
pub use snmp::measure as snmp;
pub use vsphere::measure as vsphere;

use crate::Outcome;
use crate::args::{Args, Database};
use crate::estate::Estate;
use crate::memory;
use crate::register::Register;
use crate::table::{Budget, Table, Unit};
use cadastre_model::Timestamp;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

/// What every part needs.
pub struct Bench {
    /// Which database.
    pub database: Database,
    /// The register.
    pub register: Register,
    /// What its source shows.
    pub estate: Estate,
    /// Times each query shape is asked by one client.
    pub rounds: u64,
    /// The figures so far.
    pub table: Table,
    /// The most memory any part took, in bytes.
    pub peak: u64,
    /// A moment before anything was changed.
    pub before_changes: Timestamp,
    /// What the lookup mix took with one client while nothing else went on: p95, in milliseconds.
    pub idle_p95: f64,
    /// The built binary serving the register, once it does.
    pub served: Option<(wire::Server, first_byte::Site)>,
    /// How long it took to read the register into memory, in seconds.
    pub hold_seconds: f64,
}

impl Bench {
    /// The budget on this database: that of the embedded one, or twice as much time.
    pub fn at_least(&self, a_second: f64) -> Budget {
        Budget::AtLeast(a_second / self.slack())
    }

    /// As [`Bench::at_least`], for times.
    pub fn at_most(&self, milliseconds: f64) -> Budget {
        Budget::AtMost(milliseconds * self.slack())
    }

    /// What the first byte of a page may take.
    pub fn page_budget(&self) -> Budget {
        self.at_most(if self.is_large() { 60.0 } else { 30.0 })
    }

    /// Whether the budgets for a million assets count.
    pub fn is_large(&self) -> bool {
        self.estate.assets() >= 500_000
    }

    fn slack(&self) -> f64 {
        match self.database {
            Database::Sqlite => 1.0,
            Database::Postgres => 2.0,
        }
    }

    /// Notes the peak of the part that is done.
    pub fn part_done(&mut self, name: &str) {
        let peak = memory::forget_peak().unwrap_or_default();
        self.peak = self.peak.max(peak);
        eprintln!("  {}: {name} done, {} MB at most", self.database, peak / 1_000_000);
    }
}

/// Measures one database and prints its table.
pub fn database(args: &Args, database: Database) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure(args, database))
}

async fn measure(args: &Args, database: Database) -> Outcome<()> {
    let estate = Estate::new(args.assets());
    let Some(register) = Register::make(database, &estate, args.keep.as_deref()).await? else {
        println!("\n{database}: NOT RUN, the lab has no such server (run `make lab`)");
        return Ok(());
    };
    let before_changes = register.service.now();
    let mut bench = Bench {
        database,
        register,
        estate,
        rounds: args.rounds(),
        table: Table::default(),
        peak: 0,
        before_changes,
        idle_p95: 0.0,
        served: None,
        hold_seconds: 0.0,
    };
    if !bench.register.is_kept {
        ingest::cold(&mut bench).await?;
        bench.part_done("ingest");
        ingest::unchanged(&mut bench).await?;
        bench.part_done("unchanged re-sync");
    }
    hold(&mut bench).await?;
    bench.part_done("reading into memory");
    lookup::now(&mut bench).await?;
    bench.part_done("lookups");
    page::measure(&mut bench).await?;
    bench.part_done("asset pages");
    first_byte::measure(&mut bench).await?;
    browser::measure(&mut bench)?;
    bench.part_done("pages over the wire");
    overview::measure(&mut bench).await?;
    bench.part_done("overview");
    export::measure(&mut bench).await?;
    bench.part_done("export");
    if args.keep.is_some() {
        // What follows changes the register; it shall be found as it is now.
        bench.table.print(&format!("{database}, {} assets, in part", bench.estate.assets()));
        return Ok(());
    }
    past::measure(&mut bench).await?;
    bench.part_done("as of");
    people::measure(&mut bench).await?;
    bench.part_done("people during a run");
    resident(&mut bench);
    bench.table.print(&format!("{database}, {} assets", bench.estate.assets()));
    Ok(())
}

/// As a server does at its start.
async fn hold(bench: &mut Bench) -> Outcome<()> {
    let began = Instant::now();
    bench.register.service.hold_in_memory().await?;
    bench.hold_seconds = began.elapsed().as_secs_f64();
    let service = bench.register.service.clone();
    tokio::spawn(async move { service.keep_in_step(CancellationToken::new()).await });
    let what = "reading the register into memory, once a start";
    bench.table.figure(what, bench.hold_seconds * 1000.0, Unit::Milliseconds, Budget::None);
    Ok(())
}

fn resident(bench: &mut Bench) {
    let most = if bench.is_large() { 1e9 } else { 3e8 };
    let Some(resident) = memory::resident() else {
        bench.table.note("memory", "this system does not tell");
        return;
    };
    bench.table.figure(
        "resident memory after all of it",
        resident as f64,
        Unit::Bytes,
        Budget::AtMost(most),
    );
    bench.table.figure(
        "resident memory, the most at any moment",
        bench.peak as f64,
        Unit::Bytes,
        Budget::AtMost(most),
    );
}
