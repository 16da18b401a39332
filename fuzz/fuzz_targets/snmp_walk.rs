//! Any text that is taken for a walk of a device makes an observation that holds. The tests of
//! `cadastre-collect-snmp` replay the corpus through the same function.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| cadastre_collect_snmp::testing::walk_text_holds(text));
