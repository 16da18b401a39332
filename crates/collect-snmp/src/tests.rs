//! Tests of more than one file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod agents;
mod fake;
mod faults;
mod hostile;
mod lldpd;
mod network;
mod proxy;
mod silence;
mod snmpd;
mod support;
mod walks;

use std::io::Write;

/// Notes that a test could not run here, and why.
fn not_run(test: &str, why: &str) {
    let line = format!("cadastre-collect-snmp {test}: {why}\n");
    eprint!("NOT RUN {line}");
    if let Some(list) = std::env::var_os("CADASTRE_NOT_RUN") {
        let mut list = std::fs::OpenOptions::new().append(true).create(true).open(list).unwrap();
        list.write_all(line.as_bytes()).unwrap();
    }
}

#[test]
fn the_corpora_of_the_fuzz_targets_hold() {
    for (folder, holds) in [
        ("snmp_walk", crate::testing::walk_text_holds as fn(&[u8])),
        ("snmp_variables", crate::testing::variables_hold),
    ] {
        let folder = agents::repository().join("fuzz/corpus").join(folder);
        let mut count = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            holds(&std::fs::read(file.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 0);
    }
}
