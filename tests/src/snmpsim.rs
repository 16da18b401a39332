//! Simulated switches of one test or benchmark: a network that agrees with itself
//! (`tests/lab/snmp_network.py`), each switch at an address of its own.

use crate::lab;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The user and group `nobody`: the simulator does not serve as root.
const NOBODY: u32 = 65_534;
/// How long the simulator may take to read its files.
const PATIENCE: Duration = Duration::from_secs(300);

/// Switches that answer at 127.`block`.0.1 and on.
#[derive(Debug)]
pub struct Switches {
    simulator: Child,
    /// Where each of them listens.
    pub port: u16,
    /// How many there are.
    pub number: usize,
    /// What the network consists of, as `snmp_network.py` says.
    pub truth: serde_json::Value,
    block: u8,
    folder: TempDir,
}

impl Drop for Switches {
    fn drop(&mut self) {
        let _ = self.simulator.kill();
        let _ = self.simulator.wait();
        if std::thread::panicking() {
            let log = fs::read_to_string(self.folder.path().join("log"));
            eprintln!("--- snmpsim said\n{}", log.unwrap_or_default());
        }
    }
}

impl Switches {
    /// What all of them answer to that are not closed.
    pub const COMMUNITY: &'static str = "inventory";

    /// Starts so many. `None`, and a note of NOT RUN, if the lab has no simulator.
    pub fn start(block: u8, number: usize) -> Option<Self> {
        Self::start_with_closed(block, number, &[])
    }

    /// The same, some of which answer to another community.
    pub fn start_with_closed(block: u8, number: usize, closed: &[usize]) -> Option<Self> {
        let program = lab::variable_or_not_run("CADASTRE_LAB_SNMPSIM", "snmpsim")?;
        let python = lab::variable_or_not_run("CADASTRE_LAB_SNMP_PYTHON", "snmpsim")?;
        let folder = TempDir::new().expect("a temporary folder can be made");
        open(folder.path(), 0o755);
        let names: Vec<String> = closed.iter().map(usize::to_string).collect();
        let made = Command::new(python)
            .arg(lab::repository().join("tests/lab/snmp_network.py"))
            .arg(folder.path())
            .args(["--switches", &number.to_string(), "--community", Self::COMMUNITY])
            .args(["--closed", &names.join(",")])
            .status();
        assert!(made.is_ok_and(|status| status.success()), "the network could not be made");
        let truth = fs::read(folder.path().join("network.json")).expect("it was written");
        let truth = serde_json::from_slice(&truth).expect("in JSON");
        let free = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
        let port = free.expect("a loopback port is free").port();
        let addresses = (0..number).map(|at| SocketAddr::new(host(block, at), port));
        let simulator = simulate(&program, folder.path(), addresses);
        let switches = Self { simulator, port, number, truth, block, folder };
        let open = (0..number).rev().find(|at| !closed.contains(at));
        switches.await_one(open.expect("one that is not closed"));
        Some(switches)
    }

    /// The address of one of them.
    pub fn host(&self, at: usize) -> String {
        host(self.block, at).to_string()
    }

    /// Where one of them listens.
    pub fn socket(&self, at: usize) -> SocketAddr {
        SocketAddr::new(host(self.block, at), self.port)
    }

    /// The id of the simulator's process.
    pub fn process(&self) -> u32 {
        self.simulator.id()
    }

    /// Waits until one answers.
    fn await_one(&self, at: usize) {
        let until = Instant::now() + PATIENCE;
        let address = self.socket(at).to_string();
        loop {
            let asked = Command::new("snmpget")
                .args(["-v2c", "-c", Self::COMMUNITY, "-t", "1", "-r", "0"])
                .args([&address, "1.3.6.1.2.1.1.5.0"])
                .output();
            if asked.is_ok_and(|asked| asked.status.success()) {
                return;
            }
            assert!(Instant::now() < until, "the simulator does not answer");
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

fn host(block: u8, at: usize) -> IpAddr {
    let last = u8::try_from(at + 1).expect("no more switches than addresses");
    Ipv4Addr::new(127, block, 0, last).into()
}

/// A simulator with an engine for each address, in the order of the network's switches.
fn simulate(program: &str, folder: &Path, addresses: impl Iterator<Item = SocketAddr>) -> Child {
    let engine = |(at, address): (usize, SocketAddr)| {
        let data = folder.join(at.to_string());
        format!(
            "--v3-engine-id=auto --data-dir={} --agent-udpv4-endpoint={address}\n",
            data.display()
        )
    };
    let engines: String = addresses.enumerate().map(engine).collect();
    let (file, cache) = (folder.join("engines"), folder.join("cache"));
    fs::write(&file, engines).expect("a file can be written");
    fs::create_dir(&cache).expect("a folder can be made");
    open(&cache, 0o777);
    let mut command = Command::new(program);
    command
        .arg(format!("--args-from-file={}", file.display()))
        .arg(format!("--cache-dir={}", cache.display()))
        .args(["--logging-method=stderr", "--log-level=error"])
        .current_dir(folder)
        .env("HOME", &cache)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(folder.join("log")).expect("a file can be made"));
    if fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
        command.uid(NOBODY).gid(NOBODY);
    }
    command.spawn().unwrap_or_else(|error| panic!("cannot run {program}: {error}; run `make lab`"))
}

fn open(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a folder of ours");
}
