//! Two thousand instances with four thousand volumes of a simulated cloud: what reading them costs this
//! process, and how often it asks.

use super::collected::collected;
use crate::Outcome;
use crate::cpu;
use crate::table::{Budget, Table, Unit};
use cadastre_collect::Memory;
use cadastre_collect_aws::AwsFactory;
use cadastre_tests::fault_proxy::FaultProxy;
use cadastre_tests::moto::{Estate, Moto};
use serde_json::{Value, json};
use std::time::Instant;

const REGION: &str = "eu-west-1";
/// Own processor time over the time it takes, at most.
const SHARE: f64 = 0.1;
/// What an answer holds, at most.
const PAGE: u64 = 1_000;

/// Prints the table of it.
pub fn measure(is_quick: bool) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let Some(moto) = Moto::start() else {
        println!("\ncloud: NOT RUN, the lab has no moto (run `make lab`)");
        return Ok(());
    };
    let instances: u64 = if is_quick { 200 } else { 2_000 };
    // Each instance has a volume, every tenth one more.
    let idle = instances * 2 - instances - instances / 10;
    let estate = moto.seed(&json!({ "regions": {
        REGION: { "instances": instances, "idle_volumes": idle },
    }}));
    runtime.block_on(read(&moto, &estate, instances))
}

async fn read(moto: &Moto, estate: &Estate, instances: u64) -> Outcome<()> {
    let (began, used) = (Instant::now(), cpu::own());
    let seen = collect(&moto.endpoint(), estate).await?;
    let took = began.elapsed();
    let used = cpu::own().zip(used).map(|(after, before)| after.saturating_sub(before));

    let mut table = Table::default();
    let milliseconds = took.as_secs_f64() * 1000.0;
    table.figure("all of it as observations", milliseconds, Unit::Milliseconds, Budget::None);
    match used {
        Some(used) => {
            let share = used.as_secs_f64() / took.as_secs_f64();
            let what = "own processor time over that";
            table.figure(what, share, Unit::Times, Budget::AtMost(SHARE));
        }
        None => table.note("own processor time", "this system does not tell"),
    }
    let proxy = FaultProxy::start(moto.address());
    collect(&proxy.endpoint(), estate).await?;
    let calls = proxy.calls();
    for (action, things) in [("DescribeInstances", instances), ("DescribeVolumes", instances * 2)] {
        let asked = calls.iter().filter(|call| call.action == action).count() as u64;
        let pages = things.div_ceil(PAGE);
        let what = format!("{action} for {things}");
        // moto gives some lists whole.
        table.rule(what, asked.to_string(), &format!("≤ {pages} pages"), asked <= pages);
    }
    let mut earlier = calls.iter().enumerate();
    let is_once = earlier.all(|(at, call)| !calls.iter().take(at).any(|one| one == call));
    table.rule("calls in all", calls.len().to_string(), "none twice", is_once);
    table.print(&format!("cloud, {instances} instances, {seen} observations"));
    Ok(())
}

async fn collect(endpoint: &str, estate: &Estate) -> Outcome<u64> {
    let settings: Value = json!({
        "endpoint": endpoint, "regions": [REGION], "access_key_id": estate.reader.id, "page_size": PAGE,
    });
    let secrets = [("secret_access_key", estate.reader.secret.as_str())];
    Ok(collected(&AwsFactory, &settings, &secrets, Memory::default()).await?.seen)
}
