//! Any octets are an LDAP message that the client library can read, or are refused before it sees
//! them. `cadastre-collect-directory`'s tests replay the corpus through the same function.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| cadastre_collect_directory::testing::guard_holds(bytes));
