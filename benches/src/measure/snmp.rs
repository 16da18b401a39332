//! A network of 220 simulated switches as observations, beside Net-SNMP's own tool reading the same, sixteen
//! devices at once. Once each: the simulator takes minutes.

use super::collected::collected;
use crate::Outcome;
use crate::cpu;
use crate::table::{Budget, Table, Unit};
use cadastre_collect::Memory;
use cadastre_collect_snmp::SnmpFactory;
use cadastre_tests::snmpsim::Switches;
use serde_json::json;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Ours over the tool's, at most.
const RATIO: f64 = 1.3;
/// Our processor time over the simulator's, at most.
const SHARE: f64 = 0.2;
const AT_ONCE: usize = 16;
/// They are at 127.91.0.1 and on.
const BLOCK: u8 = 91;
/// What the switches have of the trees that are read; they have nothing beside it.
const TREES: [&str; 4] =
    ["1.3.6.1.2.1", "1.3.6.1.6.3.10", "1.0.8802.1.1.2", "1.2.840.10006.300.43"];

/// Prints the table of it.
pub fn measure(is_quick: bool) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let number = if is_quick { 20 } else { 220 };
    let Some(switches) = Switches::start(BLOCK, number) else { return Ok(()) };
    let theirs = walk(&switches)?;
    let before = processor_time(&switches)?;
    let began = Instant::now();
    let seen = runtime.block_on(collect(&switches))?;
    let ours = began.elapsed();
    let after = processor_time(&switches)?;
    let own = after.0.saturating_sub(before.0);
    let simulators = after.1.saturating_sub(before.1);

    let [theirs, ours] = [theirs, ours].map(|took| took.as_secs_f64() * 1000.0);
    let mut table = Table::default();
    table.figure("snmpbulkwalk, 16 at once", theirs, Unit::Milliseconds, Budget::None);
    table.figure("all of it as observations", ours, Unit::Milliseconds, Budget::None);
    table.figure("ours over the tool's", ours / theirs, Unit::Times, Budget::AtMost(RATIO));
    let share = own.as_secs_f64() / simulators.as_secs_f64();
    let what = "our processor time over the simulator's";
    table.figure(what, share, Unit::Times, Budget::AtMost(SHARE));
    table.print(&format!("SNMP, {number} switches, {seen} observations"));
    Ok(())
}

/// Reads all switches with the tool; how long that takes.
fn walk(switches: &Switches) -> Outcome<Duration> {
    let (community, port, trees) = (Switches::COMMUNITY, switches.port, TREES.join(" "));
    let walk = format!(
        "for tree in {trees}; do snmpbulkwalk -v2c -c {community} -t 10 -Cr25 -On \"$0:{port}\" $tree; done >/dev/null"
    );
    let hosts: Vec<String> = (0..switches.number).map(|at| switches.host(at)).collect();
    let began = Instant::now();
    let done = Command::new("xargs")
        .args(["-P", &AT_ONCE.to_string(), "-n", "1", "sh", "-ec", &walk])
        .stdin(as_input(&hosts.join("\n"))?)
        .status()?;
    if !done.success() {
        return Err("snmpbulkwalk could not read a switch".into());
    }
    Ok(began.elapsed())
}

async fn collect(switches: &Switches) -> Outcome<u64> {
    let (first, last) = (switches.host(0), switches.host(switches.number - 1));
    let settings = json!({
        "targets": [format!("{first}-{last}")], "port": switches.port, "timeout": "10s", "retries": 1,
        "concurrency": AT_ONCE,
    });
    let secrets = [("communities", Switches::COMMUNITY)];
    Ok(collected(&SnmpFactory, &settings, &secrets, Memory::default()).await?.seen)
}

/// What this process and the simulator have used until now.
fn processor_time(switches: &Switches) -> Outcome<(Duration, Duration)> {
    let both = cpu::own().zip(cpu::used(switches.process()));
    both.ok_or_else(|| "this system does not tell processor time".into())
}

/// A text as the standard input of a command.
fn as_input(text: &str) -> Outcome<Stdio> {
    let mut file = tempfile::tempfile()?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    std::io::Seek::rewind(&mut file)?;
    Ok(Stdio::from(file))
}
