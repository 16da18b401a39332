//! What `docs/QUERY.md` tells people is so.

use super::{canonical, read};
use crate::query::keys::fixed_names;
use crate::relation::RelationType;
use std::path::Path;

#[expect(clippy::disallowed_methods, reason = "the documentation is a file")]
fn documentation() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/QUERY.md");
    std::fs::read_to_string(file).unwrap()
}

/// The lines of the fenced blocks in this language.
fn fenced(text: &str, language: &str) -> Vec<String> {
    text.split("```")
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.strip_prefix(language))
        .flat_map(|block| block.lines().filter(|line| !line.is_empty()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_example_is_a_query() {
    let examples = fenced(&documentation(), "query\n");
    assert!(examples.len() > 25, "{examples:?}");
    for example in examples {
        read(&example);
    }
}

#[test]
fn every_key_and_relation_is_named() {
    let text = documentation();
    let relations = RelationType::ALL.iter().map(|relation| relation.word());
    for name in fixed_names().chain(relations) {
        assert!(text.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn the_written_form_is_as_told() {
    let text = documentation();
    let from = "Env:(Prod OR test) created>2026-06-30";
    assert!(text.contains(&format!("`{from}` is written `{}`", canonical(from))));
}
