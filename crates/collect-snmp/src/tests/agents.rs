//! The lab's agents, snmpd and snmpsim, started by each test on ports of its own.

use crate::credentials::Credential;
use crate::oid::Oid;
use crate::session::{Manners, Session};
use crate::tables::system::UPTIME;
use std::net::{SocketAddr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::Instant;

/// The user and group `nobody`: snmpsim does not serve as root.
const NOBODY: u32 = 65_534;

/// Top of the repository.
pub(super) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf()
}

/// A variable of the lab: from the environment, else from `.lab/env`.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().or_else(|| {
        let file = std::fs::read_to_string(repository().join(".lab/env")).ok()?;
        let line = file.lines().find_map(|line| line.strip_prefix(&format!("export {name}=")))?;
        Some(line.replace('\\', ""))
    })
}

/// A variable of the lab, or a note that the test was not run.
pub(super) fn needed(name: &str, test: &str) -> Option<String> {
    let value = variable(name);
    if value.is_none() {
        super::not_run(test, &format!("{name} is not set; run `make lab`"));
    }
    value
}

/// A process that ends with the test.
pub(super) struct Agent {
    child: Child,
    folder: TempDir,
}

impl Agent {
    pub(super) fn new(child: Child, folder: TempDir) -> Agent {
        Agent { child, folder }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Ok(log) = std::fs::read_to_string(self.folder.path().join("log"))
        {
            eprintln!("{log}");
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder that `nobody` may read.
pub(super) fn open_folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    open(folder.path(), 0o755);
    folder
}

fn open(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// A port that is free on loopback.
pub(super) fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// An snmpd with these lines in its configuration.
pub(super) async fn snmpd(program: &str, port: u16, lines: &str, community: &str) -> Agent {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("snmpd.conf");
    std::fs::write(&file, format!("agentaddress udp:127.0.0.1:{port}\n{lines}\n")).unwrap();
    let child = Command::new(program)
        .args(["-f", "-C", "-c"])
        .arg(&file)
        .arg("-Lf")
        .arg(folder.path().join("log"))
        .env("SNMP_PERSISTENT_DIR", folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let agent = Agent::new(child, folder);
    await_answer(format!("127.0.0.1:{port}").parse().unwrap(), community).await;
    agent
}

/// A network of `snmp_network.py`, and a simulator that plays it at 127.`block`.0.1 and on.
pub(super) struct Network {
    _agent: Agent,
    pub truth: serde_json::Value,
    pub port: u16,
    pub block: u8,
}

impl Network {
    /// Starts one of so many switches; `closed` are those that answer to another community.
    pub(super) async fn start(
        test: &str,
        block: u8,
        switches: usize,
        closed: &str,
    ) -> Option<Network> {
        let simulator = needed("CADASTRE_LAB_SNMPSIM", test)?;
        let python = needed("CADASTRE_LAB_SNMP_PYTHON", test)?;
        let folder = open_folder();
        let made = Command::new(python)
            .arg(repository().join("tests/lab/snmp_network.py"))
            .arg(folder.path())
            .args(["--switches", &switches.to_string(), "--community", "inventory"])
            .args(["--closed", closed])
            .status()
            .unwrap();
        assert!(made.success());
        let truth = std::fs::read(folder.path().join("network.json")).unwrap();
        let truth = serde_json::from_slice(&truth).unwrap();
        let port = free_port();
        let endpoint = |number: usize| format!("127.{block}.0.{}:{port}", number + 1);
        let agent = simulate(&simulator, folder, switches, endpoint);
        let open = (0..switches).rev().find(|n| !closed.split(',').any(|it| it == n.to_string()));
        await_answer(endpoint(open.unwrap()).parse().unwrap(), "inventory").await;
        Some(Network { _agent: agent, truth, port, block })
    }

    /// The address of a switch.
    pub(super) fn host(&self, number: usize) -> String {
        format!("127.{}.0.{}", self.block, number + 1)
    }

    /// The socket of a switch.
    pub(super) fn socket(&self, number: usize) -> SocketAddr {
        format!("{}:{}", self.host(number), self.port).parse().unwrap()
    }
}

/// A simulator with an engine for each of the switches in a folder.
fn simulate(
    simulator: &str,
    folder: TempDir,
    switches: usize,
    endpoint: impl Fn(usize) -> String,
) -> Agent {
    let cache = folder.path().join("cache");
    std::fs::create_dir(&cache).unwrap();
    open(&cache, 0o777);
    let engine = |number: usize| {
        let data = folder.path().join(number.to_string());
        format!(
            "--v3-engine-id=auto --data-dir={} --agent-udpv4-endpoint={}\n",
            data.display(),
            endpoint(number)
        )
    };
    let engines: String = (0..switches).map(engine).collect();
    let file = folder.path().join("engines");
    std::fs::write(&file, engines).unwrap();
    let mut command = Command::new(simulator);
    command
        .arg(format!("--args-from-file={}", file.display()))
        .arg(format!("--cache-dir={}", cache.display()))
        .args(["--logging-method=stderr", "--log-level=error"])
        .current_dir(folder.path())
        .env("HOME", &cache)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(folder.path().join("log")).unwrap());
    if std::fs::metadata("/proc/self").unwrap().uid_is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    Agent::new(command.spawn().unwrap(), folder)
}

trait Root {
    fn uid_is_root(&self) -> bool;
}

impl Root for std::fs::Metadata {
    fn uid_is_root(&self) -> bool {
        std::os::unix::fs::MetadataExt::uid(self) == 0
    }
}

/// Waits until an agent answers, for half a minute at most.
pub(super) async fn await_answer(address: SocketAddr, community: &str) {
    let until = Instant::now() + Duration::from_secs(60);
    let credential = Credential::well_known(community);
    while Instant::now() < until {
        let manners = Manners { timeout: Duration::from_millis(500), retries: 0, deadline: until };
        let mut session = Session::new(address, credential.clone(), manners);
        if session.get(&[Oid::new(UPTIME)]).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{address} did not answer");
}

/// What `snmpbulkwalk` lists below an identifier, line by line.
pub(super) fn bulkwalk(
    program: &str,
    address: &str,
    oid: &str,
    credentials: &[&str],
) -> Vec<String> {
    let output = Command::new(program)
        .args(credentials)
        .args(["-On", "-Oq", "-t", "5", address, oid])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let is_row = |line: &&str| line.starts_with('.') && !line.contains("No Such");
    text.lines().filter(is_row).map(str::to_owned).collect()
}
