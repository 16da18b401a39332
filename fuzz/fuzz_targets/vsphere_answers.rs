//! Any octets are read as an answer of a vCenter, or refused. `cadastre-collect-vsphere`'s tests replay
//! the corpus through the same function.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| cadastre_collect_vsphere::testing::answers_hold(bytes));
