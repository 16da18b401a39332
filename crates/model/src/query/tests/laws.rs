//! Laws over random texts, trees and estates.

use super::read;
use crate::query::{Query, Shown, UtcDays, eval, parse};
use crate::testing::{NOW, any_estate, any_query, any_query_with, query_holds};
use proptest::prelude::*;

/// Text made of the pieces that mean something, so that most of it is nearly a query.
fn nearly_a_query() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        " ",
        " ",
        " ",
        "(",
        ")",
        "\"",
        "*",
        "-",
        "~",
        ":",
        "=",
        "<",
        ">",
        "..",
        "OR",
        "AND",
        "NOT",
        "kind",
        "vm",
        "name",
        "tag",
        "has",
        "is",
        "any",
        "seen",
        "created",
        "vcpu",
        "memory",
        "16GB",
        "30d",
        "4",
        "runs-on",
        "owner",
        "onwer",
        "source",
        "arn:aws:",
        "10.2.3.4",
        "/16",
        "::",
        "00:50",
        "00-50-56",
        "0050.56ab",
        "2026-06-30",
        "web",
        "é",
        "\\",
        "\u{301}",
        "423a5f10-9c77-11ee-8b2d-0242ac120002",
        "005056abcdef",
        "encrypted",
        "id",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn any_text() -> BoxedStrategy<String> {
    prop_oneof![any::<String>(), "\\PC{0,24}", "[ -~]{0,16}", nearly_a_query()].boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_read_or_refused_with_reasons(text in any::<String>()) {
        query_holds(&text);
    }

    #[test]
    fn nearly_queries_are_read_or_refused_with_reasons(text in nearly_a_query()) {
        query_holds(&text);
    }

    #[test]
    fn written_queries_read_the_same(query in any_query()) {
        prop_assert_eq!(parse(&query.to_string(), &UtcDays), Ok(query));
    }

    #[test]
    fn written_queries_of_any_text_read_the_same(query in any_query_with(any_text())) {
        prop_assert_eq!(parse(&query.to_string(), &UtcDays), Ok(query));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn negation_conjunction_and_disjunction_are_what_they_are(
        estate in any_estate(6), a in any_query(), b in any_query(),
    ) {
        for (asset, derived, locked) in estate.assets.values() {
            let subject = crate::query::Subject::new(asset, derived, *locked);
            let holds = |query: &Query| eval(query, &subject, &estate, NOW);
            let both = Query::all_of(vec![a.clone(), b.clone()]);
            let either = Query::any_of(vec![a.clone(), b.clone()]);
            let neither = Query::all_of(vec![a.clone().negated(), b.clone().negated()]);
            prop_assert_eq!(holds(&both), holds(&a) && holds(&b));
            prop_assert_eq!(holds(&either), holds(&a) || holds(&b));
            prop_assert_eq!(holds(&a.clone().negated()), !holds(&a));
            prop_assert_eq!(holds(&either.negated()), holds(&neither));
        }
    }

    #[test]
    fn everything_is_what_is_listed_or_asked_for(estate in any_estate(8), query in any_query()) {
        let everything = Query::all_of(vec![query.clone(), Query::Any]);
        let found = estate.found(&query, NOW);
        let all = estate.found(&everything, NOW);
        prop_assert_eq!(everything.shown(), Shown::EVERYTHING);
        prop_assert!(found.is_subset(&all));
        for id in all.difference(&found) {
            prop_assert!(!estate.assets[id].0.doc.is_listed());
        }
    }
}

/// Were the pools of queries and assets strangers to one another, the laws above would prove
/// nothing.
#[test]
fn random_queries_find_something_but_not_everything() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut hits, mut asked) = (0, 0);
    for _ in 0..300 {
        let estate = any_estate(6).new_tree(&mut runner).unwrap().current();
        let query = any_query().new_tree(&mut runner).unwrap().current();
        hits += estate.found(&query, NOW).len();
        asked += estate.assets.len();
    }
    assert!(hits * 10 > asked && hits * 10 < asked * 9, "{hits} of {asked}");
}

#[test]
fn the_empty_query_is_everything_listed() {
    assert_eq!(read(""), Query::All);
    assert_eq!(read("").shown(), Shown::default());
}
