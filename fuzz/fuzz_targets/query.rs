//! Any text is read as a query or refused with reasons, and what was read is written so that it
//! reads the same. `cadastre-model`'s tests replay the corpus through the same function.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| cadastre_model::testing::query_holds(text));
