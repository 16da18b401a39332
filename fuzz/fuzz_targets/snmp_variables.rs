//! Any variables in the tables that are read make an observation that holds. The tests of
//! `cadastre-collect-snmp` replay the corpus through the same function.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| cadastre_collect_snmp::testing::variables_hold(octets));
