//! Replays the corpus of the fuzz target, so that what it once found is tested without it.

use crate::testing::query_holds;
use std::path::Path;

#[test]
#[expect(clippy::disallowed_methods, reason = "the corpus is a folder of files")]
fn the_corpus_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/query");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        if let Ok(text) = std::str::from_utf8(&bytes) {
            query_holds(text);
            count += 1;
        }
    }
    assert!(count >= 20, "only {count} texts in the corpus");
}
