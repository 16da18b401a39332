//! Any octets are read as every form that a directory's attribute has, or as none of it.
//! `cadastre-collect-directory`'s tests replay the corpus through the same function.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| cadastre_collect_directory::testing::decoders_hold(bytes));
