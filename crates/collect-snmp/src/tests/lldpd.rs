//! LLDP as lldpd speaks it: two hosts that hear each other, read by SNMP, name each other's ports.

use super::agents::{Agent, await_answer, bulkwalk, needed};
use super::support::{built, collected, text};
use cadastre_collect::Mode;
use cadastre_model::{Attr, Claim, Observation, RelationType, Scheme, Target};
use serde_json::json;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const CORE: &str = "127.83.0.1";
const EDGE: &str = "127.83.0.2";

/// What `lldpd.sh` joins: (port of core, port of edge).
const CABLES: [(&str, &str); 2] = [("eth1", "swp7"), ("eth2", "swp3")];

/// The port that somebody put words to: lldpd tells it by its name, and the others by their address.
const NAMED: &str = "eth2";

const REMOTE_CHASSIS: &str = ".1.0.8802.1.1.2.1.4.1.1.5";

/// How long a process may take to start, to hear its neighbour, or to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// What holds a network of namespaces: all of them end with the one process.
fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]);
    command
}

/// Whether this user on this machine may make what `lldpd.sh` makes.
fn may_make_networks() -> bool {
    let tried = unshare()
        .args(["sh", "-c", "ip link add type veth && ip link add type bridge"])
        .stdin(Stdio::null())
        .output();
    tried.is_ok_and(|output| output.status.success())
}

/// The two hosts.
struct Pair {
    _agent: Agent,
    port: u16,
}

impl Pair {
    fn start(lldpd: &str, snmpd: &str) -> Pair {
        let folder = TempDir::new().unwrap();
        let core = UdpSocket::bind((CORE, 0)).unwrap();
        let port = core.local_addr().unwrap().port();
        let edge = UdpSocket::bind((EDGE, port)).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/lldpd.sh");
        let child = unshare()
            .arg("sh")
            .arg(script)
            .arg("network")
            .arg(folder.path())
            .args([format!("{CORE}:{port}"), format!("{EDGE}:{port}")])
            .envs([("LLDPD", lldpd), ("SNMPD", snmpd)])
            .stdin(Stdio::piped())
            .stdout(OwnedFd::from(core))
            .stderr(OwnedFd::from(edge))
            .spawn()
            .unwrap();
        Pair { _agent: Agent::new(child, folder), port }
    }

    fn sockets(&self) -> [SocketAddr; 2] {
        [CORE, EDGE].map(|host| format!("{host}:{}", self.port).parse().unwrap())
    }

    /// Waits until each of the hosts has heard the other on both cables, as Net-SNMP's tool reads it.
    async fn await_neighbours(&self, walker: &str) {
        for socket in self.sockets() {
            await_answer(socket, "inventory").await;
            let read = || {
                let address = socket.to_string();
                bulkwalk(walker, &address, REMOTE_CHASSIS, &["-v2c", "-c", "inventory"]).len()
            };
            assert!(holds_soon(|| read() == CABLES.len()).await, "{socket} heard {}", read());
        }
    }
}

async fn holds_soon(holds: impl Fn() -> bool) -> bool {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        if Instant::now() > until {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    true
}

#[tokio::test]
async fn neighbours_that_lldpd_hears_name_each_others_ports() {
    const TEST: &str = "neighbours_that_lldpd_hears_name_each_others_ports";
    let Some(lldpd) = needed("CADASTRE_LAB_LLDPD", TEST) else { return };
    let Some(snmpd) = needed("CADASTRE_LAB_SNMPD", TEST) else { return };
    let Some(walker) = needed("CADASTRE_LAB_SNMPBULKWALK", TEST) else { return };
    if !may_make_networks() {
        return super::not_run(TEST, "it needs root, for namespaces with a cable and a bridge");
    }
    let pair = Pair::start(&lldpd, &snmpd);
    pair.await_neighbours(&walker).await;

    let settings = json!({"targets": [CORE, EDGE], "port": pair.port, "timeout": "5s"});
    let secrets = [("communities", "inventory")];
    let said = collected(built(&settings, &secrets, Mode::Live).as_ref()).await;
    said.assert_ok();
    for host in [CORE, EDGE] {
        said.assert_complete(host);
    }
    let (core, edge) = (said.device(CORE), said.device(EDGE));
    assert_eq!(core.native_id, "chassis/02:00:00:00:0c:01");
    assert_eq!(edge.native_id, "chassis/02:00:00:00:0e:07");
    let there = CABLES.map(|(own, far)| (own.to_owned(), far.to_owned()));
    let back = CABLES.map(|(far, own)| (own.to_owned(), far.to_owned()));
    assert_names(core, edge, &there);
    assert_names(edge, core, &back);

    // Who is gone has let go of its socket.
    let sockets = pair.sockets();
    drop(pair);
    for socket in sockets {
        assert!(holds_soon(|| UdpSocket::bind(socket).is_ok()).await, "{socket} is still held");
    }
}

/// The claims of a device are these cables, (own port, far port), to the other by the chassis it states and by
/// the address of the port.
fn assert_names(own: &Observation, far: &Observation, cables: &[(String, String)]) {
    let ports = |claim: &Claim| (claim.port.clone().unwrap(), claim.far_port.clone().unwrap());
    let by = |scheme: Scheme| {
        let is_by =
            |claim: &&Claim| matches!(&claim.target, Target::Identifier(it) if it.scheme == scheme);
        let mut claimed: Vec<_> = own.claims.iter().filter(is_by).map(ports).collect();
        claimed.sort();
        claimed
    };
    let mut cables = cables.to_vec();
    cables.sort();
    assert_eq!(by(Scheme::LldpChassis), cables, "{:?}", own.claims);
    cables.retain(|(_, far_port)| far_port != NAMED);
    assert_eq!(by(Scheme::Mac), cables, "{:?}", own.claims);
    for claim in &own.claims {
        let Target::Identifier(target) = &claim.target else { panic!("{claim:?}") };
        let is_chassis = format!("chassis/{}", target.value) == far.native_id;
        assert!(is_chassis || target.scheme == Scheme::Mac, "{target:?}");
        assert!(far.identifiers.contains(target), "{target:?} is none of {:?}", far.identifiers);
        assert_eq!(claim.far_name, Some(text(far, Attr::Name)));
        assert_eq!(claim.by.as_deref(), Some("lldp"));
        assert_eq!(claim.relation, RelationType::ConnectedTo);
    }
}
