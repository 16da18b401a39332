//! What must hold of any octets, for fuzzing: the fuzz target and this crate's tests call it. And what is asked
//! for, for the benchmark to ask the same.

use crate::api::readings;
use crate::text::{clean, value};

/// The properties that are asked for of machines.
#[must_use]
pub fn machine_paths() -> &'static [&'static str] {
    crate::enumerate::machine_paths()
}

/// Reads octets as an answer of either language: as pages, as faults, each property as every form.
///
/// # Panics
/// If a text that is handed on holds what it must not.
pub fn answers_hold(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for said in readings(&text) {
        assert_eq!(value(&said), said, "cleaned twice");
        let held = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        assert!(!said.contains(held), "{said:?}");
        assert!(clean(&said).chars().count() <= 320);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[test]
    fn the_corpus_holds() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/vsphere_answers");
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            super::answers_hold(&std::fs::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count >= 6, "{count}");
    }
}
