//! What SQL finds is what the evaluator in `cadastre_model::query` finds: over random estates with a
//! past, for random queries, now and as of an earlier day, through lists, counts and facets. And so
//! is what a store finds that holds the register in memory.

use crate::support::{Lab, World, any_world, lay_out};
use cadastre_model::query::{Estate as _, Query, eval, is_found};
use cadastre_model::terms::{Term, TermKey};
use cadastre_model::testing::{MemoryEstate, any_query};
use cadastre_model::text::sort_key;
use cadastre_model::{AssetId, Attr};
use cadastre_store::{At, Count, ListRequest, Sort, SortKey, Store, Visibility};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeMap;

const WORLDS: u32 = 40;
/// On average; fewer as a failure is narrowed down.
const QUERIES: std::ops::RangeInclusive<usize> = 1..=49;

#[derive(Clone)]
struct Question {
    query: Query,
    visible: Option<Query>,
    sort: Sort,
    limit: u32,
    ceiling: Option<u64>,
    with_facets: bool,
}

impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`", self.query)?;
        if let Some(visible) = &self.visible {
            write!(f, " of `{visible}`")?;
        }
        write!(f, " by {:?}, {} a page", self.sort, self.limit)
    }
}

fn any_question() -> impl Strategy<Value = Question> {
    let keys = vec![
        SortKey::Name,
        SortKey::Name,
        SortKey::Id,
        SortKey::Attr(Attr::Os),
        SortKey::Attr(Attr::Vcpu),
        SortKey::Attr(Attr::Cidr),
    ];
    let sort = (select(keys), any::<bool>()).prop_map(|(key, descending)| Sort { key, descending });
    let only = option::weighted(0.2, any_query());
    let counting = (option::of(0..4_u64), proptest::bool::weighted(0.25));
    (any_query(), only, sort, 2..6_u32, counting).prop_map(
        |(query, visible, sort, limit, (ceiling, with_facets))| Question {
            query,
            visible,
            sort,
            limit,
            ceiling,
            with_facets,
        },
    )
}

fn proven_on(lab: impl AsyncFn() -> Option<Lab>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let Some(lab) = runtime.block_on(lab()) else { return };
    let config = Config {
        cases: WORLDS,
        source_file: Some(file!()),
        max_shrink_time: 30_000,
        ..Config::default()
    };
    let strategy = (any_world(), vec(any_question(), QUERIES));
    let tested = TestRunner::new(config).run(&strategy, |(world, questions)| {
        runtime.block_on(hold(&lab, &world, &questions));
        Ok(())
    });
    if let Err(error) = tested {
        panic!("{error}");
    }
}

#[test]
fn sql_finds_what_the_evaluator_finds_on_sqlite() {
    proven_on(async || Some(Lab::sqlite().await));
}

#[test]
fn sql_finds_what_the_evaluator_finds_on_postgres() {
    proven_on(Lab::postgres);
}

async fn hold(lab: &Lab, world: &World, questions: &[Question]) {
    let (states, held) = lay_out(lab, world).await;
    for (estate, at) in states {
        for (id, (asset, _, _)) in &estate.assets {
            fetched(lab, &estate, *id, at).await;
            assert_eq!(asset.id, *id);
        }
        for question in questions {
            for store in [&lab.store, &held] {
                listed(store, &estate, question, at).await;
                counted(store, &estate, question, at).await;
            }
        }
    }
    held.close().await;
}

/// What the question finds in memory.
fn found(estate: &MemoryEstate, question: &Question, at: At) -> Vec<AssetId> {
    let is_hit = |id: &AssetId| {
        let subject = estate.subject(*id).unwrap();
        let is_visible = |only: &Query| eval(only, &subject, estate, at.moment);
        is_found(&question.query, &subject, estate, at.moment)
            && question.visible.as_ref().is_none_or(is_visible)
    };
    estate.assets.keys().copied().filter(is_hit).collect()
}

/// In the order of the list: those without a value last, ties by id.
fn sorted(estate: &MemoryEstate, mut ids: Vec<AssetId>, sort: Sort) -> Vec<AssetId> {
    let key = |id: &AssetId| {
        let (asset, derived, _) = &estate.assets[id];
        let least = |attr: Attr| {
            let of_attr = |term: &&Term| term.key == TermKey::Attr(attr);
            derived.terms.iter().filter(of_attr).map(|term| term.value.clone()).min()
        };
        match sort.key {
            SortKey::Name => Some(sort_key(&asset.doc.name)),
            SortKey::Id => Some(String::new()),
            SortKey::Attr(attr) => least(attr),
        }
    };
    ids.sort_by(|a, b| {
        let (one, other) = (key(a), key(b));
        let by_value = one.cmp(&other).then(a.cmp(b));
        let by_value = if sort.descending { by_value.reverse() } else { by_value };
        one.is_none().cmp(&other.is_none()).then(by_value)
    });
    ids
}

fn visibility(question: &Question) -> Visibility {
    question.visible.clone().map_or_else(Visibility::all, Visibility::only)
}

async fn listed(store: &Store, estate: &MemoryEstate, question: &Question, at: At) {
    let expected = sorted(estate, found(estate, question, at), question.sort);
    let visibility = visibility(question);
    let mut rows = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let request = ListRequest {
            query: &question.query,
            at,
            visibility: &visibility,
            sort: question.sort,
            after: after.as_deref(),
            limit: question.limit,
        };
        let page = store.asset_list(&request).await.unwrap();
        assert!(page.rows.len() <= question.limit as usize);
        rows.extend(page.rows);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let ids: Vec<AssetId> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids, expected, "{} as of {at:?}", question.query);
    for row in rows {
        let (asset, _, _) = &estate.assets[&row.id];
        assert_eq!((row.first_seen, row.last_seen), (asset.first_seen, asset.last_seen));
        assert_eq!(row.doc, asset.doc);
    }
}

async fn counted(store: &Store, estate: &MemoryEstate, question: &Question, at: At) {
    let expected = found(estate, question, at);
    let visibility = visibility(question);
    let all = expected.len() as u64;
    let ceiling = question.ceiling;
    let count = store.asset_count(&question.query, at, &visibility, ceiling).await.unwrap();
    let more = ceiling.is_some_and(|ceiling| all > ceiling);
    let shown = Count { count: ceiling.filter(|_| more).unwrap_or(all), more };
    assert_eq!(count, shown, "{} as of {at:?}", question.query);
    if !question.with_facets {
        return;
    }
    let facets = store.asset_facets(&question.query, at, &visibility, 100).await.unwrap();
    let mut values: BTreeMap<(String, String), u64> = BTreeMap::new();
    for id in expected {
        for term in &estate.assets[&id].1.terms {
            if let Some(key) = facet_of(term.key) {
                *values.entry((key.to_owned(), term.value.clone())).or_default() += 1;
            }
        }
    }
    let shown: BTreeMap<(String, String), u64> = facets
        .into_iter()
        .flat_map(|facet| {
            let key = facet.key;
            facet.values.into_iter().map(move |one| ((key.clone(), one.value), one.count))
        })
        .collect();
    assert_eq!(shown, values, "facets of {} as of {at:?}", question.query);
}

fn facet_of(key: TermKey) -> Option<&'static str> {
    match key {
        TermKey::Kind => Some("kind"),
        TermKey::Source => Some("source"),
        TermKey::Attr(attr) if attr.def().facet => Some(attr.name()),
        TermKey::Tag | TermKey::Attr(_) => None,
    }
}

async fn fetched(lab: &Lab, estate: &MemoryEstate, id: AssetId, at: At) {
    let page = lab.store.asset_fetch(id, at, &Visibility::all()).await.unwrap().unwrap();
    let (asset, _, locked) = &estate.assets[&id];
    assert_eq!(page.doc, asset.doc);
    assert_eq!((page.first_seen, page.last_seen), (asset.first_seen, asset.last_seen));
    assert_eq!(
        page.records.iter().map(|record| record.last_seen).max().unwrap_or(asset.first_seen),
        asset.last_seen
    );
    assert_eq!(!page.locks.is_empty() || !page.tag_locks.is_empty(), *locked);
    let mut relations = Vec::new();
    for (subject, relation, object) in &estate.relations {
        if *subject == id {
            relations.push((relation.code(), false, *object));
        }
        if *object == id {
            relations.push((relation.code(), true, *subject));
        }
    }
    let mut shown: Vec<_> = page
        .relations
        .iter()
        .map(|line| (line.relation.code(), line.reverse, line.other))
        .collect();
    relations.sort_unstable();
    shown.sort_unstable();
    assert_eq!(shown, relations, "relations of {id} as of {at:?}");
}
