//! Walks of real devices, and what another project makes of them.
//!
//! The walks are not part of the repository: the folder that `CADASTRE_TEST_WALKS` names holds them, with
//! `expect/NAME.json` beside. They are partly stitched together from several devices and partly made
//! anonymous; what is not comparable for that reason is left out of the count, and every other difference
//! stands in [`DIFFERENCES`] with who is right and why.

use crate::device::{Device, Reading, observe};
use crate::walk_text::parse;
use cadastre_model::{Attr, Fact, Observation, Value};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Why the far port of a neighbour may differ.
const NAMED_BY_WORDS: &str = "both: theirs is the port's id, an Ethernet address; ours is the description, \
                              which is the name that the neighbour itself lists the port by";

/// (walk, how the difference begins, who is right and why).
const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "arubaos-cx_8360",
        "hardware: theirs `8360 12p",
        "both: theirs is ENTITY-MIB's description of a whole series; ours, out of sysDescr, is the product \
         number and name of this one, which is what people order",
    ),
    (
        "ciscosb_sg350x-24p",
        "version: theirs `Software 2.5.9.13, Bootldr",
        "both: theirs adds boot loader and firmware; ours is the software alone",
    ),
    ("ciscosb_sg350x-24p", "neighbour by lldp: theirs `gi1/0/16 Aula ", NAMED_BY_WORDS),
    ("ciscosb_sg350x-24p", "neighbour by lldp: theirs `gi1/0/17 InforaumPC ", NAMED_BY_WORDS),
    (
        "procurve",
        "hardware: theirs `Stack`",
        "ours: `Stack` is what the commander calls itself in sysDescr and no model; ours is the chassis'",
    ),
    ("procurve", "neighbour by lldp: theirs `27 axis ", NAMED_BY_WORDS),
    ("procurve", "neighbour by lldp: theirs `41 axis ", NAMED_BY_WORDS),
    ("procurve", "neighbour by lldp: theirs `42 axis ", NAMED_BY_WORDS),
    ("procurve", "neighbour by lldp: theirs `44 Polycom ", NAMED_BY_WORDS),
    (
        "vrp_5720",
        "version: theirs `5.170 (V200R010C00SPC600) [unlocked]`",
        "ours: `unlocked` is an administrative state of the chassis and no part of the version",
    ),
    (
        "windows_svr_2019_1809",
        "hardware: theirs `Intel x64`",
        "ours, which states none: that is an architecture and no model",
    ),
];

const WALKS: [&str; 16] = [
    "arista_eos",
    "arubaos-cx_8360",
    "ciscosb_sg350x-24p",
    "comware",
    "dell-sonic",
    "dnos_s4048",
    "fortigate_60fospfv3",
    "ios_2960x",
    "junos_qfx5100",
    "nxos_n3k-3064pq",
    "procurve",
    "routeros_crs317",
    "vmware-esxi",
    "voss_7432cq",
    "vrp_5720",
    "windows_svr_2019_1809",
];

/// The maker by their word for the operating system.
const MAKERS: [(&str, &str); 16] = [
    ("arista_eos", "Arista"),
    ("arubaos-cx", "HPE Aruba"),
    ("ciscosb", "Cisco"),
    ("comware", "HPE"),
    ("dell-sonic", "Dell"),
    ("dnos", "Dell"),
    ("fortigate", "Fortinet"),
    ("ios", "Cisco"),
    ("junos", "Juniper"),
    ("nxos", "Cisco"),
    ("procurve", "HPE"),
    ("routeros", "MikroTik"),
    ("vmware-esxi", "HP"),
    ("voss", "Extreme"),
    ("vrp", "Huawei"),
    ("windows", ""),
];

fn folder() -> Option<PathBuf> {
    std::env::var_os("CADASTRE_TEST_WALKS").map(PathBuf::from)
}

struct Compared {
    walk: &'static str,
    equal: usize,
    different: Vec<String>,
}

impl Compared {
    fn take(&mut self, what: &str, theirs: &str, ours: &str, is_equal: bool) {
        if is_equal {
            self.equal += 1;
        } else {
            self.different.push(format!("{what}: theirs `{theirs}`, ours `{ours}`"));
        }
    }
}

fn is_private(text: &str) -> bool {
    text.contains("<private>")
}

/// Letters and digits only, lower case.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn fact(seen: &Observation, attr: Attr) -> String {
    match seen.facts.get(&attr) {
        Some(Fact::Value(Value::Text(text))) => text.clone(),
        _ => String::new(),
    }
}

fn compared(folder: &Path, walk: &'static str) -> Compared {
    let bytes = std::fs::read(folder.join(format!("{walk}.snmprec"))).unwrap();
    let expected = std::fs::read(folder.join(format!("expect/{walk}.json"))).unwrap();
    let expected: Json = serde_json::from_slice(&expected).unwrap();
    let all = parse(&bytes).0;
    let device = Device::decode(&all);
    let reading = Reading { address: "192.0.2.1".to_owned(), all, ..Reading::default() };
    let seen = observe(&reading, "device 192.0.2.1");
    let mut compared = Compared { walk, equal: 0, different: Vec::new() };
    compare_make(&expected["os"]["devices"][0], &seen, &mut compared);
    compare_ports(&expected["ports"], &device, &seen, &mut compared);
    compare_vlans(&expected["vlans"]["vlans"], &device, &mut compared);
    compare_neighbours(&expected["discovery-protocols"]["links"], &device, &seen, &mut compared);
    compared
}

fn compare_make(theirs: &Json, seen: &Observation, compared: &mut Compared) {
    let text = |key: &str| theirs[key].as_str().unwrap_or_default().to_owned();
    let os = text("os");
    let maker = MAKERS.iter().find(|(word, _)| *word == os).unwrap().1;
    let vendor = fact(seen, Attr::Vendor);
    compared.take("vendor", maker, &vendor, maker == vendor);
    for (key, attr) in
        [("hardware", Attr::Model), ("version", Attr::OsVersion), ("serial", Attr::SerialNumber)]
    {
        let (theirs, ours) = (text(key), fact(seen, attr));
        let with_os = format!("{} {ours}", fact(seen, Attr::Os));
        if theirs.is_empty() || is_private(&theirs) {
            continue;
        }
        // Of a model, words around it (the maker, "Switch", a revision) make no difference.
        // Of a version, the product may stand in the operating system's name ("Windows Server 2019").
        let is_equal = theirs == ours
            || (key == "version" && !ours.is_empty() && bare(&with_os).ends_with(&bare(&theirs)))
            || (key == "hardware" && !ours.is_empty() && bare(&theirs).contains(&bare(&ours)));
        compared.take(key, &theirs, &ours, is_equal);
    }
}

fn compare_ports(theirs: &Json, device: &Device, seen: &Observation, compared: &mut Compared) {
    for port in theirs.as_array().unwrap() {
        let index = u32::try_from(port["ifIndex"].as_u64().unwrap()).unwrap();
        let name = port["ifName"].as_str().unwrap_or_default();
        let ours = device.ports.get(&index).and_then(|port| port.name.clone());
        let ours = ours.unwrap_or_default();
        if is_private(name) {
            continue;
        }
        compared.take(&format!("port {index}"), name, &ours, name == ours);
        let vlan = port["ifVlan"].as_str().and_then(|vlan| vlan.parse::<i64>().ok());
        let Some(vlan) = vlan.filter(|vlan| *vlan != 0) else { continue };
        // They take the bridge port for an ifIndex; where the two differ, so do the ports meant.
        if device.vlans.ports.get(&index).is_some_and(|behind| *behind != index)
            || (device.vlans.untagged.contains_key(&index)
                && !device.vlans.ports.contains_key(&index))
        {
            continue;
        }
        let id = device.ids.get(&index);
        let interface = seen.interfaces.iter().find(|port| Some(&port.native_id) == id);
        let ours = interface.and_then(|port| port.vlan);
        let what = format!("VLAN of port {index} {name}");
        compared.take(&what, &vlan.to_string(), &format!("{ours:?}"), ours == Some(vlan));
    }
}

fn compare_vlans(theirs: &Json, device: &Device, compared: &mut Compared) {
    let names = device.vlan_names();
    let theirs: BTreeSet<i64> =
        theirs.as_array().into_iter().flatten().filter_map(|v| v["vlan_vlan"].as_i64()).collect();
    for vlan in &theirs {
        let is_there = names.contains_key(vlan);
        compared.take("VLAN", &vlan.to_string(), if is_there { "there" } else { "" }, is_there);
    }
    for vlan in names.keys().filter(|vlan| !theirs.contains(vlan)) {
        compared.take("VLAN", "", &vlan.to_string(), false);
    }
}

fn compare_neighbours(theirs: &Json, device: &Device, seen: &Observation, compared: &mut Compared) {
    let name_of = |id: &Option<String>| {
        let port = device.ids.iter().find(|(_, known)| Some(*known) == id.as_ref());
        port.and_then(|(index, _)| device.ports.get(index)?.name.clone())
    };
    for link in theirs.as_array().into_iter().flatten() {
        let text = |key: &str| link[key].as_str().unwrap_or_default().to_owned();
        let (port, far, far_port) = (text("ifName"), text("remote_hostname"), text("remote_port"));
        // Behind the far port's id stands, in brackets, the chassis'.
        let far_port = far_port.split(" (").next().unwrap_or_default().to_owned();
        let found = seen.claims.iter().any(|claim| {
            name_of(&claim.port).as_deref() == Some(port.as_str())
                && (is_private(&far) || claim.far_name.as_deref() == Some(far.as_str()))
                && claim.far_port.as_deref().map(bare) == Some(bare(&far_port))
        });
        let ours: Vec<String> = seen
            .claims
            .iter()
            .map(|c| format!("{:?} {:?} {:?}", c.port, c.far_name, c.far_port))
            .collect();
        let what = format!("neighbour by {}", text("protocol"));
        compared.take(&what, &format!("{port} {far} {far_port}"), &ours.join("; "), found);
    }
}

#[test]
fn real_walks_say_what_others_make_of_them() {
    let Some(folder) = folder() else {
        return super::not_run(
            "real_walks_say_what_others_make_of_them",
            "CADASTRE_TEST_WALKS names no folder with walks of real devices",
        );
    };
    let mut failures = Vec::new();
    for walk in WALKS {
        let compared = compared(&folder, walk);
        let all = compared.equal + compared.different.len();
        let share = compared.equal * 100 / all;
        println!("{walk}: {} of {all} equal, {share} %", compared.equal);
        for difference in &compared.different {
            let known = DIFFERENCES
                .iter()
                .find(|(of, begins, _)| *of == walk && difference.starts_with(begins));
            match known {
                Some((_, _, why)) => println!("  known: {difference}: {why}"),
                None => failures.push(format!("{walk}: {difference}")),
            }
        }
        if share < 95 {
            failures.push(format!("{walk}: only {share} % are equal"));
        }
        let unused =
            DIFFERENCES.iter().filter(|(of, _, _)| *of == walk).filter(|(_, begins, _)| {
                !compared.different.iter().any(|found| found.starts_with(begins))
            });
        failures.extend(unused.map(|(_, begins, _)| format!("{walk}: {begins} is no difference")));
        let _ = compared.walk;
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
