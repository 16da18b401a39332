//! The lab's agent snmpd, started by each test on a port of its own, and Net-SNMP's tools.

use crate::credentials::Credential;
use crate::oid::Oid;
use crate::session::{Manners, Session};
use crate::tables::system::UPTIME;
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::Instant;

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
