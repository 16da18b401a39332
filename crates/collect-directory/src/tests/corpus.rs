//! The corpora of the fuzz targets, through the same functions; and octets of no meaning.

use crate::testing::{decoders_hold, guard_holds};
use std::path::{Path, PathBuf};

fn files(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() > 5, "{target} has {} files", files.len());
    files
}

#[test]
fn the_corpora_hold() {
    for file in files("directory_values") {
        decoders_hold(&std::fs::read(file).unwrap());
    }
    for file in files("directory_messages") {
        guard_holds(&std::fs::read(file).unwrap());
    }
}

/// Every file of the messages, with each octet changed in turn.
#[test]
fn a_changed_octet_is_survived() {
    for file in files("directory_messages") {
        let whole = std::fs::read(file).unwrap();
        for at in 0..whole.len().min(400) {
            for octet in [0x00, 0x03, 0x0a, 0x30, 0x7f, 0x81, 0xa3, 0xff] {
                let mut odd = whole.clone();
                odd[at] = octet;
                guard_holds(&odd);
                decoders_hold(&odd);
            }
        }
    }
}
