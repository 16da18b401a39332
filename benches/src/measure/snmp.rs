//! A network of 220 simulated switches as observations, beside Net-SNMP's own tool reading the same, sixteen
//! devices at once, by turns in one run.

use super::collected::{collected, middle};
use crate::Outcome;
use crate::cpu;
use crate::table::{Budget, Table, Unit};
use cadastre_collect::Memory;
use cadastre_collect_snmp::SnmpFactory;
use cadastre_tests::lab;
use serde_json::json;
use std::fs;
use std::net::UdpSocket;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Ours over the tool's, at most.
const RATIO: f64 = 1.3;
/// Our processor time over the simulator's, at most.
const SHARE: f64 = 0.2;
const ROUNDS: usize = 2;
const AT_ONCE: usize = 16;
const COMMUNITY: &str = "inventory";
/// The user and group `nobody`: the simulator does not serve as root.
const NOBODY: u32 = 65_534;
/// What the switches have of the trees that are read; they have nothing beside it.
const TREES: [&str; 4] =
    ["1.3.6.1.2.1", "1.3.6.1.6.3.10", "1.0.8802.1.1.2", "1.2.840.10006.300.43"];
/// How long the simulator may take to read its files.
const PATIENCE: Duration = Duration::from_secs(300);

/// What the lab has of it.
struct Lab {
    simulator: String,
    python: String,
    walker: String,
}

impl Lab {
    fn find() -> Option<Lab> {
        Some(Lab {
            simulator: lab::variable("CADASTRE_LAB_SNMPSIM")?,
            python: lab::variable("CADASTRE_LAB_SNMP_PYTHON")?,
            walker: lab::variable("CADASTRE_LAB_SNMPBULKWALK")?,
        })
    }
}

/// Switches that answer at 127.91.0.1 and on.
struct Network {
    simulator: Child,
    port: u16,
    switches: usize,
    _folder: TempDir,
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.simulator.kill();
        let _ = self.simulator.wait();
    }
}

/// Prints the table of it.
pub fn measure(is_quick: bool) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let Some(lab) = Lab::find() else {
        println!("\nSNMP: NOT RUN, the lab has no agents (run `make lab`)");
        return Ok(());
    };
    let network = Network::start(&lab, if is_quick { 20 } else { 220 })?;
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    let (mut own, mut simulators) = (Duration::ZERO, Duration::ZERO);
    let mut seen = 0;
    for _ in 0..ROUNDS {
        theirs.push(network.walk(&lab)?);
        let before = network.processor_time()?;
        let began = Instant::now();
        seen = runtime.block_on(network.collect())?;
        ours.push(began.elapsed());
        let after = network.processor_time()?;
        own += after.0.saturating_sub(before.0);
        simulators += after.1.saturating_sub(before.1);
    }
    let (theirs, ours) = (middle(theirs), middle(ours));
    let mut table = Table::default();
    table.figure("snmpbulkwalk, 16 at once", theirs, Unit::Milliseconds, Budget::None);
    table.figure("all of it as observations", ours, Unit::Milliseconds, Budget::None);
    table.figure("ours over the tool's", ours / theirs, Unit::Times, Budget::AtMost(RATIO));
    let share = own.as_secs_f64() / simulators.as_secs_f64();
    let what = "our processor time over the simulator's";
    table.figure(what, share, Unit::Times, Budget::AtMost(SHARE));
    table.print(&format!("SNMP, {} switches, {seen} observations", network.switches));
    Ok(())
}

impl Network {
    fn start(lab: &Lab, switches: usize) -> Outcome<Network> {
        let folder = TempDir::new()?;
        open(folder.path(), 0o755)?;
        let made = Command::new(&lab.python)
            .arg(lab::repository().join("tests/lab/snmp_network.py"))
            .arg(folder.path())
            .args(["--switches", &switches.to_string(), "--community", COMMUNITY])
            .status()?;
        if !made.success() {
            return Err("the network could not be made".into());
        }
        let port = UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port();
        let engine = |number: usize| {
            let data = folder.path().join(number.to_string());
            let address = host(number);
            format!(
                "--v3-engine-id=auto --data-dir={} --agent-udpv4-endpoint={address}:{port}\n",
                data.display()
            )
        };
        let engines: String = (0..switches).map(engine).collect();
        let (file, cache) = (folder.path().join("engines"), folder.path().join("cache"));
        fs::write(&file, engines)?;
        fs::create_dir(&cache)?;
        open(&cache, 0o777)?;
        let mut command = Command::new(&lab.simulator);
        command
            .arg(format!("--args-from-file={}", file.display()))
            .arg(format!("--cache-dir={}", cache.display()))
            .arg("--logging-method=null")
            .current_dir(folder.path())
            .env("HOME", &cache)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if is_root()? {
            command.uid(NOBODY).gid(NOBODY);
        }
        let simulator = command.spawn()?;
        let network = Network { simulator, port, switches, _folder: folder };
        network.await_last(lab)?;
        Ok(network)
    }

    /// Waits until the last switch answers.
    fn await_last(&self, lab: &Lab) -> Outcome<()> {
        let until = Instant::now() + PATIENCE;
        let last = format!("{}:{}", host(self.switches - 1), self.port);
        while Instant::now() < until {
            let asked = Command::new(&lab.walker)
                .args(["-v2c", "-c", COMMUNITY, "-t", "1", "-r", "0", &last, "1.3.6.1.2.1.1.5"])
                .output()?;
            if asked.status.success() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        Err("the simulator does not answer".into())
    }

    /// Reads all switches with the tool; how long that takes.
    fn walk(&self, lab: &Lab) -> Outcome<Duration> {
        let trees = TREES.join(" ");
        let walk = format!(
            "for tree in {trees}; do '{}' -v2c -c {COMMUNITY} -t 10 -Cr25 -On \"$0:{}\" $tree; done >/dev/null",
            lab.walker, self.port
        );
        let hosts: Vec<String> = (0..self.switches).map(host).collect();
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

    async fn collect(&self) -> Outcome<u64> {
        let settings = json!({
            "targets": [format!("{}-{}", host(0), host(self.switches - 1))], "port": self.port,
            "timeout": "10s", "retries": 1, "concurrency": AT_ONCE,
        });
        let secrets = [("communities", COMMUNITY)];
        Ok(collected(&SnmpFactory, &settings, &secrets, Memory::default()).await?.seen)
    }

    /// What this process and the simulator have used until now.
    fn processor_time(&self) -> Outcome<(Duration, Duration)> {
        let both = cpu::own().zip(cpu::used(self.simulator.id()));
        both.ok_or_else(|| "this system does not tell processor time".into())
    }
}

fn host(number: usize) -> String {
    format!("127.91.0.{}", number + 1)
}

fn open(path: &Path, mode: u32) -> Outcome<()> {
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}

fn is_root() -> Outcome<bool> {
    Ok(std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self")?) == 0)
}

/// A text as the standard input of a command.
fn as_input(text: &str) -> Outcome<Stdio> {
    let mut file = tempfile::tempfile()?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    std::io::Seek::rewind(&mut file)?;
    Ok(Stdio::from(file))
}
